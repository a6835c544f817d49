// A room is a folder of sources; its tests are the spec files of its project that import from it directly and need
// neither a database server nor a process of their own: those are too slow to run once for each mutant.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SLOW = /startTestDatabase|startEmbeddedDatabase|new House\(|spawnCollector|startCollector|startBus/;

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
  const specs = filesBelow(join(root, project))
    .filter((file) => file.endsWith('.spec.ts') && !file.includes('node_modules'))
    .filter((file) => belongsTo(file, sources))
    .map((file) => relative(root, file));
  if (mutate.length === 0) throw new Error(`${room}: there is nothing to mutate`);
  if (specs.length === 0) throw new Error(`${room}: no spec file imports from it`);
  return { project, mutate, specs };
}

function belongsTo(spec, sources) {
  const text = readFileSync(spec, 'utf8');
  if (SLOW.test(text)) return false;
  const imported = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path]) => resolve(dirname(spec), path));
  return imported.some((path) => path === sources || path.startsWith(`${sources}/`));
}
