import type { LinePackLine, LossLine, LossResult } from '@linepack/contracts';
import { DETAIL, methodVersion } from '@linepack/gas';
import {
  completeness,
  LOSS_ALGORITHM,
  type Balance,
  type EndReading,
  type Interval,
  type Leg,
  type PackAt,
} from '@linepack/loss';
import type { GasDay, Micros } from '@linepack/network';
import type { AreaPlan, LegPlan, PipePlan } from './plan';

/** Versions of everything that computes, pinned in each result. */
export const ALGORITHM = `${LOSS_ALGORITHM} ${methodVersion(DETAIL)}`;

/** One pipe's line pack at both cut-offs with the state it stands on. */
export interface PackPair {
  readonly pipe: PipePlan;
  readonly start: PackAt | undefined;
  readonly end: PackAt | undefined;
}

/** Everything about one area's day that has been worked out. */
export interface AreaDay {
  readonly plan: AreaPlan;
  readonly day: GasDay;
  readonly interval: Interval;
  readonly legs: readonly { readonly plan: LegPlan; readonly leg: Leg }[];
  readonly packs: readonly PackPair[];
  readonly balance: Balance;
}

/** Words the console knows; which meter or pipe it is stands on its line. */
function reasonsOf(balance: Balance): string[] {
  if (balance.assessable) return balance.proof.limitUnprovable ? ['limitUnprovable'] : [];
  return [...new Set(balance.reasons.map((reason) => reason.code))];
}

function readingAt(end: EndReading | null, ts: Micros): { ts: number; reading: number } | null {
  return end === null || end.value === null ? null : { ts, reading: end.value };
}

function lineOf({ plan, leg }: AreaDay['legs'][number], { from, to }: Interval): LossLine {
  const { day } = leg;
  const stale = [day.start, day.end].some((end) => end !== null && !end.inAge);
  return {
    meterId: plan.meter.id,
    name: plan.meter.name,
    role: leg.side === 'output' ? (plan.role ?? 'other') : leg.side,
    volume: day.volume,
    start: readingAt(day.start, from),
    end: readingAt(day.end, to),
    measuredPercent: 100 * day.shares.measured,
    remarks: [
      ...day.flags,
      ...(stale ? ['staleReading'] : []),
      ...(plan.meter.uncorrected ? ['converted'] : []),
    ],
  };
}

const packLineOf = ({ pipe, start, end }: PackPair): LinePackLine => ({
  pipeId: pipe.id,
  name: pipe.name,
  start: start?.volume ?? null,
  end: end?.volume ?? null,
});

/** Figures that are told even when the balance is not assessable, as far as they are known. */
function volumesOf({ balance, legs, packs }: AreaDay) {
  if (balance.assessable) return balance.volumes;
  const total = (values: readonly (number | null | undefined)[]): number | null =>
    values.reduce<number | null>((sum, v) => (sum === null || v == null ? null : sum + v), 0);
  const side = (of: Leg['side']) =>
    total(legs.filter(({ leg }) => leg.side === of).map(({ leg }) => leg.day.volume));
  return {
    input: side('input'),
    output: side('output'),
    ownUse: side('ownUse'),
    vent: side('vent'),
    linePackStart: total(packs.map((p) => p.start?.volume)),
    linePackEnd: total(packs.map((p) => p.end?.volume)),
    loss: null,
  };
}

/** The result of an area's day as it is stored and shown; the store gives a closed one its version. */
export function resultOf(areaDay: AreaDay, computedAt: Micros): Omit<LossResult, 'version' | 'provisional'> {
  const { plan, day, interval, legs, packs, balance } = areaDay;
  const { input, output, ownUse, vent, linePackStart, linePackEnd, loss } = volumesOf(areaDay);
  return {
    areaId: plan.id,
    gasDay: day,
    from: interval.from,
    to: interval.to,
    computedAt,
    input,
    output,
    ownUse,
    vent,
    linePackStart,
    linePackEnd,
    loss,
    lossPercent: balance.assessable ? balance.rate : null,
    limitPercent: balance.limit,
    u95Percent: balance.assessable ? balance.proof.u95 : null,
    verdict: balance.assessable ? (balance.exceedsLimit ? 'breach' : 'within') : 'notAssessable',
    reasons: reasonsOf(balance),
    completenessPercent: 100 * completeness(balance.shares),
    lines: legs.map((leg) => lineOf(leg, interval)),
    linePack: packs.map(packLineOf),
    algorithm: ALGORITHM,
    configVersions: { ...plan.configVersions },
  };
}

/** Copies of everything a result was computed from, so that retention cannot take its evidence. */
export const pinnedInputs = ({ plan, legs, packs, balance }: AreaDay): unknown => ({
  rule: plan.rule,
  gasDay: plan.gasDay,
  meters: legs.map(({ leg }) => ({
    meter: leg.meter,
    side: leg.side,
    role: leg.role,
    u: leg.u,
    volume: leg.day.volume,
    start: leg.day.start,
    end: leg.day.end,
    shares: leg.day.shares,
  })),
  linePack: packs.map(({ pipe, start, end }) => ({ pipe: pipe.id, start: start ?? null, end: end ?? null })),
  proof: balance.assessable ? balance.proof : null,
});
