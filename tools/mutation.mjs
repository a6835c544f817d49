// How much the tests of a room notice: changes its code in one small way after another (StrykerJS) and counts the
// changes that no test fails for. usage: npm run mutation -- ROOM [--sample N] [--seed S] [--reuse N] [--patience S]
//        [--at FILE]
//   ROOM       a library (libs/alarm) or a folder of an app (apps/collector/src/write)
//   --sample   so many of the covered mutants, chosen by the seed (20261124 unless told); all of them otherwise
//   --reuse    mutants that share a process; 1 where stray timers of one would fail the next
//   --patience  seconds that a change may take longer than the tests do; more on a busy machine
//   --at       only files whose path contains this
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { root, say } from './launcher/root.mjs';
import { roomOf } from './mutation/rooms.mjs';

const NEVER_COPIED = ['dist', '.linepack', '.nx', '.angular', 'docs', 'apps/console', 'libs/console-ui'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '20261124' },
    reuse: { type: 'string', default: '40' },
    patience: { type: 'string', default: '10' },
    at: { type: 'string', default: '' },
  },
});
const [name] = positionals;
if (!name) {
  say('usage: npm run mutation -- ROOM [--sample N] [--seed S] [--reuse N] [--patience S] [--at FILE]');
  process.exit(2);
}

const room = roomOf(root, name);
const mutate = room.mutate.filter((file) => file.includes(values.at));
say(`${name}: ${mutate.length} files, tests: ${room.specs.join(', ')}`);
process.chdir(root);
process.env.LINEPACK_MUTATION_SAMPLE = values.sample ?? '';
process.env.LINEPACK_MUTATION_SEED = values.seed;

const mutants = await new Stryker({
  mutate,
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    configFile: `${room.project}/jest.config.mjs`,
    config: { testMatch: room.specs.map((spec) => `**/${spec}`) },
    enableFindRelatedTests: false,
  },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  coverageAnalysis: 'perTest',
  checkers: values.sample ? ['sample'] : [],
  plugins: ['@stryker-mutator/jest-runner', './tools/mutation/sample-checker.mjs'],
  reporters: ['dots'],
  concurrency: 1,
  maxTestRunnerReuse: Number(values.reuse),
  timeoutMS: Number(values.patience) * 1_000,
  tempDirName: 'dist/mutation',
  cleanTempDir: 'always',
  ignorePatterns: NEVER_COPIED,
  disableTypeChecks: false,
  logLevel: 'warn',
  allowEmpty: true,
}).runMutationTest();

report(mutants);

function report(all) {
  const of = (...statuses) => all.filter((m) => statuses.includes(m.status));
  const [failed, timedOut] = [of('Killed').length, of('Timeout').length];
  const killed = failed + timedOut;
  const survived = of('Survived');
  const uncovered = of('NoCoverage');
  for (const mutant of [...survived, ...uncovered]) say(lineOf(mutant));
  const ran = killed + survived.length;
  const total = all.length - of('Ignored').length;
  const coveredShare = total === 0 ? 1 : 1 - uncovered.length / total;
  const score = ran === 0 ? 0 : (killed / ran) * coveredShare;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  process.stdout.write(
    `${name}: ${percent(score)} killed; of ${total} mutants ${ran} run: ${failed} killed, ` +
      `${timedOut} timed out, ${survived.length} survived; ${uncovered.length} (${percent(1 - coveredShare)}) without coverage\n`,
  );
}

function lineOf({ fileName, location: { start }, mutatorName, replacement, status }) {
  const what = status === 'NoCoverage' ? 'no coverage' : 'survived';
  const file = relative(root, fileName);
  return `${file}:${start.line}:${start.column} ${what}: ${mutatorName} → ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`;
}
