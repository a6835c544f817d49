// Runs one of Linepack's commands. usage: node tools/run.mjs network|alarms|simulator|bench|kills ARGS
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildOne } from './launcher/build.mjs';
import { root, say } from './launcher/root.mjs';
import { readRun } from './launcher/run-file.mjs';

const commands = {
  network: 'dist/network/main.mjs',
  alarms: 'dist/alarms/main.mjs',
  simulator: 'dist/simulator/cli.mjs',
  bench: 'tools/bench/main.mjs',
  kills: 'tools/endurance/kills.mjs',
};

const [name, ...args] = process.argv.slice(2);
const file = commands[name];
if (!file) {
  say(`usage: node tools/run.mjs ${Object.keys(commands).join('|')} ARGS`);
  process.exit(2);
}

const boot = spawnSync(process.execPath, [join(root, 'tools/bootstrap.mjs')], { stdio: 'inherit' });
if (boot.status !== 0) process.exit(1);
if (!(await buildOne(file.replace('dist/', '')))) process.exit(1);
if (!existsSync(join(root, file))) {
  say(`${name}: there is no ${file} yet`);
  process.exit(1);
}

// What runs is found by run.json; the caller's own variables come first.
const run = readRun(process.env);
const env = { ...run?.env, ...process.env };
const result = spawnSync(process.execPath, ['--enable-source-maps', join(root, file), ...args], {
  stdio: 'inherit',
  env,
});
process.exit(result.status ?? 1);
