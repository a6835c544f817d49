import {
  percentOf,
  type Fraction,
  type MeterId,
  type Percent,
  type PipeId,
  type StdCubicMetres,
} from '@linepack/network';
import { combinedShares, type MeterDay } from './meter-day';
import type { QualityShares } from './meter-hour';
import { proofOf, rateStandardUncertainty, type Proof } from './uncertainty';

/** Pinned in every result; a change of any figure this library computes is a new version. */
export const LOSS_ALGORITHM = 'loss/2';

/**
 * Relative standard uncertainty taken for a pipe's line pack: its pressures carry transmitters of 0.25 %
 * (maximum permissible error, u = 0.25/√3 %). Start and end count as independent, which errs to the careful side.
 */
export const LINE_PACK_RELATIVE_U = 0.001_443 as Fraction;

export type LegSide = 'input' | 'output' | 'ownUse' | 'vent';
export type OutletRole = 'gate' | 'regulator' | 'industrial' | 'cng' | 'other';

/** One meter in a balance. */
export interface Leg {
  readonly meter: MeterId;
  readonly side: LegSide;
  /** Only of outputs. */
  readonly role?: OutletRole | undefined;
  readonly day: MeterDay;
  /** Relative standard uncertainty of the meter. */
  readonly u: Fraction;
}

/** Line pack of one pipe at both cut-offs, standard m³; null where the pressures there are not assessable. */
export interface PipePack {
  readonly pipe: PipeId;
  readonly start: StdCubicMetres | null;
  readonly end: StdCubicMetres | null;
}

/** The area's own settings, as valid on the day. */
export interface BalanceRule {
  readonly limit: Percent;
  readonly denominator: 'input' | 'inputAndLinePack';
  /** Standard m³ of input below which a rate says nothing. */
  readonly volumeFloor: StdCubicMetres;
}

/** A closed day is final until recalculated; a running day raises no alarm. */
export type DayState = 'closed' | 'provisional';

export type NotAssessable =
  | { readonly code: 'meterVolume'; readonly meter: MeterId; readonly hoursMissing: number }
  | { readonly code: 'cutOffReading'; readonly meter: MeterId; readonly end: 'start' | 'end' }
  | { readonly code: 'linePack'; readonly pipe: PipeId; readonly end: 'start' | 'end' }
  | { readonly code: 'volumeFloor'; readonly input: number; readonly floor: number };

/** Volumes of a balance, standard m³ at the network's reference. */
export interface BalanceVolumes {
  readonly input: StdCubicMetres;
  readonly output: StdCubicMetres;
  readonly ownUse: StdCubicMetres;
  readonly vent: StdCubicMetres;
  readonly linePackStart: StdCubicMetres;
  readonly linePackEnd: StdCubicMetres;
  readonly deltaLinePack: StdCubicMetres;
  /** Positive is loss, negative gain. */
  readonly loss: StdCubicMetres;
}

interface Common {
  readonly algorithm: string;
  readonly state: DayState;
  readonly limit: Percent;
  readonly denominator: BalanceRule['denominator'];
  readonly shares: QualityShares;
}

/** The balance of an area over a gas day: a rate, or the reasons why there is none (never 0 %). */
export type Balance =
  | (Common & {
      readonly assessable: true;
      readonly volumes: BalanceVolumes;
      readonly rate: Percent;
      /** The company's plain rule |rate| > limit; on a provisional day it is a figure, not an alarm. */
      readonly exceedsLimit: boolean;
      readonly proof: Proof;
    })
  | (Common & { readonly assessable: false; readonly reasons: readonly NotAssessable[] });

function legFaults({ meter, day }: Leg): NotAssessable[] {
  if (day.volume === null) return [{ code: 'meterVolume', meter, hoursMissing: day.hoursMissing }];
  const ends = ['start', 'end'] as const;
  return ends.filter((end) => !day[end]?.inAge).map((end) => ({ code: 'cutOffReading', meter, end }));
}

const packFaults = (pack: PipePack): NotAssessable[] =>
  (['start', 'end'] as const)
    .filter((end) => pack[end] === null)
    .map((end) => ({ code: 'linePack', pipe: pack.pipe, end }));

const sum = (values: readonly (number | null)[]): StdCubicMetres =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0) as StdCubicMetres;

/** ΔV = (V1 + Q1) − (Q2 + Q3 + Q4 + V2). */
export function balanceVolumes(legs: readonly Leg[], packs: readonly PipePack[]): BalanceVolumes {
  const of = (side: LegSide): StdCubicMetres =>
    sum(legs.filter((leg) => leg.side === side).map((leg) => leg.day.volume));
  const [input, output, ownUse, vent] = [of('input'), of('output'), of('ownUse'), of('vent')];
  const linePackStart = sum(packs.map((p) => p.start));
  const linePackEnd = sum(packs.map((p) => p.end));
  return {
    input,
    output,
    ownUse,
    vent,
    linePackStart,
    linePackEnd,
    deltaLinePack: (linePackEnd - linePackStart) as StdCubicMetres,
    loss: (linePackStart + input - (output + ownUse + vent + linePackEnd)) as StdCubicMetres,
  };
}

/** What the loss is divided by: the input, or the input and the line pack the day began with. */
const divisor = (volumes: BalanceVolumes, rule: BalanceRule): number =>
  rule.denominator === 'input' ? volumes.input : volumes.input + volumes.linePackStart;

/** Loss over what came in, as a percentage. */
export const lossRate = (volumes: BalanceVolumes, rule: BalanceRule): Percent =>
  percentOf((volumes.loss / divisor(volumes, rule)) as Fraction);

/** The company's plain rule: gain counts like loss. Exactly at the limit is within it. */
export const exceeds = (rate: Percent, limit: Percent): boolean => Math.abs(rate) > limit;

function proofFor(
  rate: Percent,
  volumes: BalanceVolumes,
  legs: readonly Leg[],
  packs: readonly PipePack[],
  rule: BalanceRule,
): Proof {
  const uncertain = (leg: Leg) => ({ volume: leg.day.volume ?? 0, u: leg.u });
  const u = rateStandardUncertainty({
    inputs: legs.filter((leg) => leg.side === 'input').map(uncertain),
    outputs: legs.filter((leg) => leg.side !== 'input').map(uncertain),
    deltaLinePack: volumes.deltaLinePack,
    deltaLinePackU: LINE_PACK_RELATIVE_U * Math.hypot(...packs.flatMap((p) => [p.start ?? 0, p.end ?? 0])),
    denominator: divisor(volumes, rule),
  });
  return proofOf(rate, rule.limit, u);
}

/**
 * The balance of an area over a gas day. Level 1: the supplier's meters are the inputs, our gate meters the outputs.
 * Level 2: the gate meters are the inputs; regulator stations, industrial users and CNG the outputs. Line pack
 * belongs to it exactly when the area lists pipes.
 */
export function balance(
  legs: readonly Leg[],
  packs: readonly PipePack[],
  rule: BalanceRule,
  state: DayState,
): Balance {
  const common: Common = {
    algorithm: LOSS_ALGORITHM,
    state,
    limit: rule.limit,
    denominator: rule.denominator,
    shares: combinedShares(legs.map((leg) => ({ weight: 1, shares: leg.day.shares }))),
  };
  const faults = [...legs.flatMap(legFaults), ...packs.flatMap(packFaults)];
  if (faults.length > 0) return { ...common, assessable: false, reasons: faults };

  const volumes = balanceVolumes(legs, packs);
  if (!(volumes.input > 0) || volumes.input < rule.volumeFloor) {
    const reason = { code: 'volumeFloor', input: volumes.input, floor: rule.volumeFloor } as const;
    return { ...common, assessable: false, reasons: [reason] };
  }
  const rate = lossRate(volumes, rule);
  return {
    ...common,
    assessable: true,
    volumes,
    rate,
    exceedsLimit: exceeds(rate, rule.limit),
    proof: proofFor(rate, volumes, legs, packs, rule),
  };
}
