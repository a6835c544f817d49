import type { Micros } from '@linepack/network';
import type { Interval } from './gas-day';

/** One stored sample: source time, value (null when there is none) and OPC UA StatusCode as a signed 32-bit int. */
export interface Sample {
  readonly at: Micros;
  readonly value: number | null;
  readonly quality: number;
}

/** A sample that may be calculated with. */
export interface Point {
  readonly at: Micros;
  readonly value: number;
}

/** Usable samples in ascending time: neither without a value nor Bad (Bad codes are negative as signed ints). */
export type Series = readonly Point[];

/** The usable samples of a tag. `samples` ascend in time, as stored. */
export const seriesOf = (samples: readonly Sample[]): Series =>
  samples.filter((s): s is Sample & Point => s.value !== null && s.quality >= 0);

/** A value at an instant and the samples it was taken from, which a result pins. */
export interface ValueAt {
  readonly value: number;
  readonly before: Point;
  readonly after: Point;
}

/** Position of the first point at or after an instant; the length when there is none. */
export function firstAtOrAfter(series: Series, at: Micros): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series[middle] as Point).at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The value at an instant, linear between the usable samples around it.
 * `undefined` (not assessable) when there is none on one side or one is further than `maxAge` (µs) from the instant:
 * a value is never carried past its samples.
 */
export function valueAt(series: Series, at: Micros, maxAge: number): ValueAt | undefined {
  const next = firstAtOrAfter(series, at);
  const after = series[next];
  if (after?.at === at) return { value: after.value, before: after, after };
  const before = series[next - 1];
  if (!before || !after || at - before.at > maxAge || after.at - at > maxAge) return undefined;
  const share = (at - before.at) / (after.at - before.at);
  return { value: before.value + share * (after.value - before.value), before, after };
}

/**
 * Time-weighted mean over an interval, linear between samples.
 * `undefined` when either end is not assessable or two neighbours are further apart than twice `maxAge` (µs).
 */
export function meanOver(series: Series, { from, to }: Interval, maxAge: number): number | undefined {
  const first = valueAt(series, from, maxAge);
  const last = valueAt(series, to, maxAge);
  if (!first || !last || to <= from) return undefined;
  const inside = series.slice(firstAtOrAfter(series, from), firstAtOrAfter(series, to));
  const path: Point[] = [{ at: from, value: first.value }, ...inside, { at: to, value: last.value }];
  let area = 0;
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1] as Point, path[i] as Point];
    if (b.at - a.at > 2 * maxAge) return undefined;
    area += ((a.value + b.value) / 2) * (b.at - a.at);
  }
  return area / (to - from);
}
