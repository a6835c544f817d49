// `npm test`: every check of the workspace, and one closing line `N passed, N failed` counted from the results that
// the runs themselves left behind. Tests whose inputs did not change are replayed by Nx and counted as such.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const results = 'dist/test-results';
const env = { ...process.env, NX_DAEMON: 'false', FORCE_COLOR: '0', NX_TUI: 'false' };
const nx = 'node_modules/nx/dist/bin/nx.js';
const fresh = process.env.CI ? ['--skip-nx-cache'] : [];

/** Runs a Node script with the given arguments; resolves to its exit code and what it printed. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (stream) => (chunk) => {
      output += chunk;
      stream.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const lines = [];

async function check(name, args) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const { code, output } = await run(args);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return { code, output, seconds, name };
}

/** A check with one outcome: types, lint, format, build. */
async function single(name, args) {
  const { code, seconds } = await check(name, args);
  counts[code === 0 ? 'passed' : 'failed'] += 1;
  lines.push(`${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)`);
  return code === 0;
}

/** Jest projects by Nx; each must leave its result file, or it counts as failed. */
async function jest(name, projects) {
  const { code, output, seconds } = await check(name, [
    nx,
    'run-many',
    '-t',
    'test',
    `--projects=${projects.join(',')}`,
    '--parallel=2',
    '--output-style=stream',
    '--nx-bail=false',
    ...fresh,
  ]);
  const replayed = /for (\d+) out of \d+ tasks/.exec(output)?.[1] ?? '0';
  let failedHere = 0;
  for (const project of projects) {
    const file = join(results, `${project}.json`);
    if (!existsSync(file)) {
      counts.failed += 1;
      failedHere += 1;
      lines.push(`${project}: FAILED, it left no result`);
      continue;
    }
    const r = JSON.parse(readFileSync(file, 'utf8'));
    // A suite that could not even start has no failed test of its own.
    const failed = r.numFailedTests + r.numRuntimeErrorTestSuites;
    counts.passed += r.numPassedTests;
    counts.failed += failed;
    counts.skipped += r.numPendingTests;
    failedHere += failed;
    lines.push(
      `${project}: ${r.numPassedTests} passed, ${failed} failed${r.numPendingTests ? `, ${r.numPendingTests} skipped` : ''}`,
    );
  }
  if (code !== 0 && failedHere === 0) {
    counts.failed += 1;
    lines.push(`${name}: FAILED with exit code ${code}`);
  }
  lines.push(`${name}: ${seconds} s, ${replayed} of ${projects.length} projects replayed from Nx's cache`);
}

const jestProjects = ['apps', 'libs']
  .flatMap((folder) => readdirSync(folder).map((name) => ({ name, folder: `${folder}/${name}` })))
  .filter(({ folder }) => ['mjs', 'cjs'].some((e) => existsSync(`${folder}/jest.config.${e}`)))
  .map(({ name }) => name)
  .concat('tools', 'storm');

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

await single('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']);
await single('lint', ['tools/lint.mjs']);
await single('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
const built = await single('build', ['tools/build.mjs']);
await jest(
  'tests',
  jestProjects.filter((p) => p !== 'console-e2e'),
);
// The alarm chain under faults, each seed its own story: `npm run storm -- --seed S` plays one again.
await single('storm', ['--enable-source-maps', 'tools/storm/main.mjs', '--seeds', '200']);
// The end-to-end tests run alone: they start the whole product and watch real time pass.
if (built && jestProjects.includes('console-e2e')) await jest('end to end', ['console-e2e']);

console.log(`\n── summary\n${lines.join('\n')}\n`);
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
