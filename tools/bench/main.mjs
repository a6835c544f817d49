// Measures the hot paths of docs/hot-paths.md, each beside a yardstick in the same run, on an embedded database in a
// temporary folder. It judges nothing: compare two runs by their ratios. usage: npm run bench [-- --json]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildOne } from '../launcher/build.mjs';
import { root, say } from '../launcher/root.mjs';

const suite = join(root, 'dist/bench/suite.mjs');

const readArguments = () => {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    say(`bench: ${error.message}\nusage: npm run bench [-- --json]`);
    process.exit(2);
  }
};

const buildSuite = async () => {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: ['tools/bench/suite.ts'],
    outfile: suite,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: true,
    tsconfig: 'tsconfig.json',
    loader: { '.sql': 'text' },
    logLevel: 'error',
  });
};

/** An embedded database of its own process, as the product has it. */
const startDatabase = async (folder) => {
  const child = spawn(process.execPath, [join(root, 'dist/embedded/database.mjs'), folder, '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const ready = once(createInterface(child.stdout), 'line');
  const gone = ended.then(() => {
    throw new Error('the embedded database ended before it was ready');
  });
  const [line] = await Promise.race([ready, gone]);
  gone.catch(() => undefined);
  return {
    url: `postgres://postgres@127.0.0.1:${JSON.parse(line).port}/template1`,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const headings = ['path', 'load', 'measured', 'ms', 'yardstick', 'ms', 'ratio'];
const row = (f) => [
  f.path,
  f.load,
  f.measured,
  f.measuredMs.toFixed(1),
  f.yardstick,
  f.yardstickMs.toFixed(1),
  f.ratio.toPrecision(2),
];

const table = (figures) => {
  const rows = [headings, ...figures.map(row)];
  const widths = headings.map((_, at) => Math.max(...rows.map((cells) => cells[at].length)));
  const isNumber = (at) => [3, 5, 6].includes(at);
  const line = (cells) =>
    cells.map((c, at) => (isNumber(at) ? c.padStart(widths[at]) : c.padEnd(widths[at]))).join('  ');
  return rows.map((cells) => line(cells).trimEnd()).join('\n');
};

const { json } = readArguments();
if (!(await buildOne('embedded/database.mjs'))) process.exit(1);
await buildSuite();
const { measureAll } = await import(pathToFileURL(suite).href);
const folder = mkdtempSync(join(tmpdir(), 'linepack-bench-'));
const database = await startDatabase(folder);
try {
  const figures = await measureAll(database.url, ({ path, ratio }) =>
    say(`measured: ${path} ${ratio.toPrecision(2)}`),
  );
  const { node } = process.versions;
  const text = json ? JSON.stringify({ node, figures }, null, 2) : table(figures);
  process.stdout.write(`${text}\n`);
} finally {
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
