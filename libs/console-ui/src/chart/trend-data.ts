import uPlot from 'uplot';

/** One line of a trend: columns of equal length, times in microseconds, oldest first. */
export interface TrendPen {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly decimals: number;
  /** Smallest span of its scale: noise must not look like movement. */
  readonly minSpan: number;
  /** Microseconds for which a value holds when nothing follows: after a longer silence nobody knows. */
  readonly hold: number;
  /** When its newest value was last heard to be still so; its own stamp where that is later. */
  readonly heldTo: number;
  readonly ts: readonly number[];
  /** null where no usable value is there: the line has a gap. */
  readonly value: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** OPC UA StatusCode as int32, worst of the bucket. */
  readonly quality: readonly number[];
  /** Share of the point's time in which a usable value held, 0 to 1. */
  readonly usable: readonly number[];
}

export interface TrendRange {
  /** Microseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

const MICROS_PER_SECOND = 1_000_000;

/** Series per pen in the aligned data: mean, minimum, maximum. */
export const COLUMNS = 3;

/** Whether the newest value is known to hold on beyond its stamp. */
const goesOn = (pen: TrendPen): boolean => pen.heldTo > (pen.ts.at(-1) ?? Infinity);

/** The columns to draw of a pen: after a silence longer than its value holds the line is broken. */
function drawn(pen: TrendPen): [number[], (number | null)[], (number | null)[], (number | null)[]] {
  const columns: ReturnType<typeof drawn> = [[], [], [], []];
  pen.ts.forEach((ts, i) => {
    columns[0].push(ts / MICROS_PER_SECOND);
    [pen.value, pen.min, pen.max].forEach((from, c) =>
      (columns[c + 1] as (number | null)[]).push(from[i] ?? null),
    );
    const next = pen.ts[i + 1];
    if (next === undefined || next - ts <= pen.hold) return;
    columns[0].push((ts + pen.hold) / MICROS_PER_SECOND);
    for (const column of columns.slice(1)) column.push(null as never);
  });
  const last = pen.ts.length - 1;
  if (last < 0 || !goesOn(pen)) return columns;
  columns[0].push(pen.heldTo / MICROS_PER_SECOND);
  [pen.value, pen.min, pen.max].forEach((from, c) =>
    (columns[c + 1] as (number | null)[]).push(from[last] ?? null),
  );
  return columns;
}

/**
 * Puts pens with different times on one time axis. A time that only another pen has is not a gap (undefined);
 * an unusable value is one (null), and so is a silence.
 */
export function alignPens(pens: readonly TrendPen[]): uPlot.AlignedData {
  if (pens.length === 0) return [[]];
  const tables = pens.map((p): uPlot.AlignedData => drawn(p));
  const keepGaps: uPlot.JoinNullMode = 1;
  return uPlot.join(
    tables,
    tables.map(() => [keepGaps, keepGaps, keepGaps, keepGaps]),
  );
}

/** A span in which a pen was unusable, wholly or in part. */
export interface UnusableSpan extends TrendRange {
  /** Of its time, above 0 to 1. */
  readonly share: number;
}

/** Less than this is a bucket's own inexactness, not something that a reader could see or should look for. */
const NOTABLE_SHARE = 0.005;

/** Where a pen was not usable, from the stamp to the next, or silent; neighbours of the same share are one span. */
export function unusableSpans(pen: TrendPen, to: number): UnusableSpan[] {
  const spans: UnusableSpan[] = [];
  const add = (from: number, end: number, share: number) => {
    if (share < NOTABLE_SHARE || end <= from) return;
    const last = spans.at(-1);
    if (last?.to === from && last.share === share) spans[spans.length - 1] = { ...last, to: end };
    else spans.push({ from, to: end, share });
  };
  pen.ts.forEach((from, i) => {
    const next = pen.ts[i + 1] ?? to;
    const known = i === pen.ts.length - 1 && goesOn(pen) ? pen.heldTo : from;
    const held = Math.min(next, known + pen.hold);
    add(from, held, 1 - (pen.usable[i] ?? 1));
    add(held, next, 1);
  });
  return spans;
}

/** Index of the last stamp not later than `ts`; -1 when there is none. */
export function indexAt(times: readonly number[], ts: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= ts) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface PenReading {
  readonly value: number | null;
  readonly quality: number | null;
  /** Share of its time that was usable; null when there is none. */
  readonly usable: number | null;
}

/** What a pen reads at an instant: what held then, or nothing. */
export function readingAt(pen: TrendPen, ts: number): PenReading {
  const i = indexAt(pen.ts, ts);
  const at = pen.ts[i];
  const known = at !== undefined && i === pen.ts.length - 1 && goesOn(pen) ? pen.heldTo : at;
  if (known === undefined || ts - known > pen.hold) return { value: null, quality: null, usable: null };
  return { value: pen.value[i] ?? null, quality: pen.quality[i] ?? null, usable: pen.usable[i] ?? null };
}

/** Lowest and highest of a pen inside a range, from the minima and maxima kept in every bucket. */
export function extremes(pen: TrendPen, range: TrendRange): { min: number | null; max: number | null } {
  let min: number | null = null;
  let max: number | null = null;
  pen.ts.forEach((ts, i) => {
    if (ts < range.from || ts > range.to) return;
    const low = pen.min[i] ?? pen.value[i] ?? null;
    const high = pen.max[i] ?? pen.value[i] ?? null;
    if (low !== null && (min === null || low < min)) min = low;
    if (high !== null && (max === null || high > max)) max = high;
  });
  return { min, max };
}

/** A range zoomed by a factor around an instant; never below ten seconds. */
export function zoomed(range: TrendRange, around: number, factor: number): TrendRange {
  const span = Math.max(10 * MICROS_PER_SECOND, (range.to - range.from) * factor);
  const share = (around - range.from) / (range.to - range.from);
  const from = Math.round(around - span * share);
  return { from, to: Math.round(from + span) };
}

export const panned = (range: TrendRange, share: number): TrendRange => {
  const by = Math.round((range.to - range.from) * share);
  return { from: range.from + by, to: range.to + by };
};
