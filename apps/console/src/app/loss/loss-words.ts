import type { LossVerdict } from '@linepack/contracts';

/** A verdict's sign beside its word: never colour alone, and no colour at all, for a loss is not an alarm by itself. */
export const VERDICT_SIGN: Record<LossVerdict, string> = { within: '✓', breach: '▲', notAssessable: '–' };

/** Vertical half-range of a loss chart, %: twice the limit at least, never more than eight times. */
export function chartHalfRange(losses: readonly (number | null)[], limit: number): number {
  const most = losses.reduce<number>((m, v) => (v === null ? m : Math.max(m, Math.abs(v))), 0);
  return Math.min(Math.max(limit * 2, most * 1.1), limit * 8);
}

export interface LossBar {
  /** Per cent of the chart's height, from its top. */
  readonly top: number;
  readonly height: number;
  /** The value goes beyond the chart and is cut. */
  readonly cut: boolean;
}

/** Where a day's bar stands in a chart from +half to −half. */
export function lossBar(lossPercent: number, half: number): LossBar {
  const shown = Math.max(-half, Math.min(half, lossPercent));
  const height = (Math.abs(shown) / half) * 50;
  return { top: shown >= 0 ? 50 - height : 50, height, cut: Math.abs(lossPercent) > half };
}
