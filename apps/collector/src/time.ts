import { MICROS_PER_MS, microsFromMs, type Micros } from '@linepack/network';
import type { Instant } from '@linepack/telemetry';

/** A timer that was set; cancelling one that has run, or was cancelled, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as a part: everything in the collector that waits or asks for the time does it here, so that the whole chain
 * also runs on a simulated clock.
 */
export interface Time {
  /** The wall clock, microseconds since the epoch. It may be set back or forward while the process runs. */
  now(): Micros;
  /** Milliseconds of a clock that is never set: for spans. */
  monotonicMs(): number;
  /** Runs once, after at least `ms`. */
  after(ms: number, run: () => void): Timer;
  /** Runs again and again, `ms` apart. */
  every(ms: number, run: () => void): Timer;
}

/** The computer's own clock. Its timers alone do not keep a process alive that has nothing else to wait for. */
export const systemTime: Time = {
  now: () => microsFromMs(Date.now()),
  monotonicMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms).unref();
    return { cancel: () => clearInterval(timer) };
  },
};

/** Now, on the wall clock and on the one that is never set. */
export const instantOf = (time: Time): Instant => ({
  wall: time.now(),
  steady: Math.round(time.monotonicMs() * MICROS_PER_MS),
});

/** Resolves after `ms`. */
export const sleep = (time: Time, ms: number): Promise<void> =>
  new Promise((resolve) => void time.after(ms, resolve));

/** The work's outcome, or an error when there is none after `ms`. What the work does later is not undone. */
export async function within<T>(time: Time, ms: number, work: Promise<T>): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = time.after(ms, () => reject(new Error(`no answer for ${ms / 1_000} s`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.cancel();
  }
}
