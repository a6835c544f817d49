import type { SparkPoint } from '@linepack/console-ui';

/** What a sparkline shows. */
export const TRACE_SPAN = 3_600_000_000;
/** Live points kept no closer than this: a sparkline of 100 pixels shows no more. */
const SPACING = 10_000_000;

/**
 * Adds a live value to the last hour of a tag.
 * @returns the same array when the value comes too soon after the last kept one, so that nothing is drawn again.
 */
export function extendTrace(trace: readonly SparkPoint[], point: SparkPoint): readonly SparkPoint[] {
  const last = trace.at(-1);
  const same = last !== undefined && (last.value === null) === (point.value === null);
  if (last && (point.ts < last.ts || (same && point.ts - last.ts < SPACING))) return trace;
  const oldest = point.ts - TRACE_SPAN - SPACING;
  return [...trace.filter((p) => p.ts >= oldest), point];
}

/** History with the live points that are newer than it. */
export function mergeTrace(history: readonly SparkPoint[], live: readonly SparkPoint[]): SparkPoint[] {
  const newest = history.at(-1)?.ts ?? -Infinity;
  return [...history, ...live.filter((p) => p.ts > newest)];
}
