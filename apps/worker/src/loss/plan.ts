import type {
  BalanceRule,
  GasDayRule,
  Interval,
  LegSide,
  MeterReadings,
  OutletRole,
  PipeReadings,
  Series,
} from '@linepack/loss';
import {
  LOSS_READING_AGE_S,
  MICROS_PER_SECOND,
  type Fraction,
  type LocalName,
  type MeterId,
  type Micros,
  type PipeId,
  type SourceId,
  type TagId,
} from '@linepack/network';

/** How far a reading may be from the instant it stands for; older than that, a cut-off is not assessable. */
export const MAX_READING_AGE = LOSS_READING_AGE_S * MICROS_PER_SECOND;

/** Samples of a tag as a usable series; empty when there are none. */
export type SeriesOf = (tag: TagId) => Series;

/** When a source could not be heard. */
export type AwayOf = (source: SourceId) => readonly Interval[];

/** Configuration versions of everything something was made of, `kind:id` → version. */
export type Versions = Readonly<Record<string, number>>;

/** A meter as it was configured at the instant of the plan. */
export interface MeterPlan {
  readonly id: MeterId;
  readonly name: LocalName;
  readonly u: Fraction;
  readonly uncorrected: boolean;
  /** Every tag its records stand on, but for the flow. */
  readonly tags: readonly TagId[];
  /** Stands in where the counter was set back; read only then. */
  readonly flowTag: TagId | undefined;
  /** The sources its records stand on. */
  readonly sources: readonly SourceId[];
  readonly readings: (series: SeriesOf, away: AwayOf) => MeterReadings;
  readonly configVersion: number;
  readonly versions: Versions;
}

export interface PipePlan {
  readonly id: PipeId;
  readonly name: LocalName;
  readonly tags: readonly TagId[];
  readonly readings: (series: SeriesOf) => PipeReadings;
  readonly versions: Versions;
}

export interface LegPlan {
  readonly meter: MeterPlan;
  readonly side: LegSide;
  readonly role: OutletRole | undefined;
}

/** An area's balance as it was configured at the instant of the plan. */
export interface AreaPlan {
  readonly id: string;
  readonly name: LocalName;
  readonly level: 1 | 2;
  readonly gasDay: GasDayRule;
  readonly rule: BalanceRule;
  readonly legs: readonly LegPlan[];
  readonly pipes: readonly PipePlan[];
  readonly configVersions: Versions;
}

/** A configuration that does not fit together: named so that it is found in the network file. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** An area that is configured, whether or not its balance can be planned. */
export interface ConfiguredArea {
  readonly id: string;
  readonly name: LocalName;
  readonly gasDay: GasDayRule;
}

/** What one configuration gives. One area that does not fit together leaves the others as they are. */
export interface AreaPlans {
  readonly configured: readonly ConfiguredArea[];
  readonly areas: ReadonlyMap<string, AreaPlan>;
  readonly faults: ReadonlyMap<string, PlanError>;
}

/** Intervals apart from each other that cover the same time. */
export function together(intervals: readonly Interval[]): Interval[] {
  const covered: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = covered.at(-1);
    if (last && next.from <= last.to)
      covered[covered.length - 1] = { from: last.from, to: Math.max(last.to, next.to) as Micros };
    else covered.push(next);
  }
  return covered;
}
