import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildRecord, hashOfFile, hashOfTree } from './content-hash.mjs';
import { decoratorMetadata } from './decorator-metadata.mjs';
import { root, say } from './root.mjs';

/** Every Node program: its entry and its file in dist. */
const programs = {
  'embedded/database.mjs': 'libs/embedded/src/database-process.ts',
  'embedded/bus.mjs': 'libs/embedded/src/bus-process.ts',
  'simulator/main.mjs': 'apps/simulator/src/main.ts',
  'simulator/cli.mjs': 'apps/simulator/src/cli.ts',
  'collector/main.mjs': 'apps/collector/src/main.ts',
  'worker/main.mjs': 'apps/worker/src/main.ts',
  'network/main.mjs': 'apps/worker/src/network-cli.ts',
  'alarms/main.mjs': 'apps/collector/src/alarms-cli.ts',
  'api/main.mjs': 'apps/api/src/main.ts',
};

/** What every program depends on besides its sources. */
const recipe = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json', 'tools/launcher'];

const isUpToDate = (built, recipeHash, output) =>
  built?.recipe === recipeHash &&
  existsSync(join(root, output)) &&
  Object.entries(built.inputs).every(([file, hash]) => hashOfFile(file) === hash);

const buildProgram = async (name, entry) => {
  const { build } = await import('esbuild');
  const output = `dist/${name}`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: true,
    keepNames: true,
    tsconfig: 'tsconfig.json',
    loader: { '.sql': 'text' },
    metafile: true,
    logLevel: 'error',
    plugins: [decoratorMetadata],
  });
  return Object.fromEntries(Object.keys(metafile.inputs).map((file) => [file, hashOfFile(file)]));
};

/** Builds the programs given whose sources changed. @returns {Promise<boolean>} whether all could be built */
const buildPrograms = async (record, names) => {
  const recipeHash = hashOfTree(recipe);
  let good = true;
  for (const name of names) {
    const entry = programs[name];
    if (!existsSync(join(root, entry)) || isUpToDate(record.get(name), recipeHash, `dist/${name}`)) continue;
    try {
      const inputs = await buildProgram(name, entry);
      record.set(name, { recipe: recipeHash, inputs });
      say(`built dist/${name}`);
    } catch (error) {
      // esbuild has printed where and why.
      say(`dist/${name} could not be built: ${error.message.split('\n')[0]}`);
      good = false;
    }
  }
  return good;
};

const consoleSources = [
  'apps/console',
  'libs/console-ui',
  ...['contracts', 'network', 'telemetry', 'gas', 'loss', 'alarm', 'simulation'].map(
    (lib) => `libs/${lib}/src`,
  ),
  'package-lock.json',
  'tsconfig.base.json',
];

const hasConsoleTarget = () => {
  const project = join(root, 'apps/console/project.json');
  return existsSync(project) && 'build' in (JSON.parse(readFileSync(project, 'utf8')).targets ?? {});
};

const buildConsole = (record) => {
  if (!hasConsoleTarget()) return true;
  const hash = hashOfTree(consoleSources);
  if (record.get('console')?.hash === hash && existsSync(join(root, 'dist/console/browser/index.html'))) {
    return true;
  }
  say('building the console …');
  const result = spawnSync(
    process.execPath,
    ['node_modules/nx/dist/bin/nx.js', 'run', 'console:build', '--skip-nx-cache', '--output-style=stream'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false', NG_CLI_ANALYTICS: 'false' } },
  );
  if (result.status !== 0) {
    say(`${result.stdout}${result.stderr}`);
    say('dist/console could not be built');
    return false;
  }
  record.set('console', { hash });
  say('built dist/console');
  return true;
};

/** Builds one program if it is not up to date. @param {string} name its file in dist */
export const buildOne = (name) => buildPrograms(new BuildRecord(), name in programs ? [name] : []);

/** Builds whatever is not up to date. @returns {Promise<boolean>} whether all could be built */
export const buildAll = async () => {
  const record = new BuildRecord();
  const good = await buildPrograms(record, Object.keys(programs));
  return buildConsole(record) && good;
};
