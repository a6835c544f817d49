import {
  balance,
  hoursOf,
  meterDay,
  packAt,
  type DayState,
  type Interval,
  type Leg,
  type PipePack,
} from '@linepack/loss';
import type { GasDay, Micros, TagId } from '@linepack/network';
import type { HourlyRecords } from './hourly-records';
import type { AreaPlan } from './plan';
import { seriesIn, type Readings } from './readings';
import type { AreaDay, PackPair } from './result';

/** Works out the balance of an area over a gas day, or over the part of it that is over. */
export class AreaDays {
  constructor(
    private readonly readings: Readings,
    private readonly records: HourlyRecords,
  ) {}

  /**
   * @param interval the whole gas day, or from its start until now
   * @param settled hours that ended by then are final and kept
   */
  async of(
    plan: AreaPlan,
    day: GasDay,
    interval: Interval,
    state: DayState,
    settled: Micros,
  ): Promise<AreaDay> {
    const meters = plan.legs.map((leg) => leg.meter);
    const hours = await this.records.over(meters, interval, settled);
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
    const packs = await this.packs(plan, interval);
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

  /** Records the hours of an interval anew, for late data. */
  async recordAgain(plan: AreaPlan, interval: Interval): Promise<void> {
    await this.records.record(
      plan.legs.map((leg) => leg.meter),
      hoursOf(interval),
    );
  }

  private async packs(plan: AreaPlan, { from, to }: Interval): Promise<PackPair[]> {
    if (plan.pipes.length === 0) return [];
    const tags: TagId[] = [...new Set(plan.pipes.flatMap((pipe) => [...pipe.tags]))];
    const start = await this.readings.series(tags, from, from);
    const end = await this.readings.series(tags, to, to);
    return plan.pipes.map((pipe) => ({
      pipe,
      start: packAt(pipe.readings(seriesIn(start)), from),
      end: packAt(pipe.readings(seriesIn(end)), to),
    }));
  }
}
