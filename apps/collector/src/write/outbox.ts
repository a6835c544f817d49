import type { JournalledEvent } from '@linepack/store';
import type { Log } from '../log';
import { within, type Time, type Timer } from '../time';
import type { RefusedFile } from './refused-file';
import { weightOf, type Destination, type Entry } from './entry';
import { SpoolFullError, type Spool, type SpoolSize } from './spool';

/** Where an entry was when its promise resolved: durable in either. */
export type Durable = 'journal' | 'spool';

/** How long an entry may wait for company: journal entries not at all, acknowledged messages briefly, samples a second. */
export const PATIENCE_MS = { journal: 0, acknowledged: 100, samples: 1_000 } as const;
const BATCH_ROWS = 5_000;
/** A database that hangs is away: what it writes after all is the same again, which is safe. */
const DEADLINE_MS = 15_000;
const RETRY_MS = 1_000;
const REPLAY_ENTRIES = 200;

export interface OutboxOptions {
  readonly destination: Destination;
  readonly spool: Spool<Entry>;
  /** Entries the database refuses for what they are, not for being away, are set aside here. */
  readonly refused: RefusedFile;
  readonly onJournalled: (events: readonly JournalledEvent[]) => void;
  readonly time: Time;
  readonly log: Log;
}

interface Waiting {
  readonly entry: Entry;
  readonly resolve: (durable: Durable) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The one way into the database. While it is there, entries go in batches straight into it; when it fails, that batch
 * and all later ones go to the spool, and only when the spool is empty again does the straight way open: so the order
 * in which entries were put is the order in which they arrive, and none is lost between the two.
 */
export class Outbox {
  private queue: Waiting[] = [];
  private queuedRows = 0;
  private timer: Timer | null = null;
  private dueAt = Infinity;
  private flushing: Promise<void> | null = null;
  private draining: Promise<void> | null = null;
  private retry: Timer | null = null;
  private replayLimit = REPLAY_ENTRIES;
  private stopped = false;
  private away = false;
  private fullSaid = false;
  readonly counts = { written: 0, refused: 0, lostToFullSpool: 0 };

  constructor(private readonly options: OutboxOptions) {}

  /** Begins to replay what an earlier run left. */
  start(): void {
    if (!this.options.spool.isEmpty) this.retryIn(0);
  }

  /**
   * Resolves when the entry is durable.
   * @throws SpoolFullError when it is a sample, the database is away and the spool has no room
   */
  put(entry: Entry, patienceMs: number): Promise<Durable> {
    return new Promise((resolve, reject) => {
      this.queue.push({ entry, resolve, reject });
      this.queuedRows += weightOf(entry);
      this.schedule(this.queuedRows >= BATCH_ROWS ? 0 : patienceMs);
    });
  }

  get database(): 'up' | 'away' {
    return this.away ? 'away' : 'up';
  }
  get spool(): SpoolSize {
    return this.options.spool.size();
  }
  get spoolIsFull(): boolean {
    return this.options.spool.isFull();
  }

  /** Somebody else saw the database come or go. */
  noteDatabase(state: 'up' | 'away', error?: Error): void {
    if (state === 'away') this.wentAway(error ?? new Error('no answer'));
    else if (this.options.spool.isEmpty) this.cameBack();
  }

  /** Delivers what is queued, to the database or the spool, and stops. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.retry?.cancel();
    await this.flush();
    await this.draining;
    await this.options.spool.close();
  }

  private schedule(delayMs: number): void {
    const at = this.options.time.monotonicMs() + delayMs;
    if (this.stopped || at >= this.dueAt) return;
    this.timer?.cancel();
    this.dueAt = at;
    this.timer = this.options.time.after(delayMs, () => void this.flush());
  }

  private flush(): Promise<void> {
    this.dueAt = Infinity;
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = null;
      if (this.queue.length > 0) this.schedule(0);
    });
    return this.flushing;
  }

  private async flushAll(): Promise<void> {
    while (this.queue.length > 0) {
      let rows = 0;
      let count = 0;
      while (count < this.queue.length && rows < BATCH_ROWS)
        rows += weightOf((this.queue[count++] as Waiting).entry);
      this.queuedRows -= rows;
      await this.deliver(this.queue.splice(0, count));
    }
  }

  private async deliver(batch: readonly Waiting[]): Promise<void> {
    if (this.options.spool.isEmpty) {
      try {
        const journalled = await this.write(batch.map((w) => w.entry));
        batch.forEach((w) => w.resolve('journal'));
        this.options.onJournalled(journalled);
        return;
      } catch (error) {
        this.wentAway(error as Error);
      }
    }
    await this.toSpool(batch);
    this.retryIn(RETRY_MS);
  }

  private async write(entries: readonly Entry[]): Promise<JournalledEvent[]> {
    const journalled = await within(this.options.time, DEADLINE_MS, this.options.destination.write(entries));
    this.counts.written += entries.reduce((sum, e) => sum + weightOf(e), 0);
    this.cameBack();
    return journalled;
  }

  private async toSpool(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.append(batch, 'normal');
      this.fullSaid = false;
    } catch (error) {
      const samples = batch.filter((w) => w.entry.kind === 'samples');
      const rest = batch.filter((w) => w.entry.kind !== 'samples');
      this.refuse(samples, error as Error);
      // Samples are refused, but the journal still goes into the reserve: alarms matter more.
      await this.append(rest, 'reserve').catch((e: Error) => this.refuse(rest, e));
    }
  }

  private async append(part: readonly Waiting[], importance: 'normal' | 'reserve'): Promise<void> {
    await this.options.spool.append(
      part.map((w) => w.entry),
      importance,
    );
    part.forEach((w) => w.resolve('spool'));
  }

  private refuse(part: readonly Waiting[], error: Error): void {
    this.counts.lostToFullSpool += part.reduce((sum, w) => sum + weightOf(w.entry), 0);
    if (!(error instanceof SpoolFullError) || !this.fullSaid) this.options.log.error(error.message);
    this.fullSaid = error instanceof SpoolFullError;
    part.forEach((w) => w.reject(error));
  }

  private retryIn(delayMs: number): void {
    if (this.stopped || this.draining || this.retry) return;
    this.retry = this.options.time.after(delayMs, () => {
      this.retry = null;
      this.draining = this.drain().finally(() => {
        this.draining = null;
        if (!this.options.spool.isEmpty) this.retryIn(RETRY_MS);
      });
    });
  }

  private async drain(): Promise<void> {
    const { spool } = this.options;
    while (!spool.isEmpty && !this.stopped) {
      const entries = spool.peek(this.replayLimit);
      try {
        const journalled = await this.write(entries);
        await spool.done(entries.length);
        this.options.onJournalled(journalled);
        this.replayLimit = Math.min(REPLAY_ENTRIES, this.replayLimit * 2);
      } catch (error) {
        if (!isRefusal(error)) return this.wentAway(error as Error);
        // One of them is at fault: find it one by one.
        if (entries.length > 1) this.replayLimit = 1;
        else await this.setAside(entries, error);
      }
    }
    if (spool.isEmpty) this.cameBack();
  }

  private async setAside(entries: readonly Entry[], error: Error): Promise<void> {
    await this.options.refused.append(entries, error.message);
    await this.options.spool.done(entries.length);
    this.counts.refused += entries.length;
    this.options.log.error(
      `the database refuses an entry, set aside in ${this.options.refused.place}: ${error.message}`,
    );
  }

  private wentAway(error: Error): void {
    if (!this.away) this.options.log.warn(`database away: ${error.message}`);
    this.away = true;
  }

  private cameBack(): void {
    if (this.away) this.options.log.info('database is back');
    this.away = false;
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity violation): trying again will not help. */
function isRefusal(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}
