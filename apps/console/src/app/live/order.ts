/** Microseconds by which our clock may be behind the collector's: a heartbeat's way, and their own difference. */
const TOLERANCE = 5_000_000;

/**
 * Whether what was heard at `heardAt` may stand in the place of what is held: later heard is newer. A held instant that
 * lies well ahead of now cannot be when anybody was heard; it holds back nothing.
 */
export const isAsNew = (
  heardAt: number,
  held: { readonly heardAt: number } | undefined,
  now: number,
): boolean => held === undefined || heardAt >= held.heardAt || held.heardAt > now + TOLERANCE;
