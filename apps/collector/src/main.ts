// The collector as a process. Environment: docs in settings.ts. It leaves in order on SIGTERM, or when standard input
// ends because the launcher is gone; SIGINT is the launcher's business, since Ctrl-C reaches the whole group.
import { startCollector } from './collector';
import { openLog } from './log';
import { readSettings, shownSettings } from './settings';

process.on('SIGINT', () => undefined);
const log = openLog();

try {
  const settings = readSettings(process.env);
  log.info(shownSettings(settings), 'starting');
  const collector = await startCollector(settings, log);
  log.info(`health on port ${collector.healthPort}`);
  const leave = (why: string): void => {
    log.info(`leaving: ${why}`);
    collector.stop().then(
      () => process.exit(0),
      (error: Error) => {
        log.error(error.message);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => leave('SIGTERM'));
  if (process.env['LINEPACK_LAUNCHED'] === '1') {
    process.stdin.on('close', () => leave('the launcher is gone'));
    process.stdin.resume();
  }
} catch (error) {
  log.error((error as Error).message);
  process.exitCode = 1;
}
