import type { JournalledEvent } from '@linepack/store';
import type { Log } from '../log';
import { within, type Time, type Timer } from '../time';
import { DatabaseWay } from './database-way';
import { causeOf } from './delivery';
import type { Destination, Entry } from './entry';
import { Losses } from './losses';
import { MemoryFullError, SetAsideError, StoppedError } from './not-written';
import type { RefusedFile } from './refused-file';
import { Replay } from './replay';
import { SpoolFullError, type Spool, type SpoolSize } from './spool';
import { WaitingRoom, type Durable, type Waiting } from './waiting-room';

export type { Durable } from './waiting-room';

/** How long an entry may wait for company: journal entries not at all, acknowledged messages briefly, samples a second. */
export const PATIENCE_MS = { journal: 0, acknowledged: 100, samples: 1_000 } as const;
const BATCH_ROWS = 5_000;
/**
 * What the database has not taken by then, the spool takes: a plant broker sends no more than some twenty messages
 * before the first is acknowledged, and nobody would see a live value of its devices meanwhile.
 */
const STRAIGHT_MS = 3_000;
/** With so many rows behind it, a batch waits no longer for a slow database: the spool takes all of them. */
const IMPATIENT_ROWS = 250_000;
/** What neither the database nor the spool takes is tried again after this. */
const RETRY_MS = 1_000;
/** A full spool counts as full until it has fallen to this part of its bound: an alarm must not flutter. */
const ROOM_AGAIN = 0.9;
/** What a stop grants the database, and then the disk. */
const STOP_DATABASE_MS = 3_000;
const STOP_DISK_MS = 3_000;

export interface OutboxOptions {
  readonly destination: Destination;
  readonly spool: Spool<Entry>;
  /** Rows that the database refuses for what they are, not for being away, are set aside here. */
  readonly refused: RefusedFile;
  readonly onJournalled: (events: readonly JournalledEvent[]) => void;
  /** What an earlier run left, and could not be read until now, waits from now on. */
  readonly onFound: () => void;
  /** Samples are refused from now on, or are taken again: the spool is full, or has room. */
  readonly onFull: (full: boolean) => void;
  readonly time: Time;
  readonly log: Log;
}

/** How it stands with what was written, counted since the start. */
export interface WritingFacts {
  /** Rows that the database took. */
  readonly written: number;
  /** Rows that the database refused for what they are. */
  readonly refused: number;
  /** Rows that found no room in the spool. */
  readonly lostToFullSpool: number;
  /** Rows that were not taken, by cause: a SQLSTATE, or the name of the error that whoever put them was told. */
  readonly lostByCause: ReadonlyMap<string, number>;
  /** Rows in memory that wait for the database or the spool. */
  readonly waitingRows: number;
  /** The system's code for what is wrong with the disk, while it fails. */
  readonly diskTrouble: string | null;
  /** Entries of the spool that were damaged on the disk, and segments that could not be read this time. */
  readonly damagedEntries: number;
  readonly unreadableSegments: number;
}

/**
 * The one way into the database. While it is there, entries go in batches straight into it; when it fails, that batch
 * and all later ones go to the spool, and only when the spool is empty again does the straight way open: so the order
 * in which entries were put is the order in which they arrive, and none is lost between the two.
 *
 * A full spool refuses samples. All else, above all the journal, is never refused while the process lives: what neither
 * database nor spool takes waits in memory, in its order, and so do samples while the disk fails (bounds:
 * waiting-room.ts).
 */
export class Outbox {
  private readonly room = new WaitingRoom();
  private readonly losses: Losses;
  private readonly way: DatabaseWay;
  private readonly replay: Replay;
  /** The batch that is on its way now. */
  private inHand: readonly Waiting[] = [];
  private timer: Timer | null = null;
  private dueAt = Infinity;
  private notBefore = 0;
  private flushing: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;
  private full = false;
  private diskSaid: string | null = null;

  constructor(private readonly options: OutboxOptions) {
    this.losses = new Losses(options.log);
    this.way = new DatabaseWay({ ...options, losses: this.losses });
    this.replay = new Replay({
      ...options,
      way: this.way,
      onReplayed: (events) => this.delivered(events),
      onDiskTrouble: (error) => this.sayDisk(error),
    });
  }

  /** Begins to replay what an earlier run left. */
  start(): void {
    this.replay.start();
  }

  /**
   * Resolves when the entry is durable; samples also when the database refused some of them for what they are, since
   * sending them again would not help.
   * @throws SpoolFullError when it is a sample, the database is away and the spool has no room
   * @throws SetAsideError when the database refuses it (not samples)
   * @throws MemoryFullError when the disk fails, too, and the memory's bound is reached
   * @throws StoppedError when the outbox is stopping
   */
  put(entry: Entry, patienceMs: number): Promise<Durable> {
    return new Promise((resolve, reject) => {
      const waiting = { entry, resolve, reject };
      if (this.stopping) return this.refuse([waiting], new StoppedError());
      if (!this.room.hasRoomFor(entry)) return this.refuse([waiting], new MemoryFullError(this.room.rows));
      this.room.add(waiting);
      if (this.room.rows >= IMPATIENT_ROWS && this.diskSaid === null) this.way.stopWaiting();
      this.schedule(this.room.rows >= BATCH_ROWS ? 0 : patienceMs);
    });
  }

  get database(): 'up' | 'away' {
    return this.way.state;
  }
  get spool(): SpoolSize {
    return this.options.spool.size();
  }
  /** While samples are refused. */
  get spoolIsFull(): boolean {
    return this.full;
  }
  get facts(): WritingFacts {
    const { refused, lostToFullSpool, byCause } = this.losses;
    return {
      written: this.way.written,
      refused,
      lostToFullSpool,
      lostByCause: byCause,
      waitingRows: this.room.rows,
      diskTrouble: this.diskSaid,
      ...this.options.spool.lost,
    };
  }
  /** Samples that will never be in the database unless they are put again, by tag id. */
  get lostByTag(): ReadonlyMap<number, number> {
    return this.losses.byTag;
  }

  /** Somebody else saw the database come or go. */
  noteDatabase(state: 'up' | 'away', error?: Error): void {
    if (state === 'away') this.way.wentAway(error ?? new Error('no answer'));
    else if (this.options.spool.isEmpty) this.way.cameBack();
  }

  /** Delivers what waits, to the database or the spool, and stops, however they hang. */
  stop(): Promise<void> {
    this.stopping ??= this.stopNow();
    return this.stopping;
  }

  private async stopNow(): Promise<void> {
    const { time, spool, log } = this.options;
    this.timer?.cancel();
    const patience = time.after(STOP_DATABASE_MS, () => this.way.giveUp());
    const delivered = async (): Promise<void> => {
      // A flush under way ends; another takes what it left or could not deliver.
      await this.flush();
      await this.flush();
      await this.replay.stop();
      await spool.close();
    };
    await within(time, STOP_DATABASE_MS + STOP_DISK_MS, delivered()).catch((error: Error) =>
      log.error(`the disk does not answer: ${error.message}`),
    );
    patience.cancel();
    this.refuse([...this.inHand, ...this.room.take(Infinity)], new StoppedError());
  }

  private schedule(delayMs: number): void {
    const { time } = this.options;
    const now = time.monotonicMs();
    const wait = Math.max(delayMs, this.notBefore - now);
    if (this.stopping || now + wait >= this.dueAt) return;
    this.timer?.cancel();
    this.dueAt = now + wait;
    this.timer = time.after(wait, () => void this.flush());
  }

  private flush(): Promise<void> {
    this.timer?.cancel();
    this.dueAt = Infinity;
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = null;
      if (!this.room.isEmpty) this.schedule(0);
    });
    return this.flushing;
  }

  private async flushAll(): Promise<void> {
    while (!this.room.isEmpty) {
      this.inHand = this.room.take(BATCH_ROWS);
      const held = await this.deliver(this.inHand);
      this.inHand = [];
      if (held.length === 0) continue;
      this.room.giveBack(held);
      this.notBefore = this.options.time.monotonicMs() + RETRY_MS;
      return;
    }
  }

  /** @returns what neither the database nor the spool takes now */
  private async deliver(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    if (this.options.spool.isEmpty && (await this.straight(batch))) return [];
    try {
      await this.append(batch, 'normal');
      this.mayHaveRoom();
      return [];
    } catch (error) {
      if (error instanceof SpoolFullError) return this.keepJournal(batch, error);
      this.sayDisk(error as Error);
      return batch;
    }
  }

  private async straight(batch: readonly Waiting[]): Promise<boolean> {
    const entries = batch.map((w) => w.entry);
    const journalled = await this.way.write(entries, STRAIGHT_MS);
    if (journalled === null) return false;
    batch.forEach((w) => this.settle(w, 'journal'));
    // Whatever the disk said: nothing waits for it now.
    this.diskSaid = null;
    this.delivered(journalled);
    return true;
  }

  /** Samples are refused, those that wait behind as well, but the journal still goes into the reserve. */
  private async keepJournal(batch: readonly Waiting[], full: SpoolFullError): Promise<readonly Waiting[]> {
    const all = [...batch, ...this.room.take(Infinity)];
    const isSample = ({ entry }: Waiting): boolean => entry.kind === 'samples';
    this.refuse(all.filter(isSample), full);
    this.turnFull(true);
    const rest = all.filter((w) => !isSample(w));
    try {
      await this.append(rest, 'reserve');
      return [];
    } catch (error) {
      this.sayDisk(error as Error);
      return rest;
    }
  }

  private async append(part: readonly Waiting[], importance: 'normal' | 'reserve'): Promise<void> {
    await this.options.spool.append(
      part.map((w) => w.entry),
      importance,
    );
    part.forEach((w) => this.settle(w, 'spool'));
    this.diskSaid = null;
    this.replay.soon();
  }

  private refuse(part: readonly Waiting[], error: Error): void {
    for (const { entry, reject } of part) {
      this.losses.notTaken(entry, error);
      reject(error);
    }
  }

  /** It is durable, but for what the database refused of it; samples cannot be sent differently, all else is told. */
  private settle({ entry, resolve, reject }: Waiting, durable: Durable): void {
    const isRefused = entry.kind !== 'samples' && this.way.refusedRows(entry) > 0;
    if (isRefused) reject(new SetAsideError(this.options.refused.place));
    else resolve(durable);
  }

  private delivered(journalled: readonly JournalledEvent[]): void {
    this.mayHaveRoom();
    try {
      this.options.onJournalled(journalled);
    } catch (error) {
      this.options.log.error(error, 'what was journalled could not be told');
    }
  }

  private turnFull(full: boolean): void {
    if (this.full === full) return;
    this.full = full;
    if (!full) this.losses.ended();
    this.options.onFull(full);
  }

  private mayHaveRoom(): void {
    const { spool } = this.options;
    if (spool.isEmpty || spool.size().bytes <= spool.maxBytes * ROOM_AGAIN) this.turnFull(false);
  }

  /** Said once for each kind of trouble, until the disk works again. */
  private sayDisk(error: Error): void {
    const kind = causeOf(error);
    if (this.diskSaid !== kind) this.options.log.error(`spool: ${error.message}`);
    this.diskSaid = kind;
  }
}
