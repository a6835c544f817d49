import * as contracts from '@linepack/contracts';
import { GRANTS, ROLES, type Permission } from '@linepack/contracts';
import { LocalName } from '@linepack/network';
import { RequestMethod, type INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { SESSION_COOKIE } from '../auth/session-cookie';
import type { Access } from '../access/permit';
import type { Description } from './describe';
import { routesOf, type Route } from './routes';

type Json = Record<string, unknown>;

/** Every schema of libs/contracts by its exported name. */
const named = new Map<z.ZodType, string>([
  ...Object.entries(contracts).flatMap(([name, value]): [z.ZodType, string][] =>
    value instanceof z.ZodType && name !== 'micros' ? [[value, name]] : [],
  ),
  [LocalName, 'LocalName'],
]);

const registry = z.registry<{ id: string }>();
for (const [schema, id] of named) registry.add(schema, { id });

const convert = { unrepresentable: 'any', target: 'draft-2020-12' } as const;

function components(): Json {
  const { schemas } = z.toJSONSchema(registry, {
    ...convert,
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema as Json)]));
}

/** A component's own `$id` would change what its references are relative to. */
function bare(schema: Json): Json {
  const rest = { ...schema };
  delete rest['$id'];
  delete rest['$schema'];
  return rest;
}

function reference(schema: z.ZodType): Json {
  const name = named.get(schema);
  return name
    ? { $ref: `#/components/schemas/${name}` }
    : bare(z.toJSONSchema(schema, { ...convert, io: 'input' }) as Json);
}

function parameters(route: Route): Json[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { query } = route.description ?? {};
  if (!query) return inPath;
  const schema = z.toJSONSchema(query, { ...convert, io: 'input' }) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inQuery = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    description: property['description'],
    schema: property,
  }));
  return [...inPath, ...inQuery];
}

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

function answers(access: Access, { answer, status = 200, query, body, problems }: Description): Json {
  const content =
    answer === undefined
      ? undefined
      : answer === 'text/csv'
        ? { 'text/csv': { schema: { type: 'string' } } }
        : { 'application/json': { schema: reference(answer) } };
  const failures: [number, string][] = [];
  if (access.kind !== 'open') failures.push([401, 'notSignedIn']);
  if (access.kind === 'permission') failures.push([403, 'forbidden']);
  if (query || body) failures.push([422, 'invalidInput']);
  return {
    [status]: { description: answer === undefined ? 'Done' : 'Answer', ...(content ? { content } : {}) },
    ...Object.fromEntries(failures.map(([code, word]) => [code, { description: word, content: PROBLEM }])),
    default: {
      description: `Problem document${problems ? `: ${problems.join(', ')}` : ''}`,
      content: PROBLEM,
    },
  };
}

const rolesWith = (permission: Permission): string =>
  ROLES.filter((role) => GRANTS[role].includes(permission)).join(', ');

function who(access: Access): string {
  if (access.kind === 'open') return 'Open to everybody.';
  if (access.kind === 'session') return 'For whoever is signed in.';
  return `Permission \`${access.permission}\`: ${rolesWith(access.permission)}.`;
}

function operation(route: Route): Json {
  const { access, description = { summary: '' } } = route;
  if (!access) throw new Error(`${route.name} names nobody who may call it`);
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: description.summary,
    description: who(access),
    'x-permission': access.kind === 'permission' ? access.permission : access.kind,
    security: access.kind === 'open' ? [] : [{ session: [] }],
    parameters: parameters(route),
    ...(description.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: reference(description.body) } },
          },
        }
      : {}),
    responses: answers(access, description),
  };
}

/** The OpenAPI document, made from the routes' own metadata and the schemas they parse with. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const paths: Record<string, Json> = {};
  for (const route of routesOf(app)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[RequestMethod[route.method].toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Linepack 管存',
      version,
      description:
        'Times are microseconds since the epoch. Every failure is a problem document (RFC 9457) with a stable `code`.',
    },
    paths: paths as OpenAPIObject['paths'],
    components: {
      schemas: components() as NonNullable<OpenAPIObject['components']>['schemas'],
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
    },
  };
}
