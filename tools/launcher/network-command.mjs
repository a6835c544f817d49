import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const program = join(root, 'dist/network/main.mjs');

/** Whether the network program is there. */
export const hasNetworkCommand = () => existsSync(program);

/**
 * Runs one command of the network program to its end.
 * @returns {Promise<{ code: number, output: string, errors: string }>}
 */
export const runNetworkCommand = async (args, env, signal) => {
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    signal,
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  // An abort is told as an error before the end; the exit code says the same.
  child.on('error', () => undefined);
  const [code] = await once(child, 'close');
  return { code: code ?? 1, output: output.trim(), errors: errors.trim() };
};
