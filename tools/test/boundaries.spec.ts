import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const env = { ...process.env, NX_DAEMON: 'false' };

const boundary = '@nx/enforce-module-boundaries';
const imports = 'no-restricted-imports';
const use = (what: string) => `import * as it from '${what}';\nexport const used = it;\n`;

/** [what is wrong, where it is written, the code, the rule that must catch it] */
const violations: [string, string, string, string][] = [
  ['gas reaching for loss', 'libs/gas/src/x.ts', use('@linepack/loss'), boundary],
  ['network reaching for gas', 'libs/network/src/x.ts', use('@linepack/gas'), boundary],
  ['telemetry reaching for alarm', 'libs/telemetry/src/x.ts', use('@linepack/alarm'), boundary],
  ['alarm reaching for contracts', 'libs/alarm/src/x.ts', use('@linepack/contracts'), boundary],
  ['loss reaching for the store', 'libs/loss/src/x.ts', use('@linepack/store'), boundary],
  ['contracts reaching for the store', 'libs/contracts/src/x.ts', use('@linepack/store'), boundary],
  ['the console reaching for the store', 'apps/console/src/app/x.ts', use('@linepack/store'), boundary],
  ['the console reaching for pg', 'apps/console/src/app/x.ts', use('pg'), boundary],
  ['the api reaching for Angular parts', 'apps/api/src/x.ts', use('@linepack/console-ui'), boundary],
  ['the collector reaching for Angular', 'apps/collector/src/x.ts', use('@angular/core'), boundary],
  ['a domain library using a driver', 'libs/gas/src/x.ts', use('mqtt'), boundary],
  ['an app reaching past a door', 'apps/api/src/x.ts', use('../../../libs/gas/src/reference'), boundary],
  ['Node in a domain library', 'libs/gas/src/x.ts', use('node:fs'), imports],
  ['examples of specs in the product', 'apps/api/src/x.ts', use('@linepack/contracts/testing'), imports],
  [
    'examples of specs in the console',
    'apps/console/src/app/x.ts',
    use('@linepack/contracts/testing'),
    imports,
  ],
  ['Node in the console', 'apps/console/src/app/x.ts', use('node:fs'), imports],
  [
    'the clock in a domain library',
    'libs/alarm/src/x.ts',
    'export const now = Date.now();\n',
    'no-restricted-properties',
  ],
  [
    'a new Date in a domain library',
    'libs/loss/src/x.ts',
    'export const now = new Date();\n',
    'no-restricted-syntax',
  ],
  [
    'chance in a domain library',
    'libs/simulation/src/x.ts',
    'export const r = Math.random();\n',
    'no-restricted-properties',
  ],
  [
    'the environment in a domain library',
    'libs/network/src/x.ts',
    'export const e = process.env;\n',
    'no-restricted-globals',
  ],
];

/** [what is allowed, where, the code] */
const allowed: [string, string, string][] = [
  ['loss on gas', 'libs/loss/src/x.ts', use('@linepack/gas')],
  ['the store on contracts', 'libs/store/src/x.ts', use('@linepack/contracts')],
  ['the console on contracts', 'apps/console/src/app/x.ts', use('@linepack/contracts')],
  ['a spec on the examples', 'apps/api/src/x.spec.ts', use('@linepack/contracts/testing')],
  ['the collector on mqtt', 'apps/collector/src/x.ts', use('mqtt')],
];

describe('room boundaries', () => {
  let found: Record<string, string[]>;
  const key = (file: string, code: string) => `${file}\n${code}`;

  beforeAll(() => {
    execFileSync(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'show', 'projects'], {
      cwd: root,
      env,
    });
    const cases = [...violations, ...allowed].map(([, file, code]) => ({ file, code }));
    const answers = JSON.parse(
      execFileSync(process.execPath, ['tools/test/lint-violations.mjs'], {
        cwd: root,
        env,
        input: JSON.stringify(cases),
        encoding: 'utf8',
      }),
    ) as { rules: string[] }[];
    found = Object.fromEntries(cases.map((c, i) => [key(c.file, c.code), answers[i]!.rules]));
  }, 120_000);

  test.each(violations)('%s is refused', (_what, file, code, rule) => {
    expect(found[key(file, code)]).toContain(rule);
  });

  test.each(allowed)('%s is allowed', (_what, file, code) => {
    expect(found[key(file, code)]).toEqual([]);
  });
});
