import type { Micros } from '@linepack/network';
import type { Time, Timer } from '../../src/time';

interface Due {
  at: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** Lets everything run that waits for nothing but its turn. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that moves only when told; between two timers everything that can run has run. */
export class SteppedTime implements Time {
  private ms = 0;
  private readonly due = new Set<Due>();

  now(): Micros {
    return (1_785_542_400_000_000 + this.ms * 1_000) as Micros;
  }
  monotonicMs(): number {
    return this.ms;
  }
  after(ms: number, run: () => void): Timer {
    return this.set({ at: this.ms + ms, everyMs: null, run });
  }
  every(ms: number, run: () => void): Timer {
    return this.set({ at: this.ms + ms, everyMs: ms, run });
  }

  /** Timers that are set and neither run nor cancelled. */
  get waiting(): number {
    return this.due.size;
  }

  async pass(ms: number): Promise<void> {
    const end = this.ms + ms;
    await settled();
    for (let next = this.next(end); next !== null; next = this.next(end)) {
      this.ms = Math.max(this.ms, next.at);
      if (next.everyMs === null) this.due.delete(next);
      else next.at += next.everyMs;
      next.run();
      await settled();
    }
    this.ms = end;
  }

  private set(due: Due): Timer {
    this.due.add(due);
    return { cancel: () => void this.due.delete(due) };
  }

  private next(end: number): Due | null {
    let first: Due | null = null;
    for (const due of this.due) if (due.at <= end && (first === null || due.at < first.at)) first = due;
    return first;
  }
}
