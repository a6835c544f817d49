// The embedded database as a process. usage: database.mjs [DATA_FOLDER [PORT]]
// or LINEPACK_DATA (the database lies in its folder `database`), DATABASE_PORT.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAsChild } from './child-process';
import type { EmbeddedDatabase } from './database';
import { startEmbeddedDatabase } from './database';

const [folder, port] = process.argv.slice(2);
const dataDir = folder ?? join(process.env['LINEPACK_DATA'] ?? '.linepack', 'database');

/** The launcher is gone, and so are its other children soon: they may still write what they hold. */
const untilDeserted = async (database: EmbeddedDatabase): Promise<void> => {
  const steps = 50;
  for (let step = 0; step < steps && database.connections() > 0; step += 1) await sleep(100);
};

const database = await runAsChild(
  'database',
  () =>
    startEmbeddedDatabase({
      dataDir,
      port: Number(port ?? process.env['DATABASE_PORT'] ?? 0),
      log: (message) => process.stderr.write(`database: ${message}\n`),
    }),
  untilDeserted,
);

// Nothing can be closed in order any more; what was acknowledged is in the folder.
void database.failed.then((failure) => {
  process.stderr.write(`database: ${failure.message}\n`);
  process.exit(1);
});
