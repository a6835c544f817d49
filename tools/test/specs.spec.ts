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

/** The titles of tests: the first argument of describe, test and it. */
const TITLE = /\b(describe|test|it)(?:\.each\([\s\S]*?\))?\(\s*(['"`])([\s\S]*?)\2/g;
const titlesIn = (text: string): { of: string; title: string }[] =>
  [...text.matchAll(TITLE)].map(([, of = '', , title = '']) => ({ of, title }));
const cited = (text: string): string[] => titlesIn(text).flatMap(({ title }) => title.match(ID) ?? []);

/** Rooms all of whose tests prove a rule. */
const THROUGHOUT = ['alarm'];

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

test.each(THROUGHOUT)('no test of libs/%s is without a rule', (room) => {
  const tests = filesUnder(join(root, 'libs', room, 'test')).flatMap((file) =>
    titlesIn(readFileSync(file, 'utf8')).filter(({ of }) => of !== 'describe'),
  );
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.filter(({ title }) => !title.match(ID)).map(({ title }) => title)).toEqual([]);
});
