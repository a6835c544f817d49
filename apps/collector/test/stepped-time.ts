import { MICROS_PER_MS, type Micros } from '@linepack/network';
import type { Time, Timer } from '../src/time';

interface Due {
  atMs: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** A clock that goes when it is told to. */
export class SteppedTime implements Time {
  private ms = 0;
  private aheadMs = 1_800_000_000_000;
  private due: Due[] = [];

  now(): Micros {
    return ((this.ms + this.aheadMs) * MICROS_PER_MS) as Micros;
  }

  monotonicMs(): number {
    return this.ms;
  }

  after(ms: number, run: () => void): Timer {
    return this.add({ atMs: this.ms + ms, everyMs: null, run });
  }

  every(ms: number, run: () => void): Timer {
    return this.add({ atMs: this.ms + ms, everyMs: ms, run });
  }

  /** The wall clock is set, or the computer was suspended: its timers saw nothing of that time. */
  leap(ms: number): void {
    this.aheadMs += ms;
  }

  /** Lets time pass, every timer in its turn, with all that follows of itself between two of them. */
  async pass(ms: number): Promise<void> {
    const end = this.ms + ms;
    await settled();
    for (;;) {
      const next = this.due.filter((d) => d.atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.ms = next.atMs;
      if (next.everyMs === null) this.due = this.due.filter((d) => d !== next);
      else next.atMs += next.everyMs;
      next.run();
      await settled();
    }
    this.ms = end;
  }

  /** Stands still for so long: nothing runs, and then everything that was due, once. */
  async standStill(ms: number): Promise<void> {
    this.ms += ms;
    await this.pass(0);
  }

  private add(due: Due): Timer {
    this.due.push(due);
    return { cancel: () => (this.due = this.due.filter((d) => d !== due)) };
  }
}

/** All promises that follow of themselves have run. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
};
