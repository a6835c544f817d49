import { pino } from 'pino';
import { readSettings, type Settings } from './settings';
import { Simulator } from './simulator';

const log = pino({ name: 'simulator' });

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    process.stderr.write(`simulator: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

/** Ctrl-C reaches the whole group; the launcher alone decides who leaves when. */
process.on('SIGINT', () => undefined);

const settings = settingsOrExit();
const started = Simulator.start(settings, log, Date.now);

let leaving = false;
function leave(why: string): void {
  if (leaving) return;
  leaving = true;
  log.info(why);
  started
    .then((simulator) => simulator.stop())
    .then(
      () => process.exit(0),
      (error: Error) => {
        log.error({ error: error.message }, 'could not stop in order');
        process.exit(1);
      },
    );
}
process.on('SIGTERM', () => leave('stopping'));
process.stdin.on('close', () => leave('launcher is gone, stopping'));
process.stdin.resume();

started.catch((error: Error) => {
  log.fatal({ error: error.message }, 'simulator could not start');
  process.exit(1);
});
