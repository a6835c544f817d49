// Angular's own jest preset: CommonJS, unlike the Node projects (see tools/jest.mjs).
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createCjsPreset } = require('jest-preset-angular/presets');

const root = join(__dirname, '../..');
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'));
const doors = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, join(root, file)]),
);

/** @param {string} displayName @param {string} rootDir */
const angularProject = (displayName, rootDir) => ({
  ...createCjsPreset({ tsconfig: join(root, 'apps/console/tsconfig.spec.json') }),
  displayName,
  rootDir,
  testMatch: ['<rootDir>/{src,test}/**/*.spec.ts'],
  setupFiles: [join(__dirname, 'jest.browser.cjs')],
  setupFilesAfterEnv: [join(__dirname, 'jest.setup.cjs')],
  moduleNameMapper: doors,
  testTimeout: 30_000,
});

module.exports = { angularProject };
