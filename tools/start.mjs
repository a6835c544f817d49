// `npm start`: Linepack and everything it stands on, as children of this process. Ctrl-C stops them in order.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './launcher/root.mjs';

const fail = (...lines) => {
  lines.forEach(say);
  process.exit(1);
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  fail(`Linepack needs Node 24.15 or newer and was started with ${process.version}: use "npm start".`);
}
if (!existsSync(join(root, 'node_modules/esbuild'))) fail('The packages are not installed: use "npm start".');

const { describeSettings, readSettings } = await import('./launcher/settings.mjs');
const { Launcher, StartFault } = await import('./launcher/launcher.mjs');
const { tryPort } = await import('./launcher/ports.mjs');
// Node runs this file's types away; it stands on nothing but Node's own modules.
// eslint-disable-next-line @nx/enforce-module-boundaries -- the tools belong to no Nx project, so nothing cycles
const { lockFolder } = await import('../libs/embedded/src/folder-lock.ts');

const { settings, faults } = readSettings(process.env);
if (faults.length > 0)
  fail('Linepack cannot start with these settings:', ...faults.map((fault) => `  ${fault}`));

const takeDataFolder = () => {
  mkdirSync(settings.data, { recursive: true });
  try {
    return lockFolder(join(settings.data, 'linepack.lock'), 'starting');
  } catch (error) {
    if (error.name !== 'FolderHeldError') throw error;
    return fail(
      `Linepack is already running on ${settings.data}: ${error.holder.note} (process ${error.holder.pid})`,
    );
  }
};

const lock = takeDataFolder();
const port = await tryPort(settings.port, settings.host);
if (port === undefined) {
  lock.release();
  fail(`Port ${settings.port} on ${settings.host} is taken by another program: choose one with PORT=…`);
}
settings.port = port;
const launcher = new Launcher(settings);
lock.describe(launcher.url);
say(['Linepack starts with', ...describeSettings(settings)].join('\n'));

let asked = 0;
const end = async (code) => {
  await launcher.stop();
  lock.release();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    asked += 1;
    if (asked === 1) {
      say('stopping …');
      void end(0);
    } else if (signal === 'SIGINT' && asked > 2) {
      say('ended at once');
      launcher.kill();
    }
  });
}

try {
  await launcher.start();
} catch (error) {
  if (asked === 0) {
    say(error instanceof StartFault ? error.message : String(error.stack));
    await end(1);
  }
}
