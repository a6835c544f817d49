import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import angular from 'angular-eslint';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const only = (sourceTag, onlyDependOnLibsWithTags, more = {}) => ({
  sourceTag,
  onlyDependOnLibsWithTags,
  ...more,
});

// Node, frameworks and drivers have no place where the code must also run in a browser or be pure.
const nodeOnly = [
  'pg',
  'pg-*',
  'mqtt',
  'aedes',
  'node-opcua',
  'node-opcua-*',
  '@unni-craftsman/*',
  '@nestjs/*',
  'socket.io',
  'pino',
  'express',
];
const browserOnly = ['@angular/*', '@jsverse/*', 'uplot', 'socket.io-client'];

/** Which room may import which: docs/architecture.md, "Rooms". */
const boundaries = [
  only('type:domain', ['type:domain'], { bannedExternalImports: [...nodeOnly, ...browserOnly, 'rxjs'] }),
  only('domain:network', []),
  only('domain:telemetry', ['domain:network']),
  only('domain:gas', ['domain:network']),
  only('domain:alarm', ['domain:network']),
  only('domain:loss', ['domain:gas', 'domain:network']),
  only('domain:simulation', ['domain:gas', 'domain:network']),
  only('type:contracts', ['type:domain'], { bannedExternalImports: [...nodeOnly, ...browserOnly] }),
  only('type:adapter', ['type:domain', 'type:contracts'], { bannedExternalImports: browserOnly }),
  only('type:ui', ['type:domain', 'type:contracts']),
  only('type:app', ['type:domain', 'type:contracts', 'type:adapter', 'type:ui']),
  only('type:tool', ['type:domain', 'type:contracts', 'type:adapter', 'type:app', 'type:tool']),
  only('platform:any', ['platform:any']),
  only('platform:node', ['platform:any', 'platform:node'], {
    bannedExternalImports: ['@angular/*', '@jsverse/*', 'uplot'],
  }),
  only('platform:browser', ['platform:any', 'platform:browser'], { bannedExternalImports: nodeOnly }),
];

/** What the specs of many rooms share; in the product it would be made-up data. */
const examples = {
  group: ['@linepack/*/testing'],
  message: 'Examples are for specs and tests.',
};

const impure =
  'domain libraries are pure: time, seeds and data come in as arguments, so that every result can be computed again.';
const pure = {
  files: ['libs/{network,telemetry,gas,loss,alarm,desk,simulation,contracts}/src/**/*.ts'],
  ignores: ['**/*.spec.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: ['node:*', 'fs', 'path', 'crypto', 'os', 'net'], message: `No Node here: ${impure}` },
          examples,
        ],
      },
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: `No clock here: ${impure}` },
      { object: 'performance', property: 'now', message: `No clock here: ${impure}` },
      { object: 'Math', property: 'random', message: `No randomness here: ${impure}` },
      { object: 'crypto', property: 'randomUUID', message: `No randomness here: ${impure}` },
    ],
    'no-restricted-syntax': [
      'error',
      {
        selector: "NewExpression[callee.name='Date'][arguments.length=0]",
        message: `No clock here: ${impure}`,
      },
    ],
    'no-restricted-globals': [
      'error',
      'process',
      'window',
      'document',
      'fetch',
      'setTimeout',
      'setInterval',
      'Buffer',
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist', '.nx', '.angular', '.linepack', 'node_modules', '**/*.generated.ts'] },
  // The one template with an @boundary block, which angular-eslint 22.5 cannot parse yet.
  { ignores: ['libs/console-ui/src/state/boundary.html'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: boundaries,
          banTransitiveDependencies: false,
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    ignores: ['**/*.spec.ts', '**/test/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [examples] }] },
  },
  pure,
  {
    files: ['apps/console/src/**/*.ts', 'libs/console-ui/src/**/*.ts'],
    extends: [...angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'The console runs in a browser.' }, examples] },
      ],
    },
  },
  {
    files: ['apps/console/src/**/*.html', 'libs/console-ui/src/**/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
  },
  {
    // The storm drives the apps' own parts, which have no door: nobody else may import them.
    files: ['tools/storm/**'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [
            '../../../../apps/collector/**',
            '../../../../apps/api/src/**',
            '../../../../apps/worker/src/**',
            '../launcher/*',
          ],
          depConstraints: boundaries,
          banTransitiveDependencies: false,
        },
      ],
    },
  },
  {
    // So does the bench, for the way from a source to a browser.
    files: ['tools/bench/**'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: ['../../apps/collector/src/**', '../../apps/api/src/**', '../launcher/*'],
          depConstraints: boundaries,
          banTransitiveDependencies: false,
        },
      ],
    },
  },
  {
    // Angular's jest preset is CommonJS.
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', '**/jest.config.{mjs,cjs}'],
    rules: {
      'max-lines': 'off',
      '@nx/enforce-module-boundaries': 'off',
      'no-restricted-imports': 'off',
    },
  },
);
