import type { Fraction, StdCubicMetres } from '@linepack/network';
import type { EndReading, HourFlag, MeterHour, QualityShares } from './meter-hour';

/** A meter's volume over a gas day (or the part of it that is over), composed of its hourly records. */
export interface MeterDay {
  /** Standard m³; null when an hour has none. */
  readonly volume: StdCubicMetres | null;
  readonly shares: QualityShares;
  readonly flags: readonly HourFlag[];
  readonly start: EndReading | null;
  readonly end: EndReading | null;
  readonly hoursMissing: number;
}

/** Shares of several stretches, each weighed by its length. */
export function combinedShares(
  parts: readonly { readonly weight: number; readonly shares: QualityShares }[],
): QualityShares {
  const total = parts.reduce((sum, p) => sum + p.weight, 0);
  const share = (key: keyof QualityShares): number =>
    total === 0
      ? Number(key === 'missing')
      : parts.reduce((sum, p) => sum + p.weight * p.shares[key], 0) / total;
  return {
    measured: share('measured'),
    substituted: share('substituted'),
    estimated: share('estimated'),
    missing: share('missing'),
  };
}

/**
 * Composes a day of consecutive hourly records.
 * @throws RangeError when the records leave a hole or overlap: a day must never be silently short.
 */
export function meterDay(hours: readonly MeterHour[]): MeterDay {
  hours.forEach((hour, i) => {
    const previous = hours[i - 1];
    if (previous && previous.to !== hour.from)
      throw new RangeError(`hourly records: expected one from ${previous.to}, got one from ${hour.from}`);
  });
  const volume = hours.reduce<number | null>(
    (sum, h) => (sum === null || h.volume === null ? null : sum + h.volume),
    hours.length === 0 ? null : 0,
  );
  return {
    volume: volume as StdCubicMetres | null,
    shares: combinedShares(hours.map((h) => ({ weight: h.to - h.from, shares: h.shares }))),
    flags: [...new Set(hours.flatMap((h) => h.flags))],
    start: hours[0]?.start ?? null,
    end: hours.at(-1)?.end ?? null,
    hoursMissing: hours.filter((h) => h.volume === null).length,
  };
}

/** Share of the time with a usable volume, measured or stood in for. */
export const completeness = (shares: QualityShares): Fraction => (1 - shares.missing) as Fraction;
