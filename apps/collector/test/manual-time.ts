import type { Micros } from '@linepack/network';
import type { Time, Timer } from '../src/time';

interface Due {
  at: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** A clock that stands still until it is moved; timers that come due run in order, each at its own time. */
export class ManualTime implements Time {
  private ms = 0;
  private setByUs = 0;
  private readonly due = new Set<Due>();

  constructor(private readonly startedAt: number) {}

  now(): Micros {
    return (this.startedAt + this.ms * 1_000 + this.setByUs) as Micros;
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

  /** Somebody sets the wall clock, by seconds forward; spans go on. */
  setClock(seconds: number): void {
    this.setByUs += seconds * 1_000_000;
  }

  /** Moves to a second after the start. */
  to(second: number): void {
    const end = second * 1_000;
    for (let next = this.next(end); next !== null; next = this.next(end)) {
      this.ms = Math.max(this.ms, next.at);
      if (next.everyMs === null) this.due.delete(next);
      else next.at += next.everyMs;
      next.run();
    }
    this.ms = Math.max(this.ms, end);
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
