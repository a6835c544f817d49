import {
  balance,
  meterDay,
  packAt,
  type Interval,
  type Leg,
  type MeterHour,
  type PipePack,
} from '@linepack/loss';
import type { GasDay, MeterId, Micros, TagId } from '@linepack/network';
import type { HourlyRecords } from './hourly-records';
import type { AreaPlan } from './plan';
import { seriesIn, type Readings } from './readings';
import type { AreaDay, PackPair } from './result';

/** A gas day of an area, or the part of it that is over. */
export interface DayOfArea {
  readonly plan: AreaPlan;
  readonly day: GasDay;
  readonly interval: Interval;
}

/** Works out the balance of an area over a gas day, or over the part of it that is over. */
export class AreaDays {
  constructor(
    private readonly readings: Readings,
    private readonly records: HourlyRecords,
  ) {}

  /** What was computed in the run before is forgotten; within a run, areas share what they have in common. */
  beginRun(): void {
    this.records.beginRun();
  }

  /**
   * A day that is over, from its readings alone.
   * @param until samples from this instant on do not count yet
   */
  async closed(of: DayOfArea, until: Micros): Promise<AreaDay> {
    const hours = await this.records.whole(metersOf(of), of.interval, until);
    return this.of(of, hours, 'closed', until);
  }

  /** The part of a running day that is over; hours that ended by `settled` are recorded. */
  async running(of: DayOfArea, when: { readonly settled: Micros; readonly until: Micros }): Promise<AreaDay> {
    const hours = await this.records.running(metersOf(of), of.interval, when);
    return this.of(of, hours, 'provisional', when.until);
  }

  /** Records the hours of an interval anew, for late data. */
  async recordAgain({ plan, interval }: Omit<DayOfArea, 'day'>, until: Micros): Promise<void> {
    await this.records.whole(metersOf({ plan }), interval, until);
  }

  private async of(
    { plan, day, interval }: DayOfArea,
    hours: ReadonlyMap<MeterId, readonly MeterHour[]>,
    state: 'closed' | 'provisional',
    until: Micros,
  ): Promise<AreaDay> {
    const legs = plan.legs.map((leg) => ({
      plan: leg,
      leg: {
        meter: leg.meter.id,
        side: leg.side,
        role: leg.role,
        u: leg.meter.u,
        day: meterDay(hours.get(leg.meter.id) ?? []),
      } satisfies Leg,
    }));
    const packs = await this.packs(plan, interval, until);
    const packVolumes = packs.map<PipePack>(({ pipe, start, end }) => ({
      pipe: pipe.id,
      start: start?.volume ?? null,
      end: end?.volume ?? null,
    }));
    const result = balance(
      legs.map(({ leg }) => leg),
      packVolumes,
      plan.rule,
      state,
    );
    return { plan, day, interval, legs, packs, balance: result };
  }

  private async packs(plan: AreaPlan, { from, to }: Interval, until: Micros): Promise<PackPair[]> {
    if (plan.pipes.length === 0) return [];
    const tags: TagId[] = [...new Set(plan.pipes.flatMap((pipe) => [...pipe.tags]))];
    const start = await this.readings.series(tags, { from, to: from, until });
    const end = await this.readings.series(tags, { from: to, to, until });
    return plan.pipes.map((pipe) => ({
      pipe,
      start: packAt(pipe.readings(seriesIn(start)), from),
      end: packAt(pipe.readings(seriesIn(end)), to),
    }));
  }
}

const metersOf = ({ plan }: Pick<DayOfArea, 'plan'>) => plan.legs.map((leg) => leg.meter);
