/** What happened to a counter between two readings. */
export type TotaliserStep =
  /** It counted on. */
  | { readonly kind: 'forward'; readonly volume: number }
  /** It passed its highest value and began again from 0. */
  | { readonly kind: 'rollover'; readonly volume: number }
  /** It went back a little: gas flowed backwards, or the corrector was adjusted. The volume is negative. */
  | { readonly kind: 'reverse'; readonly volume: number }
  /** It was set to 0 (exchange, restart). What it counted before that is not known. */
  | { readonly kind: 'reset'; readonly volume: null }
  /** It moved further than the meter can count: exchange, wrong factor, garbled value. */
  | { readonly kind: 'jump'; readonly volume: null };

/**
 * The difference of two totaliser readings.
 * @param rolloverAt m³ at which the counter starts again from 0
 * @param most m³ the meter can have counted between the two readings; it tells a rollover from a reset
 */
export function totaliserStep(
  before: number,
  after: number,
  rolloverAt: number,
  most: number,
): TotaliserStep {
  if (after >= before) {
    const volume = after - before;
    return volume <= most ? { kind: 'forward', volume } : { kind: 'jump', volume: null };
  }
  const rolled = rolloverAt - before + after;
  if (rolled >= 0 && rolled <= most) return { kind: 'rollover', volume: rolled };
  if (after <= most) return { kind: 'reset', volume: null };
  return before - after <= most
    ? { kind: 'reverse', volume: after - before }
    : { kind: 'jump', volume: null };
}
