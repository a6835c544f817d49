// Runs one project's jest and leaves its result in dist/test-results, from which tools/test.mjs counts.
// usage: node tools/jest.mjs FOLDER [jest arguments]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename } from 'node:path';

const [folder, ...rest] = process.argv.slice(2);
const angular = ['apps/console', 'libs/console-ui'].includes(folder);
const config = ['mjs', 'cjs'].map((e) => `${folder}/jest.config.${e}`).find(existsSync);
if (!config) {
  console.error(`${folder}: no jest.config here`);
  process.exit(1);
}
mkdirSync('dist/test-results', { recursive: true });
const result = spawnSync(
  process.execPath,
  [
    // jest-preset-angular breaks under native modules; every Node project needs them (NestJS 12 is ESM only).
    ...(angular ? [] : ['--experimental-vm-modules', '--no-warnings']),
    'node_modules/jest/bin/jest.js',
    '-c',
    config,
    '--json',
    `--outputFile=dist/test-results/${basename(folder)}.json`,
    ...rest,
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
process.exit(result.status ?? 1);
