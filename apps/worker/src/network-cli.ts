// `npm run network`: checks and imports network files, and prepares the database.
import { TOPIC } from '@linepack/contracts';
import { openPool, type Pool } from '@linepack/store';
import { connectAsync } from 'mqtt';
import { createInterface } from 'node:readline/promises';
import { commandOf, USAGE, UsageError } from './network/arguments';
import { run, type Surroundings } from './network/commands';

const complain = (line: string): void => void process.stderr.write(`${line}\n`);

let opened: Pool | undefined;
function pool(): Pool {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: start Linepack first, or name the database there');
  opened ??= openPool(url, { max: 2, applicationName: 'linepack network' });
  return opened;
}

async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

async function announce(): Promise<void> {
  const url = process.env['BUS_URL'];
  if (!url) return;
  try {
    const bus = await connectAsync(url, { connectTimeout: 5_000, reconnectPeriod: 0 }, false);
    await bus.publishAsync(TOPIC.configurationChanged, '{}', { qos: 1 });
    await bus.endAsync();
  } catch (error) {
    complain(`imported, but the running parts could not be told (${(error as Error).message}): restart them`);
  }
}

const surroundings: Surroundings = {
  env: process.env,
  pool,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain,
  ask,
  announce,
};

try {
  process.exitCode = await run(commandOf(process.argv.slice(2)), surroundings);
} catch (error) {
  if (error instanceof UsageError) {
    complain([error.message, USAGE].filter(Boolean).join('\n'));
    process.exitCode = 2;
  } else {
    complain(`network: ${(error as Error).message.slice(0, 500)}`);
    process.exitCode = 1;
  }
} finally {
  await opened?.end();
}
