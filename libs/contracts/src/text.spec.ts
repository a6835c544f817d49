import { isKeepable, text } from '@linepack/network';
import fc from 'fast-check';
import { z } from 'zod';
import { bareStrings } from './bare-strings';
import * as contracts from './index';

const schemas = Object.entries(contracts as Record<string, unknown>).filter(
  (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
);

describe('text from outside', () => {
  test('a walk of a schema finds a string that is not checked, however deep', () => {
    const deep = z.object({
      list: z.array(z.union([z.null(), z.object({ name: z.string().min(1).optional() })])),
    });
    expect(bareStrings(deep)).toHaveLength(1);
    expect(bareStrings(z.record(z.string(), z.number()))).toHaveLength(1);
    expect(bareStrings(z.object({ name: text().min(1).describe('checked').default('') }))).toEqual([]);
  });

  test.each(schemas)('%s takes no string that the database could not keep', (_name, schema) => {
    expect(bareStrings(schema)).toEqual([]);
  });

  test.each([
    ['NUL', 'a\0b'],
    ['the first half of a pair', 'cut \ud83d'],
    ['the second half of a pair', '\ude00 cut'],
    ['halves in the wrong order', '\ude00\ud83d'],
  ])('%s in a comment is refused, and the field is named', (_what, comment) => {
    const parsed = contracts.AcknowledgeBody.safeParse({ occurrence: 1, comment });
    expect(parsed.error?.issues.map((i) => i.path.join('.'))).toEqual(['comment']);
  });

  test('what UTF-8 can carry and has no NUL is kept as it is, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', '\0', '\ud800', '\udfff'),
        (s, extra) => {
          const value = `${s}${extra}`;
          const isUtf8 = Buffer.from(value, 'utf8').toString('utf8') === value;
          expect(isKeepable(value)).toBe(isUtf8 && !value.includes('\0'));
        },
      ),
    );
  });
});
