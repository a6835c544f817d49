import type { Micros } from '@linepack/network';

/** An instant on both clocks of ours. */
export interface Instant {
  /** The wall clock; it may be set. */
  readonly wall: Micros;
  /** µs of a clock that is never set: for spans. Its zero means nothing. */
  readonly steady: number;
}
