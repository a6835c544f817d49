import { readFileSync, readdirSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const rooms = readdirSync(join(root, 'libs')).filter((room) =>
  existsSync(join(root, 'libs', room, 'SPEC.md')),
);
const ID = /\b[A-Z]{1,2}\d{1,2}\b/g;

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => join(folder, name));

/** Ids in the titles of tests: the first argument of describe, test and it. */
function cited(text: string): string[] {
  const titles = text.matchAll(/\b(?:describe|test|it)(?:\.each\([\s\S]*?\))?\(\s*(['"`])([\s\S]*?)\1/g);
  return [...titles].flatMap(([, , title]) => title?.match(ID) ?? []);
}

test('there are rooms with rules', () => expect(rooms).toContain('telemetry'));

describe.each(rooms)('the rules of libs/%s', (room) => {
  const folder = join(root, 'libs', room);
  const rules = [
    ...readFileSync(join(folder, 'SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]{1,2}\d{1,2})\*\*/gm),
  ].map(([, id]) => id as string);
  const families = new Set(rules.map((id) => id.replace(/\d+/, '')));
  const citations = new Set(
    ['test', 'src']
      .map((part) => join(folder, part))
      .filter((path) => existsSync(path))
      .flatMap(filesUnder)
      .flatMap((file) => cited(readFileSync(file, 'utf8')))
      .filter((id) => families.has(id.replace(/\d+/, ''))),
  );

  test('each stands once', () => expect(rules).toEqual([...new Set(rules)]));
  test('no rule is without a test', () => expect(rules.filter((id) => !citations.has(id))).toEqual([]));
  test('no test cites a rule that is not there', () =>
    expect([...citations].filter((id) => !rules.includes(id))).toEqual([]));
});
