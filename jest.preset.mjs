// What every Node project's jest shares: native ES modules, transpile-only ts-jest (types are checked by
// `npm run typecheck` once for the whole workspace), and the same library doors as the compiler sees.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'));

export const doors = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, join(root, file)]),
);

/** @param {string} name the Nx project's name @param {string} folder its folder, relative to the workspace */
export const nodeProject = (name, folder) => ({
  displayName: name,
  rootDir: join(root, folder),
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test}/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: doors,
  transform: {
    '^.+\\.ts$': [
      'ts-jest',
      { useESM: true, tsconfig: join(root, 'tsconfig.jest.json'), diagnostics: false },
    ],
  },
  testTimeout: 30_000,
});
