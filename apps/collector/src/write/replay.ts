import type { JournalledEvent } from '@linepack/store';
import type { Time, Timer } from '../time';
import type { DatabaseWay } from './database-way';
import type { Entry } from './entry';
import type { Spool } from './spool';

export interface ReplayOptions {
  readonly spool: Spool<Entry>;
  readonly way: DatabaseWay;
  /** What an earlier run left, and could not be read until now, waits from now on. */
  readonly onFound: () => void;
  readonly onReplayed: (events: readonly JournalledEvent[]) => void;
  readonly onDiskTrouble: (error: Error) => void;
  readonly time: Time;
}

const RETRY_MS = 1_000;
/** Nobody waits for what is in the spool already: a slow database gets the time to take it. */
const REPLAY_MS = 15_000;
/** What the disk would not read is looked at again after this. */
const LOOK_AGAIN_MS = 60_000;
const ENTRIES = 200;

/** Brings what waits in the spool to the database, oldest first; while that fails, once a second. */
export class Replay {
  private timer: Timer | null = null;
  private running: Promise<void> | null = null;
  private looking: Timer | null = null;
  private stopped = false;

  constructor(private readonly options: ReplayOptions) {}

  /** Begins with what an earlier run left. */
  start(): void {
    this.soon(0);
    this.looking = this.options.time.every(LOOK_AGAIN_MS, () => {
      if (this.options.spool.lookAgain()) this.options.onFound();
      this.soon(0);
    });
  }

  /** Something waits. */
  soon(delayMs = RETRY_MS): void {
    if (this.stopped || this.running || this.timer || this.options.spool.isEmpty) return;
    this.timer = this.options.time.after(delayMs, () => {
      this.timer = null;
      this.running = this.run().finally(() => {
        this.running = null;
        this.soon();
      });
    });
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.looking?.cancel();
    await this.running;
  }

  private async run(): Promise<void> {
    const { spool, way, onReplayed } = this.options;
    while (!this.stopped) {
      const entries = this.peek();
      if (entries.length === 0) return;
      const journalled = await way.write(entries, REPLAY_MS);
      if (journalled === null) return;
      await spool.done(entries.length);
      onReplayed(journalled);
    }
  }

  /** None when there are none, or the disk cannot read them now. */
  private peek(): readonly Entry[] {
    try {
      return this.options.spool.peek(ENTRIES);
    } catch (error) {
      this.options.onDiskTrouble(error as Error);
      return [];
    }
  }
}
