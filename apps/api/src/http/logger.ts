import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** The process's log: JSON lines on stdout, without cookies, tokens or passwords. */
export const makeLogger = (level: string): Logger =>
  pino({
    level,
    base: { part: 'api' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', '*.password', 'cookie', '*.cookie', 'headers.cookie', 'token', '*.token'],
      censor: '***',
    },
  });

/** Nest's own messages into the same log; its start-up chatter only at debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(message));
  }
  error(message: unknown, ...more: unknown[]): void {
    this.logger.error(
      { context: more.at(-1), err: message instanceof Error ? message : undefined },
      String(message),
    );
  }
  warn(message: unknown, context?: unknown): void {
    this.logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: unknown): void {
    this.logger.trace({ context }, String(message));
  }
}
