// Angular's own jest preset: CommonJS, unlike the Node projects (see tools/jest.mjs).
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createCjsPreset } = require('jest-preset-angular/presets');

const root = __dirname;
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
  setupFiles: [join(root, 'libs/console-ui/jest.browser.cjs')],
  setupFilesAfterEnv: [join(root, 'libs/console-ui/jest.setup.cjs')],
  moduleNameMapper: doors,
  // Transloco's helpers are native modules in files that are called .js.
  transformIgnorePatterns: ['node_modules/(?!(.*\\.mjs$|@jsverse/utils/.*\\.js$))'],
  testTimeout: 30_000,
});

module.exports = { angularProject };
