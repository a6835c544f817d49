import type { Fraction, MeterConfig, Percent } from '@linepack/network';
import { fractionOf } from '@linepack/network';

/** Normal quantile of 95 % one-sided. */
const ONE_SIDED_95 = 1.645;
/** Coverage factor of U95. */
const COVERAGE = 2;

/** A volume (standard m³) with its relative standard uncertainty. */
export interface UncertainVolume {
  readonly volume: number;
  readonly u: Fraction;
}

/**
 * Relative standard uncertainty of a meter (GUM): a class is a maximum permissible error a, u = a/√3 (rectangular);
 * a certificate's expanded uncertainty is U/k with k = 2.
 */
export function meterStandardUncertainty(stated: MeterConfig['uncertainty']): Fraction {
  if ('mpePercent' in stated) return (fractionOf(stated.mpePercent as Percent) / Math.sqrt(3)) as Fraction;
  return (fractionOf(stated.expandedPercent as Percent) / COVERAGE) as Fraction;
}

/** What the uncertainty of a loss rate stands on. */
export interface RateBudget {
  readonly inputs: readonly UncertainVolume[];
  /** Everything measured on the way out, own use and vent included. */
  readonly outputs: readonly UncertainVolume[];
  /** Change of line pack, m³, and its standard uncertainty, m³. */
  readonly deltaLinePack: number;
  readonly deltaLinePackU: number;
  /** What the loss is divided by, m³. */
  readonly denominator: number;
}

const squares = (volumes: readonly UncertainVolume[]): number =>
  volumes.reduce((sum, { volume, u }) => sum + (volume * u) ** 2, 0);

/**
 * Standard uncertainty of a loss rate, meters independent of each other (GUM, first order):
 * u² = (V_out/V_in)² · Σ(w_k·u_k)² over inputs + Σ(w_i·u_i)² over outputs + (u_ΔLP/V_in)², w = V/denominator.
 */
export function rateStandardUncertainty(budget: RateBudget): Fraction {
  const volumeIn = budget.inputs.reduce((sum, { volume }) => sum + volume, 0);
  const volumeOut = budget.outputs.reduce((sum, { volume }) => sum + volume, budget.deltaLinePack);
  const ofInputs = (volumeOut / volumeIn) ** 2 * squares(budget.inputs);
  const variance = ofInputs + squares(budget.outputs) + budget.deltaLinePackU ** 2;
  return (Math.sqrt(variance) / budget.denominator) as Fraction;
}

/** 达标 / 待定 / 超限. */
export type Verdict = 'compliant' | 'inconclusive' | 'breach';

/** What the measurement can prove about the limit, at 95 % one-sided (JCGM 106 guard bands). */
export interface Proof {
  readonly verdict: Verdict;
  /** Expanded uncertainty of the rate, k = 2. */
  readonly u95: Percent;
  readonly guardBand: Percent;
  /** These meters cannot prove the limit however small the loss: the guard band is wider than the limit. */
  readonly limitUnprovable: boolean;
}

/** The verdict of a rate against a limit with the guard band of its standard uncertainty. */
export function proofOf(rate: Percent, limit: Percent, u: Fraction): Proof {
  const guardBand = (ONE_SIDED_95 * u * 100) as Percent;
  const size = Math.abs(rate);
  const verdict =
    size < limit - guardBand ? 'compliant' : size > limit + guardBand ? 'breach' : 'inconclusive';
  return { verdict, u95: (COVERAGE * u * 100) as Percent, guardBand, limitUnprovable: guardBand >= limit };
}
