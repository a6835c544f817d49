import {
  compressibilityOrNone,
  linePack,
  meanPressure,
  type Compressibility,
  type LinePack,
  type ReferenceState,
} from '@linepack/gas';
import type { LineCubicMetres, Micros, PressureAbsKPa, TemperatureK } from '@linepack/network';
import { valueAt, type Series, type ValueAt } from './series';

/** What a pipe's line pack stands on: absolute pressures (kPa) at its ends and the gas temperature (K). */
export interface PipeReadings {
  readonly volume: LineCubicMetres;
  readonly startPressure: Series;
  readonly endPressure: Series;
  readonly temperature: Series;
  readonly reference: ReferenceState;
  readonly z: Compressibility;
  /** How far (µs) a sample may be from the instant it stands for. */
  readonly maxAge: number;
}

/** A line pack with the interpolated state it stands on, pinned in the result. */
export interface PackAt extends LinePack {
  readonly startPressure: ValueAt;
  readonly endPressure: ValueAt;
  readonly temperature: ValueAt;
}

/**
 * Line pack of a pipe at an instant, its state interpolated between the samples around it;
 * `undefined` (not assessable) when one of them is too old or the gas cannot be in that state.
 */
export function packAt(pipe: PipeReadings, at: Micros): PackAt | undefined {
  const startPressure = valueAt(pipe.startPressure, at, pipe.maxAge);
  const endPressure = valueAt(pipe.endPressure, at, pipe.maxAge);
  const temperature = valueAt(pipe.temperature, at, pipe.maxAge);
  if (!startPressure || !endPressure || !temperature) return undefined;
  if (startPressure.value <= 0 || endPressure.value <= 0 || temperature.value <= 0) return undefined;
  const state = {
    volume: pipe.volume,
    startPressure: startPressure.value as PressureAbsKPa,
    endPressure: endPressure.value as PressureAbsKPa,
    temperature: temperature.value as TemperatureK,
  };
  const mean = meanPressure(state.startPressure, state.endPressure);
  if (compressibilityOrNone(pipe.z, mean, state.temperature) === undefined) return undefined;
  const pack = linePack(state, pipe.reference, pipe.z);
  return { ...pack, startPressure, endPressure, temperature };
}
