import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import { QUALITY, qualityClass, type Quality } from './quality';

/** A stamp this far ahead of its receipt is a clock that is wrong, not a network that is fast. */
export const MAX_AHEAD = 60 * MICROS_PER_SECOND;
/** A stamp before 2000-01-01 is a clock that was never set (1601 in OPC UA, 1970 in most devices). */
export const FIRST_STAMP = 946_684_800 * MICROS_PER_SECOND;

export interface Stamp {
  readonly ts: Micros;
  readonly quality: Quality;
}

/**
 * The source time of a value, by these rules:
 * - a plausible source stamp is taken as it is, however late it comes: late data is data;
 * - a missing or never-set stamp, or one more than a minute ahead of the receipt, is replaced by the time of receipt,
 *   and a Good quality becomes Uncertain: the number is right, the moment is not known. A worse quality stays;
 * - up to a minute ahead is kept: plant clocks differ.
 */
export function stampOf(source: Micros | null, receivedAt: Micros, quality: Quality): Stamp {
  const plausible = source !== null && source >= FIRST_STAMP && source <= receivedAt + MAX_AHEAD;
  if (plausible) return { ts: source, quality };
  return { ts: receivedAt, quality: qualityClass(quality) === 'good' ? QUALITY.Uncertain : quality };
}
