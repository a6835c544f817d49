import { gasDayBounds, gasDayOf, gasDayPlus, type Interval } from '@linepack/loss';
import type { GasDay, Micros } from '@linepack/network';
import type { ClosedDay } from '@linepack/store';
import type { AreaPlan, ConfiguredArea } from './plan';
import type { Plans } from './plans';

/** After the worker was away, so many days are caught up; older ones need a recalculation by hand. */
const CATCH_UP_DAYS = 62;

/** A day of an area that is not closed. */
export interface OpenDay {
  readonly day: GasDay;
  readonly interval: Interval;
  /** Undefined where the area was not configured when the day began. */
  readonly plan: AreaPlan | undefined;
}

/**
 * When the gas days of an area lie. A day begins where the one before it ended, and ends as the rule says that was in
 * force when it began: a rule that changes makes one day longer or shorter, counts no hour twice, leaves none out, and
 * leaves the days before as they were.
 */
export class GasDays {
  constructor(private readonly plans: Plans) {}

  /**
   * The days that are not closed, in order, up to and with the one that runs at `now`.
   * @param last the area's last closed day
   * @param first where nothing was closed yet; default the day before the running one
   * @throws the fault of the area's plan at a day's start
   */
  async *open(
    area: ConfiguredArea,
    last: ClosedDay | undefined,
    now: Micros,
    first?: GasDay,
  ): AsyncGenerator<OpenDay> {
    const running = gasDayOf(now, area.gasDay);
    const wanted = last ? gasDayPlus(last.day, 1) : (first ?? gasDayPlus(running, -1));
    const earliest = gasDayPlus(running, -CATCH_UP_DAYS);
    let day = wanted < earliest ? earliest : wanted;
    let from = last && day === wanted ? last.to : await this.startOf(area, day);
    while (from <= now) {
      const plan = await this.plans.of(area.id, from);
      const { to } = gasDayBounds(day, (plan ?? area).gasDay);
      if (to > from) yield { day, interval: { from, to }, plan };
      from = Math.max(from, to) as Micros;
      day = gasDayPlus(day, 1);
    }
  }

  /** The start of a day that follows no closed one. */
  private async startOf(area: ConfiguredArea, day: GasDay): Promise<Micros> {
    const { from } = gasDayBounds(day, area.gasDay);
    const plan = await this.plans.of(area.id, from);
    return gasDayBounds(day, (plan ?? area).gasDay).from;
  }
}
