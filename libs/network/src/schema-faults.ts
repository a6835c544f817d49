import type { z } from 'zod';
import { NetworkFile } from './network-file';
import { didYouMean } from './suggestion';

export type Path = readonly (string | number)[];

/** A fault of the content, before it has a line. */
export interface ContentFault {
  readonly path: Path;
  readonly message: string;
  /** The place is the key itself, not its value. */
  readonly atKey?: boolean;
}

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType & { def: z.core.$ZodTypeDef & Record<string, unknown> };

/** What a schema really is, under optional, default and the like. */
function bare(schema: Schema): Schema {
  const inner = schema.def['innerType'];
  return inner ? bare(inner as Schema) : schema;
}

/** Every schema a value at this path may have to follow: several where the file may choose. */
function schemasAt(schema: Schema, path: Path): Schema[] {
  const self = bare(schema);
  if (self.def.type === 'union') return (self.def['options'] as Schema[]).flatMap((o) => schemasAt(o, path));
  const [head, ...rest] = path;
  if (head === undefined) return [self];
  if (self.def.type === 'object') {
    const next = (self.def['shape'] as Record<string, Schema>)[String(head)];
    return next ? schemasAt(next, rest) : [];
  }
  const element =
    self.def['element'] ??
    self.def['valueType'] ??
    (self.def['items'] as Schema[] | undefined)?.[Number(head)];
  return element ? schemasAt(element as Schema, rest) : [];
}

const knownKeys = (path: Path): string[] => [
  ...new Set(
    schemasAt(NetworkFile as unknown as Schema, path).flatMap((s) =>
      s.def.type === 'object' ? Object.keys(s.def['shape'] as object) : [],
    ),
  ),
];

const list = (words: readonly unknown[]): string => words.map((w) => JSON.stringify(w)).join(', ');

const suggested = (value: unknown, options: readonly unknown[]): string =>
  typeof value === 'string'
    ? didYouMean(
        value,
        options.filter((o) => typeof o === 'string'),
      )
    : '';

function told(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : JSON.stringify(value);
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function typeMessage(issue: Issue & { code: 'invalid_type' }, value: unknown): string {
  const expected = `expected ${TYPES[issue.expected] ?? issue.expected}`;
  return value === undefined ? `missing: ${expected}` : `${expected}, got ${told(value)}`;
}

function sizeMessage(issue: Issue & { code: 'too_small' | 'too_big' }, value: unknown): string {
  const [word, bound] =
    issue.code === 'too_small'
      ? [issue.inclusive ? 'at least' : 'more than', issue.minimum]
      : [issue.inclusive ? 'at most' : 'less than', issue.maximum];
  if (issue.origin === 'array') return `expected ${word} ${bound} in the list`;
  if (issue.origin === 'string') return `expected a text of ${word} ${bound} characters`;
  return `expected ${word} ${bound}, got ${told(value)}`;
}

/** Of the ways a value may be written, the one it comes nearest to. */
function nearest(errors: readonly Issue[][]): Issue[] {
  const weight = (issues: readonly Issue[]): number =>
    issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? 2 * i.keys.length : 1), 0);
  return [...errors].sort((a, b) => weight(a) - weight(b))[0] ?? [];
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((v, key) => (v as Record<string | number, unknown> | undefined | null)?.[key], root);

/** What a schema's issue says in this file's words: what was expected, and what is there instead. */
export function contentFaults(issues: readonly Issue[], root: unknown, base: Path = []): ContentFault[] {
  return issues.flatMap((issue): ContentFault[] => {
    const path = [...base, ...(issue.path as Path)];
    const value = valueAt(root, path);
    const fault = (message: string): ContentFault[] => [{ path, message }];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: [...path, key],
          message: `unknown key${didYouMean(key, knownKeys(path))}`,
          atKey: true,
        }));
      case 'invalid_type':
        return fault(typeMessage(issue, value));
      case 'invalid_value':
        return value === undefined
          ? fault(`missing: expected one of ${list(issue.values)}`)
          : fault(
              `expected ${issue.values.length > 1 ? 'one of ' : ''}${list(issue.values)}, got ${told(value)}` +
                suggested(value, issue.values),
            );
      case 'invalid_union': {
        if (issue.errors.length > 0) return contentFaults(nearest(issue.errors as Issue[][]), root, path);
        const options = (issue as { options?: readonly unknown[] }).options ?? [];
        return value === undefined
          ? fault(`missing: expected one of ${list(options)}`)
          : fault(`expected one of ${list(options)}, got ${told(value)}${suggested(value, options)}`);
      }
      case 'too_small':
      case 'too_big':
        return fault(sizeMessage(issue, value));
      case 'invalid_format':
        return fault(`${issue.message}, got ${told(value)}`);
      default:
        return fault(issue.message);
    }
  });
}
