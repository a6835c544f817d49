import type { LineCubicMetres, PressureAbsKPa, StdCubicMetres, TemperatureK } from '@linepack/network';
import type { Compressibility } from './compressibility/compressibility';
import type { ReferenceState } from './reference';
import { conversionFactor } from './volume-conversion';

/**
 * Mean absolute pressure of a pipe in steady flow between its two ends:
 * p_m = ⅔ · (p1 + p2 − p1·p2 / (p1 + p2)). Symmetric in its ends.
 */
export const meanPressure = (p1: PressureAbsKPa, p2: PressureAbsKPa): PressureAbsKPa =>
  ((2 / 3) * (p1 + p2 - (p1 * p2) / (p1 + p2))) as PressureAbsKPa;

/** Geometric volume of a pipe, m³. */
export const pipeVolume = (insideDiameterM: number, lengthM: number): LineCubicMetres =>
  ((Math.PI * insideDiameterM * insideDiameterM * lengthM) / 4) as LineCubicMetres;

/** What the line pack of one pipe stands on at one instant. */
export interface PipeState {
  readonly volume: LineCubicMetres;
  readonly startPressure: PressureAbsKPa;
  readonly endPressure: PressureAbsKPa;
  readonly temperature: TemperatureK;
}

/** Line pack with its intermediate figures, so that a result can show how it came about. */
export interface LinePack {
  readonly meanPressure: PressureAbsKPa;
  readonly zMean: number;
  readonly zReference: number;
  readonly volume: StdCubicMetres;
}

/** LP = V · (p_m/p_n) · (T_n/T_m) · (Z_n/Z_m), with Z given. */
export function linePackVolume(
  pipe: PipeState,
  reference: ReferenceState,
  zMean: number,
  zReference: number,
): StdCubicMetres {
  const mean = {
    pressure: meanPressure(pipe.startPressure, pipe.endPressure),
    temperature: pipe.temperature,
  };
  return (pipe.volume * conversionFactor(mean, reference, zMean, zReference)) as StdCubicMetres;
}

/** Gas a pipe holds (管存), standard m³, with Z at its mean pressure and at the reference by the same method. */
export function linePack(pipe: PipeState, reference: ReferenceState, z: Compressibility): LinePack {
  const pressure = meanPressure(pipe.startPressure, pipe.endPressure);
  const zMean = z(pressure, pipe.temperature);
  const zReference = z(reference.pressure, reference.temperature);
  return {
    meanPressure: pressure,
    zMean,
    zReference,
    volume: linePackVolume(pipe, reference, zMean, zReference),
  };
}
