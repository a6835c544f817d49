import type { TrendRange } from '@linepack/console-ui';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The range buttons; spans in microseconds. */
export const SPANS = [
  { word: 'trend.m15', span: 15 * MINUTE },
  { word: 'trend.h1', span: HOUR },
  { word: 'trend.h8', span: 8 * HOUR },
  { word: 'trend.h24', span: DAY },
  { word: 'trend.d7', span: 7 * DAY },
  { word: 'trend.d45', span: 45 * DAY },
] as const;

/** A window that follows the present, or one that stands still where it was put. */
export type TrendWindow =
  | { readonly kind: 'following'; readonly span: number }
  | { readonly kind: 'fixed'; readonly range: TrendRange };

export function rangeOf(window: TrendWindow, now: number): TrendRange {
  if (window.kind === 'fixed') return window.range;
  // The end moves in steps of a 600th of the span: finer steps would not move a pixel.
  const step = Math.max(1_000_000, Math.round(window.span / 600));
  const to = Math.ceil(now / step) * step;
  return { from: to - window.span, to };
}

/** A range asked for by zooming or panning: what reaches into the future follows the present again. */
export function windowFor(wanted: TrendRange, now: number): TrendWindow {
  const span = wanted.to - wanted.from;
  return wanted.to >= now + span * 0.02
    ? { kind: 'following', span }
    : { kind: 'fixed', range: { from: Math.round(wanted.from), to: Math.round(wanted.to) } };
}
