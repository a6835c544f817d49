import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from 'pino';
import { ApiError, NotSignedIn } from '../http/errors';
import { LOGGER } from '../settings/settings.module';
import type { LiveSocket } from './socket-hub';

type Acknowledge = (answer: { ok: false; code: string }) => void;

/** A socket event that is refused is answered, not dropped; who is no longer signed in is let go. */
@Catch()
export class WatchFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const socket = host.switchToWs().getClient<LiveSocket>();
    const code = error instanceof ApiError ? error.code : 'internal';
    if (code === 'internal') this.logger.error({ err: error }, 'socket event failed');
    const acknowledge = host
      .getArgs<unknown[]>()
      .find((argument): argument is Acknowledge => typeof argument === 'function');
    acknowledge?.({ ok: false, code });
    if (error instanceof NotSignedIn) socket.disconnect(true);
  }
}
