import type { HistorySeries, LiveSample } from '@linepack/contracts';

/** Columns of one tag: history first, then what came live since. */
export interface Columns {
  readonly ts: number[];
  readonly value: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly quality: number[];
  /** Share of the point's time in which a usable value held, which its value is the mean of. */
  readonly usable: number[];
  /** When the newest value was last heard to be still so; 0 when it was not said again. */
  heldTo: number;
}

export const emptyColumns = (): Columns => ({
  ts: [],
  value: [],
  min: [],
  max: [],
  quality: [],
  usable: [],
  heldTo: 0,
});

/**
 * Appends a live sample unless it is older than what is there. A bad value is a gap, not a zero. What changes under the
 * stamp that is there already follows a microsecond later, as it is stored. What is only said again holds on,
 * where nothing was missed since: the stamps of a source whose clock is far from ours cannot be gone on with by ours.
 * @param hold longest time between two words about one value, microseconds
 * @returns whether there is something new to draw
 */
export function append(columns: Columns, [, ts, quality, value, heardAt]: LiveSample, hold: number): boolean {
  const last = columns.ts.at(-1);
  const usable = quality >= 0 ? value : null;
  const isKnown = columns.quality.at(-1) === quality && columns.value.at(-1) === usable;
  const known = Math.max(last ?? -Infinity, columns.heldTo);
  if (last !== undefined && ts <= last && isKnown && heardAt > known && heardAt - known <= hold) {
    columns.heldTo = heardAt;
    return true;
  }
  if (last !== undefined && (ts < last || (ts === last && isKnown))) return false;
  columns.ts.push(ts === last ? ts + 1 : ts);
  columns.value.push(usable);
  columns.min.push(usable);
  columns.max.push(usable);
  columns.quality.push(quality);
  columns.usable.push(usable === null ? 0 : 1);
  return true;
}

/** Forgets what lies before `from`, but for the point from which the line enters the window. */
export function dropBefore(columns: Columns, from: number): void {
  const first = columns.ts.findIndex((ts) => ts >= from);
  const count = (first === -1 ? columns.ts.length : first) - 1;
  if (count <= 0) return;
  const { ts, value, min, max, quality, usable } = columns;
  for (const column of [ts, value, min, max, quality, usable]) column.splice(0, count);
}

/** History as it was read, with the live samples that are newer than it. */
export function joined(history: HistorySeries, live: readonly LiveSample[], hold: number): Columns {
  const columns: Columns = {
    ts: [...history.ts],
    // A bucket whose worst was Bad still has the mean of what was usable in it.
    value: history.value.map((v, i) => ((history.usable[i] ?? 0) > 0 ? v : null)),
    min: [...history.min],
    max: [...history.max],
    quality: [...history.quality],
    usable: [...history.usable],
    heldTo: 0,
  };
  for (const sample of live) append(columns, sample, hold);
  return columns;
}

/** The width of a history's buckets: the smallest step between two of them; 0 where there are none. */
export function bucketWidth(series: readonly Pick<HistorySeries, 'ts'>[]): number {
  const steps = series.flatMap(({ ts }) => ts.slice(1).map((at, i) => at - (ts[i] as number)));
  return steps.reduce((least, step) => (least === 0 ? step : Math.min(least, step)), 0);
}
