import { lineVolumeOf, type GasLaw } from './gas-law';
import { channelOf, slowNoise } from './noise';
import type { MeterDefinition } from './plant';

// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { max } = Math;

const DAY_S = 86_400;

/** Error of a meter at an instant, as a fraction of the flow: bias, daily wander, and the droop below Qt. */
export function meterError(meter: MeterDefinition, timeS: number, lineFlow: number, seed: number): number {
  const wander = meter.wander * slowNoise(seed, channelOf(meter.id), timeS, DAY_S);
  const low = lineFlow < meter.qT ? -0.005 * (1 - max(lineFlow, 0) / meter.qT) : 0;
  return meter.bias + wander + low;
}

/** A reading of a meter: what its flow computer shows. */
export interface MeterReading {
  /** Standard m³/s. */
  readonly corrected: number;
  /** Line m³/s. */
  readonly uncorrected: number;
}

/**
 * What a meter reads of a true flow.
 * @param flow true standard m³/s @param pKPa absolute at the meter @param extra further error as a fraction
 */
export function readMeter(
  meter: MeterDefinition,
  flow: number,
  at: { timeS: number; pKPa: number; law: GasLaw; seed: number; extra: number },
): MeterReading {
  const perStandard = lineVolumeOf(at.law, at.pKPa, meter.temperatureK);
  const error = meterError(meter, at.timeS, flow * perStandard, at.seed) + at.extra;
  const corrected = max(flow * (1 + error), 0);
  return { corrected, uncorrected: corrected * perStandard };
}

/** What a totaliser with so many digits shows of its unbroken count. @param rolloverAt m³ at which it starts from 0 */
export const totaliserShown = (count: number, rolloverAt: number): number => count % rolloverAt;
