import { MICROS_PER_MS, type Micros } from '@linepack/network';
import type { Time } from './time';

/** An instant on both clocks. Of an earlier process only the wall clock's reading is known. */
export interface Moment {
  readonly wall: Micros;
  readonly monotonicMs: number | null;
}

export const momentOf = (time: Time): Moment => ({ wall: time.now(), monotonicMs: time.monotonicMs() });

/**
 * How long ago that was, ms, on whichever clock says more: the monotonic one stands still while the computer is
 * suspended, and the wall clock may be set back. A wall clock that reads less than it did, where it is the only one,
 * says nothing, which counts as for ever.
 */
export function elapsedMs(since: Moment, time: Time): number {
  const wall = (time.now() - since.wall) / MICROS_PER_MS;
  if (since.monotonicMs === null) return wall < 0 ? Infinity : wall;
  return Math.max(wall, time.monotonicMs() - since.monotonicMs);
}
