import type { AuditAction } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import { refusesEntry, type AuditRepository } from '@linepack/store';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { DatabaseGate } from '../database/database-gate';
import { DatabaseAway, NotRecorded } from '../http/errors';
import type { LineFile } from './line-file';

/** What the trail takes; `at` is given by the trail. */
export interface Deed {
  readonly actor: string;
  readonly address: string;
  readonly action: AuditAction;
  readonly target: string | null;
  readonly old: unknown;
  readonly new: unknown;
}

const Waiting = z.object({
  at: z.number(),
  actor: z.string(),
  address: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  old: z.unknown(),
  new: z.unknown(),
});
type Waiting = z.infer<typeof Waiting>;

const RETRY_MS = 5_000;
/** A deed that the database has not taken within this goes into the file, ms: nobody waits for a slow database. */
const PATIENCE_MS = 1_000;
/** Most entries that wait; beyond it deeds are refused. */
export const MOST_WAITING = 100_000;

/**
 * Writes the audit trail in the order of the deeds. While the database is away, entries wait in memory and in a file
 * that is synced before the deed is answered, so that neither an outage nor the process's end loses one; a crash
 * between writing an entry and shortening the file may write it twice, never not at all. An entry that the database
 * refuses for what it is goes into another file, is counted, and holds nobody up.
 */
export class AuditTrail {
  private readonly queue: Waiting[] = [];
  private draining: Promise<void> | null = null;
  /** Entries that lie in the file; it is emptied when none waits any more. */
  private readonly filed = new Set<Waiting>();
  /** Entries that failed for an unknown cause: how many others had been written by then. */
  private readonly suspect = new Map<Waiting, number>();
  private written = 0;
  private aside = 0;
  private retry: NodeJS.Timeout | null = null;

  /**
   * @param files where entries wait, and where those lie that the database refuses
   * @param now the clock, ms since the epoch
   */
  constructor(
    private readonly repository: Pick<AuditRepository, 'append'>,
    private readonly gate: DatabaseGate,
    private readonly files: { readonly waiting: LineFile; readonly setAside: LineFile },
    private readonly logger: Logger,
    private readonly now: () => number,
  ) {}

  /** Entries that wait for the database. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Entries that lie set aside, those of earlier runs too: a person has to look at them. */
  get setAside(): number {
    return this.aside;
  }

  /** Takes up what an earlier process left, and from then on drains whenever the database comes back. */
  async start(): Promise<void> {
    this.aside = (await this.files.setAside.read()).length;
    if (this.aside > 0)
      this.logger.error(
        { entries: this.aside, file: this.files.setAside.path },
        'audit entries lie set aside',
      );
    for (const line of await this.files.waiting.read()) await this.takeUp(line);
    if (this.waiting > 0) this.logger.info({ entries: this.waiting }, 'audit entries of an earlier run wait');
    await this.emptyFile();
    this.gate.onChange((state) => {
      if (state === 'up') void this.drain();
    });
    if (this.gate.state === 'up') void this.drain();
  }

  async stop(): Promise<void> {
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    await this.draining;
    // What was written meanwhile must not be taken up again.
    await this.files.waiting.replace(() => this.queue);
  }

  /**
   * Resolves when the deed is in the database, in the file of those that wait, or set aside.
   * @throws NotRecorded when it is nowhere: what it is about must not be done
   */
  async record(deed: Deed): Promise<void> {
    if (this.queue.length >= MOST_WAITING) throw new NotRecorded();
    const entry: Waiting = { ...deed, at: this.now() * 1_000 };
    this.queue.push(entry);
    await this.within(PATIENCE_MS, async () => {
      await this.drain();
      // It came just as an earlier drain had ended its last look.
      if (this.queue.includes(entry) && this.gate.state === 'up') await this.drain();
    });
    try {
      await this.keep([entry]);
    } catch (error) {
      this.logger.error({ err: error }, 'audit file not written');
      throw new NotRecorded(error);
    }
  }

  private async within(ms: number, work: () => Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([work(), patience]);
    clearTimeout(timer);
  }

  private drain(): Promise<void> {
    this.draining ??= this.writeAll()
      .catch((error: unknown) => {
        this.logger.error({ err: error }, 'audit file not written');
        this.retrySoon();
      })
      .finally(() => {
        this.draining = null;
      });
    return this.draining;
  }

  private async writeAll(): Promise<void> {
    while (this.queue.length > 0) {
      if (!(await this.writeQueue())) return this.retrySoon();
      await this.emptyFile();
    }
  }

  /** @returns whether nothing waits any more */
  private async writeQueue(): Promise<boolean> {
    let place = 0;
    for (let entry = this.queue[0]; entry; entry = this.queue[place]) {
      const next = entry;
      try {
        await this.gate.run(() => this.repository.append({ ...next, at: next.at as Micros }));
        this.written += 1;
      } catch (error) {
        if (error instanceof DatabaseAway) return false;
        if (!this.isAtFault(next, error)) {
          // Perhaps the database's own trouble: if it takes another entry, it was this one's.
          this.logger.error({ err: error }, 'audit entry not written');
          if (!this.suspect.has(next)) this.suspect.set(next, this.written);
          place += 1;
          continue;
        }
        await this.putAside(next, error);
      }
      this.suspect.delete(next);
      this.queue.splice(this.queue.indexOf(next), 1);
    }
    return place === 0;
  }

  /** The database refuses it for what it is, or it failed again though others were written meanwhile. */
  private isAtFault(entry: Waiting, error: unknown): boolean {
    const writtenBefore = this.suspect.get(entry);
    return refusesEntry(error) || (writtenBefore !== undefined && this.written > writtenBefore);
  }

  private async putAside(entry: unknown, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.files.setAside.append(() => [{ at: this.now() * 1_000, reason, entry }]);
    this.aside += 1;
    this.logger.error({ cause: reason, file: this.files.setAside.path }, 'an audit entry was set aside');
  }

  private retrySoon(): void {
    this.retry ??= setTimeout(() => {
      this.retry = null;
      void this.drain();
    }, RETRY_MS).unref();
  }

  private async keep(waiting: readonly Waiting[]): Promise<void> {
    let entries: Waiting[] = [];
    await this.files.waiting.append(
      () => (entries = waiting.filter((entry) => !this.filed.has(entry) && this.queue.includes(entry))),
    );
    for (const entry of entries) this.filed.add(entry);
  }

  private async emptyFile(): Promise<void> {
    const isEmpty = await this.files.waiting.replace(() => (this.queue.length === 0 ? [] : null));
    if (isEmpty) this.filed.clear();
  }

  /** A line of an earlier process. One that cannot be read is a person's to look at. */
  private async takeUp(line: string): Promise<void> {
    try {
      const entry = Waiting.parse(JSON.parse(line));
      this.queue.push(entry);
      this.filed.add(entry);
    } catch (error) {
      await this.putAside(line, error);
    }
  }
}
