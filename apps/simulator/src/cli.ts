import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demoNetwork } from '@linepack/simulation';
import { parseCommand, runCommand, UsageError } from './commands';
import { networkYaml } from './network-yaml';

/** Where the running simulator listens: SIMULATOR_CONTROL_PORT, or what the launcher wrote into run.json. */
async function controlPort(): Promise<number> {
  const own = process.env['SIMULATOR_CONTROL_PORT'];
  if (own !== undefined) {
    if (/^\d+$/.test(own) && Number(own) > 0 && Number(own) < 65_536) return Number(own);
    throw new UsageError(`SIMULATOR_CONTROL_PORT: expected a port from 1 to 65535, got "${own}"`);
  }
  const file = join(resolve(process.env['LINEPACK_DATA'] ?? '.linepack'), 'run.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UsageError(`${file}: not there: expected a running Linepack (npm start)`);
    throw error;
  });
  const port = (JSON.parse(text) as { ports?: { simulatorControl?: unknown } }).ports?.simulatorControl;
  if (typeof port === 'number') return port;
  throw new UsageError(
    `${file}: ports.simulatorControl: expected a port: the simulator runs with the demo network only`,
  );
}

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === 'network-file') {
    process.stdout.write(networkYaml(demoNetwork()));
    return;
  }
  const command = parseCommand(words);
  process.stdout.write(await runCommand(command, await controlPort()));
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error instanceof UsageError ? error.message : (error.stack ?? error.message)}\n`);
  process.exitCode = 1;
});
