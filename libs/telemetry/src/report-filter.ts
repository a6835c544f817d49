import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import type { Sample } from './quality';

export interface ReportRule {
  /** Smallest change worth storing, in the tag's unit; 0 stores every change. */
  readonly deadband: number;
  /** A value is stored at least this often while its source is there. Seconds. */
  readonly maxReportS: number;
}

/** Reporting intervals without a word after which a value is stale. */
export const STALE_INTERVALS = 3;
/** How old a word may be and still be of now, µs. */
export const staleAgeOf = ({ maxReportS }: Pick<ReportRule, 'maxReportS'>): number =>
  STALE_INTERVALS * maxReportS * MICROS_PER_SECOND;

/** What was stored last of a tag; null before the first. */
export type ReportState = Sample | null;

/** How long a repeat waits for a value that is on its way with a stamp before it. */
const GRACE = 5 * MICROS_PER_SECOND;

/**
 * Is this sample worth storing after the last stored one? Yes when the quality changed, a value appeared or went, the
 * value moved by more than the deadband (measured from the stored value, so that a slow drift is not lost), or the
 * maximum reporting interval has passed. The same value, quality and time again is never news. A sample older than
 * the last stored one is late data and always stored.
 */
export function isWorthStoring(state: ReportState, sample: Sample, rule: ReportRule): boolean {
  if (state === null) return true;
  const same = sample.quality === state.quality && sample.value === state.value;
  if (sample.ts === state.ts) return !same;
  if (sample.ts < state.ts) return true;
  if (sample.quality !== state.quality) return true;
  if (sample.ts - state.ts >= rule.maxReportS * MICROS_PER_SECOND) return true;
  if (sample.value === null || state.value === null) return sample.value !== state.value;
  return same ? false : Math.abs(sample.value - state.value) > rule.deadband;
}

/**
 * The repeat that is due at `now` of a tag whose source reports only changes and is known to be there: the last value,
 * one reporting interval on. Null when none is due. It stands at a time that is already past by a few seconds, so that
 * a change on its way comes before or after it, never into it. When repeats were missed (the process was busy), only
 * the latest one is made.
 */
export function dueRepeat(state: ReportState, now: Micros, rule: ReportRule): Sample | null {
  if (state === null) return null;
  const interval = rule.maxReportS * MICROS_PER_SECOND;
  const missed = Math.floor((now - GRACE - state.ts) / interval);
  return missed < 1 ? null : { ...state, ts: (state.ts + missed * interval) as Micros };
}
