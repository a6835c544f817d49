import type { LineCubicMetres, PressureAbsKPa, StdCubicMetres, TemperatureK } from '@linepack/network';
import type { Compressibility } from './compressibility/compressibility';
import type { ReferenceState } from './reference';

/** State of the gas where its volume was measured. */
export interface LineState {
  readonly pressure: PressureAbsKPa;
  readonly temperature: TemperatureK;
}

/** Standard m³ in one m³ at line conditions: (p/p_n) · (T_n/T) · (Z_n/Z). */
export function conversionFactor(
  line: LineState,
  reference: ReferenceState,
  zLine: number,
  zReference: number,
): number {
  return (
    (line.pressure / reference.pressure) * (reference.temperature / line.temperature) * (zReference / zLine)
  );
}

/**
 * Standard volume of a volume at line conditions; both Z from the same method, at the line's and the reference state.
 * V_n = V_f · (p_f/p_n) · (T_n/T_f) · (Z_n/Z_f), EN 12405-1 clause 3, GB/T 18603.
 */
export function standardVolume(
  volume: LineCubicMetres,
  line: LineState,
  reference: ReferenceState,
  z: Compressibility,
): StdCubicMetres {
  const zLine = z(line.pressure, line.temperature);
  const zReference = z(reference.pressure, reference.temperature);
  return (volume * conversionFactor(line, reference, zLine, zReference)) as StdCubicMetres;
}

/** A standard volume restated at another reference: the same amount of gas. */
export function restated(
  volume: StdCubicMetres,
  from: ReferenceState,
  to: ReferenceState,
  z: Compressibility,
): StdCubicMetres {
  const zFrom = z(from.pressure, from.temperature);
  const zTo = z(to.pressure, to.temperature);
  return (volume * conversionFactor(from, to, zFrom, zTo)) as StdCubicMetres;
}
