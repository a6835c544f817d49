import type { Micros, TagId } from '@linepack/network';
import type { Quality } from './quality';

/**
 * How a source came to say a word:
 * - `first`: the first value of a subscription, the state of the plant as the source has it now (OPC 10000-4, 5.13.1.2);
 * - `change`: a live word, in the order of its session;
 * - `redelivered`: sent again because it was not acknowledged, or kept by a broker for a session (MQTT: DUP);
 * - `retained`: what a broker has kept of a topic for whoever begins to listen: said once, some time ago;
 * - `historical`: the source itself says that it is old (OPC UA: historian bits; Sparkplug: is_historical).
 */
export type Origin = 'first' | 'change' | 'redelivered' | 'retained' | 'historical';

/** One word of a source on one tag, scaled to the tag's unit. */
export interface Word {
  readonly tagId: TagId;
  readonly quality: Quality;
  /** Null when there is no usable number; never NaN. */
  readonly value: number | null;
  /** As the source stamped it; null when it gave none that can be read. */
  readonly sourceTime: Micros | null;
  /** On our clock. */
  readonly receivedAt: Micros;
  readonly origin: Origin;
}

/** What holds of a tag now: the one that screens show and alarms judge. */
export interface PresentValue {
  readonly tagId: TagId;
  readonly quality: Quality;
  readonly value: number | null;
  /** When it became so, by the source's clock where it can be believed, else by ours. */
  readonly at: Micros;
  /** When the word came, on our clock. */
  readonly receivedAt: Micros;
  /** When its source last said that it is still so, on our clock. Never decreases. */
  readonly heardAt: Micros;
  /**
   * Two `at` may be compared only when they are of one clock session: it changes with every new connection, every step
   * of the source's clock and another source, and what we stamp ourselves is of `OUR_CLOCK`. None comes again.
   */
  readonly clockSession: number;
}
