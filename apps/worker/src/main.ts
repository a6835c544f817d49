import { openPool } from '@linepack/store';
import { pino } from 'pino';
import { WorkerBus } from './bus';
import { serveHealth } from './health';
import { readSettings, type WorkerSettings } from './settings';
import { systemTime } from './time';
import { Worker } from './worker';
import { storeOver } from './worker-store';

const log = pino({ name: 'worker' });

function settingsOrExit(): WorkerSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    process.stderr.write(`worker: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

const settings = settingsOrExit();

/** No step of the worker's takes nearly so long: the database is gone, and the step is done again later. */
const ANSWER_MS = 600_000;

// Two connections: the work of the schedule, and the status beside a long step of it.
const pool = openPool(settings.databaseUrl, {
  max: 2,
  applicationName: 'linepack-worker',
  answerTimeoutMs: ANSWER_MS,
  onIdleError: (error) => log.warn({ error: error.message }, 'database connection lost'),
});
const bus = WorkerBus.connect(settings.busUrl, systemTime.now(), (message) =>
  log.warn({ error: message }, 'bus is away'),
);
const worker = new Worker({
  store: storeOver(pool),
  bus,
  log,
  plantFile: settings.plantFile,
  time: systemTime,
});
const health = serveHealth(settings.healthPort, () => worker.status());
health.then(
  ({ port }) => {
    worker.start();
    log.info({ healthPort: port }, 'worker is running');
  },
  (error: Error) => {
    log.fatal({ error: error.message }, 'worker could not serve its health');
    process.exit(1);
  },
);

let leaving = false;
async function leave(why: string): Promise<void> {
  if (leaving) return;
  leaving = true;
  log.info(why);
  try {
    await worker.stop();
    (await health).server.close();
    await bus.close(systemTime.now());
    await pool.end();
    process.exit(0);
  } catch (error) {
    log.error({ error: (error as Error).message }, 'could not stop in order');
    process.exit(1);
  }
}

// Ctrl-C reaches the whole group; the launcher alone decides who leaves when.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void leave('stopping'));
process.stdin.on('close', () => void leave('launcher is gone, stopping'));
process.stdin.resume();
