import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';

/** The hash of one file; undefined when it is not there. @param {string} file relative to the workspace */
export const hashOfFile = (file) => {
  const path = join(root, file);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('base64url') : undefined;
};

const filesUnder = (path) => {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

/** One hash over the names and contents of files and folders. @param {string[]} paths relative to the workspace */
export const hashOfTree = (paths) => {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesUnder(join(root, path))) {
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
    }
  }
  return hash.digest('base64url');
};

/** What was built from what, kept in dist beside the results. */
export class BuildRecord {
  #file = join(root, 'dist/build.json');
  #entries;

  constructor() {
    this.#entries = existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : {};
  }

  get(name) {
    return this.#entries[name];
  }

  set(name, entry) {
    this.#entries[name] = entry;
    mkdirSync(dirname(this.#file), { recursive: true });
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#entries, null, 1));
    renameSync(draft, this.#file);
  }
}
