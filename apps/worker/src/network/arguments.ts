import { microsFromMs, type Micros } from '@linepack/network';
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run network -- COMMAND
  check FILE                 reads a network file and names every fault
  import FILE [options]      shows what would change, asks, and imports it
      --yes                  does not ask
      --valid-from ISO       from when on the change holds, for instance 2026-03-01T00:00:00Z; default now
      --overwrite-console-edits
                             also where it would undo what was edited in the console
      --if-empty             only when there is no network yet
  migrate                    brings the database up to this program's schema`;

export type Command =
  | { readonly name: 'check'; readonly file: string }
  | {
      readonly name: 'import';
      readonly file: string;
      readonly ask: 'ask' | 'yes';
      readonly when: 'always' | 'ifEmpty';
      readonly consoleEdits: 'refuse' | 'overwrite';
      readonly validFrom: Micros | undefined;
    }
  | { readonly name: 'migrate' }
  | { readonly name: 'needs-admin' };

/** The command line is not one of the commands. */
export class UsageError extends Error {}

/** @throws UsageError naming what is wrong */
export function commandOf(args: readonly string[]): Command {
  const { values, positionals } = parsed(args);
  const [name, file, ...rest] = positionals;
  const given = Object.keys(values);
  if (name !== 'import' && given.length > 0) throw new UsageError(`--${given[0]}: expected with import only`);
  if (rest.length > 0) throw new UsageError(`${rest[0]}: expected nothing after the file`);
  if (name === 'migrate' || name === 'needs-admin') return { name };
  if (name !== 'check' && name !== 'import')
    throw new UsageError(name ? `${name}: there is no such command` : '');
  if (!file) throw new UsageError(`${name}: expected a file`);
  if (name === 'check') return { name, file };
  return {
    name,
    file,
    ask: values.yes ? 'yes' : 'ask',
    when: values['if-empty'] ? 'ifEmpty' : 'always',
    consoleEdits: values['overwrite-console-edits'] ? 'overwrite' : 'refuse',
    validFrom: values['valid-from'] === undefined ? undefined : instantOf(values['valid-from']),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', short: 'y' },
        'if-empty': { type: 'boolean' },
        'overwrite-console-edits': { type: 'boolean' },
        'valid-from': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function instantOf(text: string): Micros {
  // Without an offset the machine's zone would decide, and another machine decide otherwise.
  const whole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = whole ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new UsageError(
      `--valid-from ${text}: expected an instant with its offset, for instance 2026-03-01T00:00:00Z`,
    );
  return microsFromMs(ms);
}
