import { MICROS_PER_SECOND, type Micros } from '@linepack/network';

/** A stamp this far ahead of its receipt is a clock that is wrong, not a network that is fast. µs */
export const MAX_AHEAD = 60 * MICROS_PER_SECOND;
/**
 * No network was commissioned before 2020-01-01Z: an earlier stamp is of a clock that was never set (1601 in OPC UA,
 * 1970, 1980 or 2000 in devices). A network that says when it was commissioned is held to that.
 */
export const EARLIEST_COMMISSIONING = (1_577_836_800 * MICROS_PER_SECOND) as Micros;

/** Why a word cannot stand at its source's time, in the words of the loss ledger. */
export type StampFault = 'stampMissing' | 'stampBeforeCommissioning' | 'stampAhead';

/** Null when the stamp can be believed; it may be up to a minute ahead of the receipt, since plant clocks differ. */
export function stampFault(
  sourceTime: Micros | null,
  receivedAt: Micros,
  commissionedAt: Micros,
): StampFault | null {
  if (sourceTime === null) return 'stampMissing';
  if (sourceTime < commissionedAt) return 'stampBeforeCommissioning';
  return sourceTime > receivedAt + MAX_AHEAD ? 'stampAhead' : null;
}
