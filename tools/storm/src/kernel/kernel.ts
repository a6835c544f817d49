import { EventQueue, type Planned } from './queue';
import type { Random } from './random';
import type { Trace } from './trace';

/** Taken before the storm shuts the computer's own clock away. */
const nextTurn = setImmediate;

/**
 * One thread, one seed, virtual time: events happen one after the other, in an order that only the seed decides, and
 * between two of them every promise that can go on goes on. What the code under test awaits therefore settles exactly
 * where an event lets it.
 */
export class Kernel {
  private readonly queue = new EventQueue();
  private trueTime: number;
  /** What broke outside of any check: an exception nobody caught, a clock that is not simulated. */
  readonly breakdowns: { readonly message: string; readonly text: string }[] = [];

  constructor(
    readonly random: Random,
    readonly trace: Trace,
    readonly startUs: number,
  ) {
    this.trueTime = startUs;
  }

  /** True time, microseconds since the epoch; no machine in the storm knows it. */
  get now(): number {
    return this.trueTime;
  }

  /** Seconds since the storm began. */
  get elapsedS(): number {
    return (this.trueTime - this.startUs) / 1e6;
  }

  note(who: string, what: string): void {
    this.trace.note(this.trueTime - this.startUs, who, what);
  }

  at(trueUs: number, run: () => void): Planned {
    return this.queue.push(Math.max(trueUs, this.trueTime), run);
  }

  after(ms: number, run: () => void): Planned {
    return this.queue.push(this.trueTime + Math.max(0, Math.round(ms * 1_000)), run);
  }

  /** Runs what is due up to `trueUs`, and lets the clock stand there. */
  runUntil(trueUs: number): Promise<void> {
    return new Promise((resolve) => {
      const step = (): void => {
        const event = this.queue.take(trueUs);
        if (event === null) {
          this.trueTime = trueUs;
          return resolve();
        }
        this.trueTime = event.at;
        try {
          event.run?.();
        } catch (error) {
          this.broke(error);
        }
        // All microtasks run before the next turn of the event loop.
        nextTurn(step);
      };
      nextTurn(step);
    });
  }

  broke(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = text.split('\n')[0] as string;
    this.breakdowns.push({ message, text: `at ${this.elapsedS.toFixed(3)} s: ${text}` });
    this.note('kernel', `breakdown: ${message}`);
  }
}
