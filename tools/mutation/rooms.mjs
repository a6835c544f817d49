// A room is a folder of sources; its tests are the spec files of its project that import from it, themselves, by what
// they share or by the part that stands on it, and need neither a server nor a process of their own: those are too slow
// to run once for each mutant.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SLOW =
  /\.\/brokers'|\.\/opcua-plant'|startTestDatabase|startEmbeddedDatabase|new House\(|spawnCollector|startCollector|startBus/;

/** Imports of values; types leave nothing to run. */
const VALUES_FROM = /(?:import|export) (?!type )[^;']*from '(\.[^']+|@linepack\/[a-z-]+)'/g;

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

/**
 * @param {string} root the workspace @param {string} room e.g. `libs/alarm` or `apps/collector/src/write`
 * @returns {{ project: string, mutate: string[], specs: string[] }} paths relative to the workspace
 */
export function roomOf(root, room) {
  const [kind, name, ...rest] = room.replace(/\/+$/, '').split('/');
  const project = `${kind}/${name}`;
  const sources = rest.length > 0 ? join(root, room) : join(root, project, 'src');
  const mutate = filesBelow(sources)
    .filter((file) => /\.ts$/.test(file) && !/\.(spec|d)\.ts$|\/index\.ts$/.test(file))
    .map((file) => relative(root, file));
  const all = filesBelow(join(root, project)).filter(
    (file) => file.endsWith('.spec.ts') && !SLOW.test(readFileSync(file, 'utf8')),
  );
  const specs = all.filter((file) => reaches(root, file, sources)).map((file) => relative(root, file));
  if (mutate.length === 0) throw new Error(`${room}: there is nothing to mutate`);
  if (specs.length === 0) throw new Error(`${room}: no spec file imports from it`);
  return { project, mutate, specs };
}

/** Itself, by what tests share, or by one source file more: the part that has the room as a part of its own. */
function reaches(root, spec, sources) {
  const seen = new Set();
  const waiting = [spec];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    const isTest = file === spec || file.includes('/test/');
    for (const [, path] of readFileSync(file, 'utf8').matchAll(VALUES_FROM)) {
      const library = path.startsWith('@') ? path.split('/')[1] : null;
      const imported = library ? join(root, 'libs', library, 'src') : resolve(dirname(file), path);
      if (imported === sources || imported.startsWith(`${sources}/`)) return true;
      const next = `${imported}.ts`;
      if (!isTest || seen.has(next) || !existsSync(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return false;
}
