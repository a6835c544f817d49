import { MICROS_PER_MS, type Micros } from '@linepack/network';
import type { Time } from '../time';

/** Our clock against one that is never set: less than this between two readings is no setting. Microseconds. */
const SETTING = 500 * MICROS_PER_MS;

/**
 * Our wall clock, as alarms read it. Whoever reads it here knows first that it was set, so that nothing is judged by
 * instants of two times.
 */
export class OurClock {
  private last: { readonly at: Micros; readonly monotonicMs: number };

  /** @param onSet told before the reading is given, with how far it was set, microseconds */
  constructor(
    private readonly time: Pick<Time, 'now' | 'monotonicMs'>,
    private readonly onSet: (by: number) => void,
  ) {
    this.last = this.reading();
  }

  now(): Micros {
    const { last } = this;
    const next = this.reading();
    this.last = next;
    const by = next.at - last.at - (next.monotonicMs - last.monotonicMs) * MICROS_PER_MS;
    // Instants are whole microseconds.
    if (Math.abs(by) >= SETTING) this.onSet(Math.round(by));
    return next.at;
  }

  private reading(): { readonly at: Micros; readonly monotonicMs: number } {
    return { at: this.time.now(), monotonicMs: this.time.monotonicMs() };
  }
}
