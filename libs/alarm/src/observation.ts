import type { Micros } from '@linepack/network';

/**
 * What an alarm's inputs say of its condition: it holds, it has ended, it is neither (between the limit and the deadband,
 * or another alarm speaks for it: the state stays what it is), or nothing usable is known of the inputs.
 */
export type Says = 'holds' | 'ended' | 'neither' | 'unknown';

/** What was seen of a condition. Observations come in the order in which they hold; no stamp makes one old. */
export interface Observation {
  readonly kind: 'observation';
  readonly says: Says;
  /** Since when it is so, by the clock of whoever stamped it. */
  readonly at: Micros;
  /** When it was received, on our clock. */
  readonly receivedAt: Micros;
  /** Two `at` may be compared only within one clock session; null: with no other. */
  readonly clockSession: number | null;
  /**
   * When a new definition is what made us look, on our clock: what stood long before counts for the delay, but the
   * event does not stand before the definition. Null otherwise.
   */
  readonly definedAt: Micros | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly quality: number | null;
  readonly subject: string | null;
}
