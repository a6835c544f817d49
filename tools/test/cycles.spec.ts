import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Import graph of all TypeScript sources; types count too, since a cycle of types is still a muddle of rooms. */
function imports(): Map<string, string[]> {
  const files = execFileSync(
    'git',
    ['ls-files', '-co', '--exclude-standard', 'apps/**/*.ts', 'libs/**/*.ts'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter((f) => f && existsSync(join(root, f)));
  const resolve = (from: string, name: string): string | undefined => {
    const base = name.startsWith('@linepack/')
      ? `libs/${name.slice('@linepack/'.length)}/src`
      : name.startsWith('.')
        ? normalize(join(dirname(from), name))
        : undefined;
    return (
      base &&
      [base, `${base}.ts`, `${base}/index.ts`].find((f) => f.endsWith('.ts') && existsSync(join(root, f)))
    );
  };
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
      return [file, importedFiles.map((i) => resolve(file, i.fileName)).filter((f) => f !== undefined)];
    }),
  );
}

/** The first cycle found by depth-first search, as the files in order; undefined when there is none. */
function firstCycle(graph: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('import cycles', () => {
  test('a cycle is found where there is one', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(firstCycle(graph)).toEqual(['b', 'c', 'b']);
  });

  test('there is none', () => {
    const graph = imports();
    expect(graph.size).toBeGreaterThan(20);
    expect(firstCycle(graph)).toBeUndefined();
  });
});
