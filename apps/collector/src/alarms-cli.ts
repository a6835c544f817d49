// `npm run alarms -- verify`: does the table of alarms say what the journal says? Exits 1 on a difference, 2 on a fault.
import { AlarmRepository, LeaseRepository, openPool } from '@linepack/store';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lifted, type OwnershipCopy } from './alarm/ownership-copy';
import { verify } from './alarm/verify';
import { JsonFile } from './configuration/json-file';
import { NodeDisk } from './disk/node-disk';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The copy of the collector whose data folder this is. */
function copyHere(): { folder: string; copy: OwnershipCopy } | null {
  const folder = join(process.env['LINEPACK_DATA'] ?? '.linepack', 'collector');
  if (!existsSync(folder)) return null;
  const copy = new JsonFile<OwnershipCopy>(new NodeDisk(folder), 'alarms.json').read();
  return copy && { folder, copy: { ...copy, partitions: copy.partitions.map(lifted) } };
}

async function main(): Promise<number> {
  const url = process.env['DATABASE_URL'];
  if (process.argv[2] !== 'verify' || process.argv.length > 3)
    throw new Error('usage: npm run alarms -- verify');
  if (!url) throw new Error('DATABASE_URL is not set: start Linepack first, or name the database there');
  const pool = openPool(url, { max: 1, applicationName: 'linepack alarms' });
  try {
    const parts = {
      alarms: new AlarmRepository(pool),
      leases: new LeaseRepository(pool),
      copy: copyHere,
      print,
    };
    return (await verify(parts)) === 0 ? 0 : 1;
  } finally {
    await pool.end();
  }
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 2;
});
