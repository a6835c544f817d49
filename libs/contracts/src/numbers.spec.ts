import { z } from 'zod';
import * as contracts from './index';

/** What the database keeps as an int4. */
const INT32 = ['quality', 'tagId', 'occurrence'];

type Json = { properties?: Record<string, Json>; minimum?: number; maximum?: number; format?: string };
const isObject = (part: unknown): part is Record<string, unknown> =>
  typeof part === 'object' && part !== null;

/** Every number under one of these names, however deep, as JSON Schema has it. */
function numbersNamed(names: readonly string[], part: unknown, path = ''): [string, Json][] {
  if (!isObject(part)) return [];
  const named = Object.entries((part as Json).properties ?? {}).filter(([name]) => names.includes(name));
  return [
    ...named.flatMap(([name, schema]) =>
      numbersIn(schema).map((n): [string, Json] => [`${path}/${name}`, n]),
    ),
    ...Object.entries(part).flatMap(([key, inner]) => numbersNamed(names, inner, `${path}/${key}`)),
  ];
}

/** In an object under that name each number has a name of its own. */
function numbersIn(part: unknown): Json[] {
  if (!isObject(part) || part['type'] === 'object') return [];
  const types = [part['type']].flat();
  if (types.includes('integer') || types.includes('number')) return [part as Json];
  return Object.values(part).flatMap(numbersIn);
}

const schemas = Object.entries(contracts as Record<string, unknown>).filter(
  (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
);
const jsonOf = (schema: z.ZodType) => z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });

describe('a number that the database keeps in 32 bits', () => {
  test('is found wherever it stands', () => {
    const deep = z.object({ a: z.array(z.object({ quality: z.number().nullable() })) });
    expect(numbersNamed(INT32, jsonOf(deep))).toHaveLength(1);
  });

  test.each(schemas)('%s holds it to them', (_name, schema) => {
    const wide = numbersNamed(INT32, jsonOf(schema)).filter(
      ([, { minimum = -Infinity, maximum = Infinity }]) => minimum < -(2 ** 31) || maximum > 2 ** 31 - 1,
    );
    expect(wide.map(([path]) => path)).toEqual([]);
  });

  test.each([
    ['a tag id', [2 ** 31, 0, 0, 1, 0]],
    ['a quality that is not signed', [1, 0, 0x80000000, null, 0]],
    ['a quality below', [1, 0, -(2 ** 31) - 1, null, 0]],
    ['an instant that is no safe integer', [1, 2 ** 53, 0, 1, 0]],
    ['a value that is no number', [1, 0, 0, Infinity, 0]],
  ])('%s is no live sample', (_what, sample) => {
    expect(contracts.LiveSample.safeParse(sample).success).toBe(false);
  });
});

test.each(schemas)('%s takes no gas day that is none', (_name, schema) => {
  const days = (part: unknown): unknown[] =>
    !isObject(part)
      ? []
      : Object.entries(part).flatMap(([key, inner]) => (key === 'gasDay' ? [inner] : days(inner)));
  // The rule of the gas day (start and zone) has the same name, and is an object.
  const bare = days(jsonOf(schema)).filter(
    (day) => isObject(day) && day['type'] === 'string' && !day['pattern'],
  );
  expect(bare).toEqual([]);
});
