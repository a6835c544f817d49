import type { Row } from '../model/samples';

/** What the samples say of a minute. */
export interface Minute {
  coveredS: number;
  integral: number;
  samples: number;
}

const MINUTE_US = 60e6;

/**
 * Minutes of a tag from its rows: a value holds until the next one, until its source was away, and no longer than it may.
 * @param away instants at which its source went away
 */
export function minutesOf(
  rows: readonly Row[],
  away: readonly number[],
  holdUs: number,
  from: number,
  to: number,
): Map<number, Minute> {
  const minutes = new Map<number, Minute>();
  const minuteOf = (at: number): Minute => {
    const start = Math.floor(at / MINUTE_US) * MINUTE_US;
    const minute = minutes.get(start) ?? { coveredS: 0, integral: 0, samples: 0 };
    minutes.set(start, minute);
    return minute;
  };
  for (const [i, { ts, quality, value }] of rows.entries()) {
    if (ts >= from && ts < to) minuteOf(ts).samples += 1;
    if (quality < 0 || value === null) continue;
    const gone = away.find((at) => at > ts) ?? Infinity;
    const until = Math.min(rows[i + 1]?.ts ?? Infinity, ts + holdUs, gone, to);
    for (let at = Math.max(ts, from); at < until;) {
      const next = Math.min(Math.floor(at / MINUTE_US) * MINUTE_US + MINUTE_US, until);
      const minute = minuteOf(at);
      minute.coveredS += (next - at) / 1e6;
      minute.integral += ((next - at) / 1e6) * value;
      at = next;
    }
  }
  return minutes;
}
