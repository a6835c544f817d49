import type { JournalledEvent } from '@linepack/store';
import type { Log } from '../log';
import type { Time } from '../time';
import { Delivery, causeOf } from './delivery';
import { weightOf, type Destination, type Entry } from './entry';
import type { Losses } from './losses';
import type { RefusedFile } from './refused-file';

export interface DatabaseWayOptions {
  readonly destination: Destination;
  readonly refused: RefusedFile;
  readonly losses: Losses;
  readonly time: Time;
  readonly log: Log;
}

/** The way to the database: knows whether it is there, counts what it took, and sets aside what it refuses. */
export class DatabaseWay {
  private readonly delivery: Delivery;
  private away = false;
  /** Rows. */
  written = 0;

  constructor(private readonly options: DatabaseWayOptions) {
    this.delivery = new Delivery({ ...options, onRefused: (row, error) => this.setAside(row, error) });
  }

  get state(): 'up' | 'away' {
    return this.away ? 'away' : 'up';
  }

  /** Null when the database is away, or has not answered in time: any part of the entries may be written then. */
  async write(entries: readonly Entry[], withinMs: number): Promise<JournalledEvent[] | null> {
    try {
      const journalled = await this.delivery.deliver(entries, withinMs);
      for (const entry of entries) this.written += weightOf(entry) - this.refusedRows(entry);
      this.cameBack();
      return journalled;
    } catch (error) {
      this.wentAway(error as Error);
      return null;
    }
  }

  /** How many of an entry's rows were set aside. */
  refusedRows(entry: Entry): number {
    return this.delivery.refusedRows(entry);
  }

  /** Whoever waits for an answer now does so no longer. */
  stopWaiting(): void {
    this.delivery.stopWaiting();
  }

  /** Nobody waits from now on. */
  giveUp(): void {
    this.delivery.giveUp();
  }

  wentAway(error: Error): void {
    if (!this.away) this.options.log.warn(`database away: ${error.message}`);
    this.away = true;
  }

  cameBack(): void {
    if (this.away) this.options.log.info('database is back');
    this.away = false;
  }

  private async setAside(row: Entry, error: Error): Promise<void> {
    const { refused, losses, log } = this.options;
    losses.setAside(row, causeOf(error));
    try {
      await refused.append(row, causeOf(error), error.message);
      log.error(`the database refuses a row, set aside in ${refused.place}: ${error.message}`);
    } catch (disk) {
      log.error(
        { row },
        `the database refuses this row: ${error.message}; the disk as well: ${String(disk)}`,
      );
    }
  }
}
