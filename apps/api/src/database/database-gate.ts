import { types } from 'node:util';
import type { Logger } from 'pino';
import { DatabaseAway } from '../http/errors';

const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
const MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection error|query read timeout|not queryable|cannot use a pool/i;

/** Whether an error says that the database could not be reached or did not answer, rather than that a query was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  // Not by instanceof: a socket's errors may be of another realm than ours, as they are under a test runner.
  if (!types.isNativeError(error)) return false;
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (Array.isArray(errors)) return errors.some(isDatabaseAway);
  return (
    (typeof code === 'string' && (CODES.has(code) || code.startsWith('08'))) || MESSAGES.test(error.message)
  );
}

/**
 * Everything that reads or writes the database passes here. Once it is known to be away, callers are told at once
 * instead of each waiting for its own timeout; a regular ping finds out when it is back.
 */
export class DatabaseGate {
  private up = false;
  private timer: NodeJS.Timeout | null = null;
  private readonly changed: ((state: 'up' | 'away') => void)[] = [];

  /** @param ping asks the database anything; it must reject by itself when there is no answer */
  constructor(
    private readonly ping: () => Promise<void>,
    private readonly logger: Logger,
    private readonly intervalMs = 1_000,
  ) {}

  get state(): 'up' | 'away' {
    return this.up ? 'up' : 'away';
  }

  onChange(listener: (state: 'up' | 'away') => void): void {
    this.changed.push(listener);
  }

  /** Pings now and regularly from then on. */
  async start(): Promise<void> {
    await this.look();
    const again = async (): Promise<void> => {
      await this.look();
      if (this.timer) this.timer = setTimeout(() => void again(), this.intervalMs);
    };
    this.timer = setTimeout(() => void again(), this.intervalMs);
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /**
   * Runs work that needs the database.
   * @throws DatabaseAway at once when it is away, or when it goes away meanwhile
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.up) throw new DatabaseAway();
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      this.set(false, error);
      throw new DatabaseAway(error);
    }
  }

  /** The pool lost a connection nobody was using. */
  readonly lost = (error: Error): void => this.set(false, error);

  private async look(): Promise<void> {
    try {
      await this.ping();
      this.set(true);
    } catch (error) {
      this.set(false, error);
    }
  }

  private set(up: boolean, error?: unknown): void {
    if (this.up === up) return;
    this.up = up;
    if (up) this.logger.info('database is there');
    else this.logger.warn({ cause: error instanceof Error ? error.message : undefined }, 'database is away');
    for (const listener of this.changed) listener(this.state);
  }
}
