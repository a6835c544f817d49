import type { Interval } from '@linepack/loss';
import type { AreaId, Micros } from '@linepack/network';
import type { ClosedDay, LateMark, LossRepository } from '@linepack/store';
import type { DayOfArea } from './area-day';
import type { GasDays } from './gas-days';
import { MAX_READING_AGE, together, type AreaPlan, type ConfiguredArea } from './plan';
import type { Plans } from './plans';

/** Everything within a reading's age of a mark may stand on it. */
const reachOf = ({ from, to }: Interval): Interval => ({
  from: (from - MAX_READING_AGE) as Micros,
  to: (to + MAX_READING_AGE) as Micros,
});

/** Areas' days that stand on late data. */
export class TouchedDays {
  constructor(
    private readonly plans: Plans,
    private readonly gasDays: GasDays,
    private readonly loss: Pick<LossRepository, 'touching'>,
  ) {}

  /** Closed days, by the bounds they were closed with, also of areas that are not configured any more. */
  async closed(marks: readonly LateMark[]): Promise<Map<AreaId, ClosedDay[]>> {
    const days = new Map<AreaId, Map<string, ClosedDay>>();
    for (const { from, to } of together(marks.map(reachOf)))
      for (const closed of await this.loss.touching(from, to)) {
        const own = days.get(closed.areaId) ?? new Map<string, ClosedDay>();
        days.set(closed.areaId, own.set(closed.day, closed));
      }
    return new Map([...days].map(([areaId, own]) => [areaId, [...own.values()]]));
  }

  /** Days that are not closed, in which hours may have been recorded. */
  async *open(
    area: ConfiguredArea,
    last: ClosedDay | undefined,
    marks: readonly LateMark[],
    now: Micros,
  ): AsyncGenerator<DayOfArea> {
    const current = (await this.plans.current(now)).areas.get(area.id);
    for await (const { day, interval, plan = current } of this.gasDays.open(area, last, now))
      if (plan && this.standsOn(plan, interval, marks)) yield { plan, day, interval };
  }

  /** Whether a day of this plan stands on one of the marks' samples. */
  standsOn(plan: AreaPlan, interval: Interval, marks: readonly LateMark[]): boolean {
    const reach = reachOf(interval);
    return marks.some((mark) => mark.from <= reach.to && mark.to >= reach.from && uses(plan, mark));
  }
}

const uses = (plan: AreaPlan, { tagId }: LateMark): boolean =>
  plan.legs.some(({ meter }) => meter.tags.includes(tagId) || meter.flowTag === tagId) ||
  plan.pipes.some((pipe) => pipe.tags.includes(tagId));
