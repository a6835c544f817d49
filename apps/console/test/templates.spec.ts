import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const roots = [join(__dirname, '../src/app'), join(__dirname, '../../../libs/console-ui/src')];
const files = roots.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).map((f) => join(root, f)),
);

/** Text a reader would see: without tags, interpolations, control flow, entities and symbols of formulas. */
const bareText = (html: string) =>
  html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\{\{[\s\S]*?\}\}/g, '')
    .replace(/<(?:[^<>"']|"[^"]*"|'[^']*')*>/g, ' ')
    .replace(/@(?:if|else if|for|switch|case|error)\s*\([^\n]*\)\s*\{/g, ' ')
    .replace(/@(?:else|empty|default|boundary|error)\s*\{/g, ' ')
    .replace(/@let [^;]*;/g, ' ')
    .replace(/&\w+;/g, ' ');

/** Symbols and units are the same in both languages. */
const SHARED = /\b(?:CSV|Q[1-4]|V[12]|MPa|h|s|m)\b|ΔV|η|m³/g;

describe('templates', () => {
  const templates = files.filter((f) => f.endsWith('.html'));

  it('are found', () => {
    expect(templates.length).toBeGreaterThan(15);
  });

  it.each(templates.map((f) => [f.slice(f.indexOf('/src/')), f]))(
    '%s says nothing but words of the files',
    (_name, file) => {
      const left = bareText(readFileSync(file, 'utf8')).replace(SHARED, '');
      expect(left.match(/\p{Letter}{2,}/gu) ?? []).toEqual([]);
    },
  );

  it('and code has no Chinese of its own', () => {
    const han = files
      .filter((f) => f.endsWith('.ts') && !f.endsWith('.spec.ts'))
      .filter((f) => /\p{Script=Han}/u.test(readFileSync(f, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')));
    expect(han).toEqual([]);
  });
});
