import type { PressureAbsKPa, PressureGaugeKPa } from '@linepack/network';

const SEA_LEVEL_KPA = 101.325;
const SEA_LEVEL_K = 288.15;
const LAPSE_K_PER_M = 0.0065;
/** g / (R_air · lapse rate). */
const EXPONENT = 5.255_88;
const TROPOSPHERE_M = 11_000;

/**
 * Atmospheric pressure at an altitude, kPa, by the standard atmosphere (ISO 2533) of the troposphere.
 * @throws RangeError outside −500 … 11 000 m.
 */
export function standardAtmosphere(altitudeM: number): PressureAbsKPa {
  if (!(altitudeM >= -500 && altitudeM <= TROPOSPHERE_M))
    throw new RangeError(`altitude: expected −500 to 11 000 m, got ${altitudeM}`);
  return (SEA_LEVEL_KPA * (1 - (LAPSE_K_PER_M * altitudeM) / SEA_LEVEL_K) ** EXPONENT) as PressureAbsKPa;
}

/** What the network file says of a station's air pressure: one of the two. */
export interface StationAtmosphere {
  readonly altitudeM?: number | undefined;
  readonly atmosphericPressureKPa?: number | undefined;
}

/**
 * The station's atmospheric pressure, kPa: the stated one, or that of its altitude.
 * @throws RangeError when neither is given.
 */
export function stationAtmosphere(station: StationAtmosphere): PressureAbsKPa {
  if (station.atmosphericPressureKPa !== undefined) return station.atmosphericPressureKPa as PressureAbsKPa;
  if (station.altitudeM !== undefined) return standardAtmosphere(station.altitudeM);
  throw new RangeError('station: expected atmosphericPressureKPa or altitudeM');
}

/** Absolute pressure of a gauge pressure where the air has `atmosphere`, kPa. */
export const absolute = (gauge: PressureGaugeKPa, atmosphere: PressureAbsKPa): PressureAbsKPa =>
  (gauge + atmosphere) as PressureAbsKPa;
