import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditAction } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { AuditRepository } from '@linepack/store';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { DatabaseGate } from '../database/database-gate';
import { DatabaseAway } from '../http/errors';

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

/**
 * Writes the audit trail in the order of the deeds. While the database is away, entries wait in memory and in a file
 * that is synced before the deed is answered, so that neither an outage nor the process's end loses one; a crash
 * between writing an entry and shortening the file may write it twice, never not at all.
 */
export class AuditTrail {
  private readonly queue: Waiting[] = [];
  private turn: Promise<void> = Promise.resolve();
  private draining: Promise<void> | null = null;
  /** Entries that lie in the file; it is emptied when none waits any more. */
  private readonly filed = new Set<Waiting>();
  private retry: NodeJS.Timeout | null = null;

  /** @param now the clock, ms since the epoch */
  constructor(
    private readonly repository: AuditRepository,
    private readonly gate: DatabaseGate,
    private readonly file: string,
    private readonly logger: Logger,
    private readonly now: () => number,
  ) {}

  /** Entries that wait for the database. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Takes up what an earlier process left, and from then on drains whenever the database comes back. */
  async start(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const left = await this.readFile();
    this.queue.unshift(...left);
    for (const entry of left) this.filed.add(entry);
    if (left.length > 0) this.logger.info({ entries: left.length }, 'audit entries of an earlier run wait');
    this.gate.onChange((state) => {
      if (state === 'up') this.drainSoon();
    });
    if (this.gate.state === 'up') this.drainSoon();
  }

  async stop(): Promise<void> {
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    await this.draining;
    await this.keep(this.queue);
  }

  /** Resolves when the deed is in the database, or in the file of those that wait. */
  async record(deed: Deed): Promise<void> {
    const entry: Waiting = { ...deed, at: this.now() * 1_000 };
    this.queue.push(entry);
    await this.drain();
    // It came just as an earlier drain had ended its last look.
    if (this.queue.includes(entry) && this.gate.state === 'up') await this.drain();
    if (this.queue.includes(entry)) await this.keep([entry]);
  }

  private drain(): Promise<void> {
    this.draining ??= this.writeAll().finally(() => {
      this.draining = null;
    });
    return this.draining;
  }

  private drainSoon(): void {
    this.drain().catch((error: unknown) => this.logger.error({ err: error }, 'audit file not written'));
  }

  private async writeAll(): Promise<void> {
    while (this.queue.length > 0) {
      if (!(await this.writeQueue())) return this.retrySoon();
      await this.inTurn(() => this.emptyFile());
    }
  }

  /** @returns whether everything that waited was written */
  private async writeQueue(): Promise<boolean> {
    for (let entry = this.queue[0]; entry; entry = this.queue[0]) {
      const next = entry;
      try {
        await this.gate.run(() => this.repository.append({ ...next, at: next.at as Micros }));
      } catch (error) {
        if (!(error instanceof DatabaseAway)) this.logger.error({ err: error }, 'audit entry not written');
        return false;
      }
      this.queue.shift();
    }
    return true;
  }

  private async emptyFile(): Promise<void> {
    if (this.filed.size === 0 || this.queue.length > 0) return;
    await writeFile(this.file, '');
    this.filed.clear();
  }

  private retrySoon(): void {
    this.retry ??= setTimeout(() => {
      this.retry = null;
      this.drainSoon();
    }, RETRY_MS).unref();
  }

  /** One hand on the file at a time: nothing is appended to it while it is emptied. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private keep(waiting: readonly Waiting[]): Promise<void> {
    return this.inTurn(() => this.append(waiting));
  }

  private async append(waiting: readonly Waiting[]): Promise<void> {
    const entries = waiting.filter((entry) => !this.filed.has(entry) && this.queue.includes(entry));
    if (entries.length === 0) return;
    const handle = await open(this.file, 'a', 0o600);
    try {
      await handle.write(entries.map((e) => `${JSON.stringify(e)}\n`).join(''));
      await handle.sync();
      for (const entry of entries) this.filed.add(entry);
    } finally {
      await handle.close();
    }
  }

  private async readFile(): Promise<Waiting[]> {
    const text = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').flatMap((line) => this.parse(line));
  }

  private parse(line: string): Waiting[] {
    if (line === '') return [];
    try {
      return [Waiting.parse(JSON.parse(line))];
    } catch (error) {
      // A line cut short by a power failure was never answered for.
      this.logger.error({ err: error }, 'an audit entry left by an earlier run cannot be read');
      return [];
    }
  }
}
