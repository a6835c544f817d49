import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ACCESS, type Access } from '../access/permit';
import { DESCRIPTION, type Description } from './describe';

/** An HTTP route as its decorators describe it. */
export interface Route {
  /** `Controller.method` */
  readonly name: string;
  readonly tag: string;
  readonly path: string;
  readonly method: RequestMethod;
  readonly access: Access | undefined;
  readonly description: Description | undefined;
}

/** A socket event the gateways answer to. */
export interface SocketEvent {
  readonly name: string;
  readonly access: Access | undefined;
}

type Method = (...args: never[]) => unknown;

/** Keys under which Nest keeps what its own decorators say. */
const NEST = { path: 'path', method: 'method', message: 'message', isMessage: 'websockets:message_mapping' };

function handlersOf(app: INestApplicationContext, kind: 'getControllers' | 'getProviders') {
  const discovery = app.get(DiscoveryService, { strict: false });
  const scanner = app.get(MetadataScanner, { strict: false });
  return discovery[kind]().flatMap(({ instance, metatype }) => {
    if (!instance || typeof metatype !== 'function') return [];
    const prototype = Object.getPrototypeOf(instance) as Record<string, Method>;
    return scanner
      .getAllMethodNames(prototype)
      .map((method) => ({ type: metatype, method, handler: prototype[method] as Method }));
  });
}

/** Every HTTP route of the application, in the order of its controllers. */
export function routesOf(app: INestApplicationContext): Route[] {
  return handlersOf(app, 'getControllers').flatMap(({ type, method, handler }) => {
    const verb = Reflect.getMetadata(NEST.method, handler) as RequestMethod | undefined;
    if (verb === undefined) return [];
    const parts = [Reflect.getMetadata(NEST.path, type), Reflect.getMetadata(NEST.path, handler)] as string[];
    const path = `/${parts
      .map((part) => part.replace(/^\/+|\/+$/g, ''))
      .filter(Boolean)
      .join('/')}`;
    return [
      {
        name: `${type.name}.${method}`,
        tag: path.split('/')[2] ?? '',
        path,
        method: verb,
        access: Reflect.getMetadata(ACCESS, handler) as Access | undefined,
        description: Reflect.getMetadata(DESCRIPTION, handler) as Description | undefined,
      },
    ];
  });
}

/** Every socket event of the application. */
export function socketEventsOf(app: INestApplicationContext): SocketEvent[] {
  return handlersOf(app, 'getProviders').flatMap(({ handler }) =>
    Reflect.getMetadata(NEST.isMessage, handler) === true
      ? [
          {
            name: String(Reflect.getMetadata(NEST.message, handler)),
            access: Reflect.getMetadata(ACCESS, handler) as Access | undefined,
          },
        ]
      : [],
  );
}

/** @throws Error naming every route and socket event that names nobody who may call it */
export function assertAllAreGuarded(app: INestApplicationContext): void {
  const bare = [...routesOf(app), ...socketEventsOf(app)].filter(({ access }) => access === undefined);
  if (bare.length > 0)
    throw new Error(`these name nobody who may call them: ${bare.map(({ name }) => name).join(', ')}`);
}
