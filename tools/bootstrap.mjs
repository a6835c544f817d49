// Makes `npm start` and `npm test` work in a fresh clone: installs the packages when they do not fit the lockfile, and
// checks that the Node of the package `node` is the one npm scripts will run on. It must itself run on old Nodes
// (18 and later), with nothing but Node's own modules, and writes to stderr only, so that
// `npm run --silent … > file` stays clean.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.linepack-stamp');
const wanted = [24, 15];

const say = (line) => process.stderr.write(`${line}\n`);
const fail = (line) => {
  say(line);
  process.exit(1);
};

/** What the installed packages depend on. */
const stamp = () => {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(root, 'package-lock.json')));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { dependencies, devDependencies, optionalDependencies, allowScripts } = manifest;
  hash.update(JSON.stringify({ dependencies, devDependencies, optionalDependencies, allowScripts }));
  return `${hash.digest('hex')} ${process.platform} ${process.arch}`;
};

const install = () => {
  say('Installing packages (the first time takes a minute or two) …');
  // `npm ci` refuses a lockfile that lacks another platform's binaries; --no-save leaves the lockfile as it is.
  // Its warnings are about the Node that runs npm now, which is not the one Linepack runs on.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--no-save', '--include=dev', '--include=optional', ...quiet];
  const npm = process.env.npm_execpath;
  const byNode = npm && /\.c?js$/.test(npm);
  const result = spawnSync(byNode ? process.execPath : 'npm', byNode ? [npm, ...args] : args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !byNode && process.platform === 'win32',
  });
  if (result.error) fail(`npm could not be run: ${result.error.message}`);
  if (result.status !== 0) fail('Packages could not be installed; npm says why above.');
};

const installedNode = () => {
  const file = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(file)) return undefined;
  const { stdout } = spawnSync(file, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return stdout ? stdout.trim() : undefined;
};

const isNewEnough = (version) => {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
};

const checkNode = () => {
  const version = installedNode();
  if (version && isNewEnough(version)) return;
  // npm 12 runs install scripts only of the packages named in "allowScripts"; the package `node` needs its own.
  const found = version ? `node_modules/.bin/node is ${version}` : 'node_modules/.bin/node does not run';
  fail(
    `Linepack needs Node ${wanted.join('.')} or newer, but ${found}: allow the install script of the package "node" ` +
      '(npm 12: "allowScripts" in package.json; ignore-scripts must be off), delete node_modules and try again.',
  );
};

const fits = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp();

if (!fits()) {
  install();
  checkNode();
  writeFileSync(stampFile, stamp());
}
