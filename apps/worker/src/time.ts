import { microsFromMs, type Micros } from '@linepack/network';

export interface Timer {
  cancel(): void;
}

/** Time as a part, so that the worker also runs on a simulated clock. */
export interface Time {
  /** The wall clock, microseconds since the epoch. It may be set while the process runs. */
  now(): Micros;
  /** Milliseconds of a clock that is never set: for spans, or a clock that is set back would hold work up. */
  monotonicMs(): number;
  /** Runs once, after at least `ms`. */
  after(ms: number, run: () => void): Timer;
}

/** The computer's own clock. */
export const systemTime: Time = {
  now: () => microsFromMs(Date.now()),
  monotonicMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms`. */
export const sleep = (time: Pick<Time, 'after'>, ms: number): Promise<void> =>
  new Promise((resolve) => void time.after(ms, resolve));
