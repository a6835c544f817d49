import { MICROS_PER_HOUR, type GasDay, type Micros } from '@linepack/network';
import { Temporal } from 'temporal-polyfill';

/** When a gas day starts (local "HH:MM") and in which IANA zone. */
export interface GasDayRule {
  readonly start: string;
  readonly timeZone: string;
}

/** From `from` (inclusive) to `to` (exclusive). */
export interface Interval {
  readonly from: Micros;
  readonly to: Micros;
}

const instantOf = (at: Micros): Temporal.Instant =>
  Temporal.Instant.fromEpochNanoseconds(BigInt(at) * 1_000n);
const microsOf = (instant: Temporal.Instant): Micros => (instant.epochMilliseconds * 1_000) as Micros;

/**
 * The instant a gas day starts. Where daylight saving skips the local start (a start at 02:30 on the day of the
 * change), the day begins as much later as the clocks jump; where it comes twice, at the first.
 */
function startOf(day: Temporal.PlainDate, rule: GasDayRule): Micros {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(rule.start));
  return microsOf(local.toZonedDateTime(rule.timeZone, { disambiguation: 'compatible' }).toInstant());
}

/**
 * The instants between which a gas day lies: 24 hours, 23 or 25 where daylight saving changes inside it.
 * @throws RangeError for a day, start or zone that does not exist.
 */
export function gasDayBounds(day: GasDay, rule: GasDayRule): Interval {
  const date = Temporal.PlainDate.from(day, { overflow: 'reject' });
  return { from: startOf(date, rule), to: startOf(date.add({ days: 1 }), rule) };
}

/** The gas day an instant belongs to: named by the local day it started on. */
export function gasDayOf(at: Micros, rule: GasDayRule): GasDay {
  const local = instantOf(at).toZonedDateTimeISO(rule.timeZone).toPlainDate();
  // The name is the local date or the one before it; asking the bounds keeps both functions of one mind.
  const day = at >= startOf(local, rule) ? local : local.subtract({ days: 1 });
  return day.toString() as GasDay;
}

/** The gas day `days` after (negative: before) another. */
export const gasDayPlus = (day: GasDay, days: number): GasDay =>
  Temporal.PlainDate.from(day).add({ days }).toString() as GasDay;

/** Gas days from `first` to `last`, both included. */
export function gasDaysBetween(first: GasDay, last: GasDay): GasDay[] {
  const days: GasDay[] = [];
  for (let day = first; day <= last; day = gasDayPlus(day, 1)) days.push(day);
  return days;
}

/** An interval cut into hours counted from its start; the last one may be shorter. */
export function hoursOf({ from, to }: Interval): Interval[] {
  const hours: Interval[] = [];
  for (let at: number = from; at < to; at += MICROS_PER_HOUR)
    hours.push({ from: at as Micros, to: Math.min(at + MICROS_PER_HOUR, to) as Micros });
  return hours;
}
