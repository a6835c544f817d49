import 'reflect-metadata';
import { makeLogger } from './http/logger';
import { readSettings, SettingsError, type Settings } from './settings/settings';
import { startApplication } from './start/application';

const STOP_WITHIN_MS = 8_000;

/** One line for a person at a terminal; details are in the log. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function settingsOrRefuse(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof SettingsError) return refuse(error.message);
    throw error;
  }
}

async function main(): Promise<void> {
  const settings = settingsOrRefuse();
  const logger = makeLogger(settings.logLevel);
  const app = await startApplication(settings, logger, (reason) => refuse(reason.message)).catch(
    (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE'
        ? refuse(`Port ${settings.port} on ${settings.host} is taken.`)
        : Promise.reject(error),
  );
  logger.info({ url: await app.getUrl(), version: process.version }, 'api listens');

  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'api leaves');
    // Whatever hangs must not keep the process: everything durable is durable already.
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'api left in disorder');
        process.exit(1);
      },
    );
  };
  // Ctrl-C reaches every process of the terminal; the launcher says when it is this one's turn.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => stop('SIGTERM'));
  // The launcher holds the other end of stdin: its end is the launcher's.
  if (process.env['LINEPACK_LAUNCHED'] === '1') process.stdin.on('end', () => stop('launcher gone')).resume();
}

await main();
