import { DETAIL_COMPONENTS } from '@linepack/gas';
import { msFromMicros, parseNetworkFile, type NetworkFile } from '@linepack/network';
import { ConfigRepository, ConsoleEditConflict, migrate, UserRepository, type Pool } from '@linepack/store';
import { readFile } from 'node:fs/promises';
import type { Command } from './arguments';
import { differenceLines, differenceSummary } from './difference';

/** What a command needs of the world around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pool: () => Pool;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** The answer to y/N; null where nobody can be asked. */
  readonly ask: (question: string) => Promise<string | null>;
  /** Tells the running parts that the configuration changed. */
  readonly announce: () => Promise<void>;
}

/** @returns the exit code */
export async function run(command: Command, around: Surroundings): Promise<number> {
  switch (command.name) {
    case 'check':
      return check(command.file, around);
    case 'import':
      return importFile(command, around);
    case 'migrate': {
      for (const { number, name } of await migrate(around.pool()))
        around.print(`migration ${number} ${name.replaceAll('_', ' ')}`);
      return 0;
    }
    case 'needs-admin':
      around.print((await new UserRepository(around.pool()).count()) === 0 ? 'yes' : 'no');
      return 0;
  }
}

/** The network of a file, or null when its faults were told. */
async function read(file: string, { env, complain }: Surroundings): Promise<NetworkFile | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    complain(`${file}: cannot be read: ${(error as Error).message}`);
    return null;
  }
  const result = parseNetworkFile(text, { env, components: DETAIL_COMPONENTS.map((c) => c.name) });
  if (result.ok) return result.stored;
  for (const { line, column, path, message } of result.faults)
    complain(`${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`);
  return null;
}

async function check(file: string, around: Surroundings): Promise<number> {
  const network = await read(file, around);
  if (!network) return 1;
  const tags = network.stations.reduce((n, s) => n + s.tags.length, 0);
  const meters = network.stations.reduce((n, s) => n + s.meters.length, 0);
  around.print(
    `${file}: no faults: ${network.stations.length} stations, ${tags} tags, ${meters} meters, ` +
      `${network.pipes.length} pipes, ${network.areas.length} areas`,
  );
  return 0;
}

async function importFile(command: Command & { name: 'import' }, around: Surroundings): Promise<number> {
  const repository = new ConfigRepository(around.pool());
  const first = (await repository.currentNetwork()) === null;
  // A file somebody is working on must not keep a running network from starting again.
  if (command.when === 'ifEmpty' && !first) return 0;
  const network = await read(command.file, around);
  if (!network) return 1;
  const changes = await repository.diff(network, command.validFrom);
  if (changes.length === 0) {
    around.print('nothing changed');
    return 0;
  }
  if (!first) differenceLines(changes).forEach(around.print);
  for (const at of await repository.laterChanges(command.validFrom))
    around.print(`! withdraws what was to hold from ${new Date(msFromMicros(at)).toISOString()} on`);
  const edits = changes.filter((c) => c.editedInConsole).map((c) => c.entity);
  if (edits.length > 0 && command.consoleEdits === 'refuse') {
    around.complain(
      `not imported: ${edits.join(', ')} would lose what was edited in the console; ` +
        'take the edits over into the file, or say --overwrite-console-edits',
    );
    return 1;
  }
  if (command.ask === 'ask' && command.when === 'always') {
    const answer = await around.ask(`Import this (${differenceSummary(changes)})? y/N `);
    if (answer === null) around.complain('not imported: there is no terminal to ask on; say --yes');
    if (answer === null || !/^y(es)?$/i.test(answer.trim())) return 1;
  }
  return save(repository, network, command, around);
}

async function save(
  repository: ConfigRepository,
  network: NetworkFile,
  command: Command & { name: 'import' },
  around: Surroundings,
): Promise<number> {
  try {
    const done = await repository.importNetwork(network, {
      changedBy: around.env['USER'] ?? 'network command',
      consoleEdits: command.consoleEdits,
      ...(command.validFrom === undefined ? {} : { validFrom: command.validFrom }),
    });
    around.print(`imported ${network.name.en}: ${differenceSummary(done)}`);
  } catch (error) {
    // Somebody edited between the difference and the import.
    if (!(error instanceof ConsoleEditConflict)) throw error;
    around.complain(`not imported: ${error.message}`);
    return 1;
  }
  if (command.when === 'always') await around.announce();
  return 0;
}
