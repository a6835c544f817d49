import type { LossResult } from '@linepack/contracts';
import {
  completeness,
  gasDayBounds,
  gasDayOf,
  gasDayPlus,
  gasDaysBetween,
  hoursOf,
  type Interval,
} from '@linepack/loss';
import { MICROS_PER_HOUR, MICROS_PER_SECOND, type AreaId, type GasDay, type Micros } from '@linepack/network';
import type { LateMark, LossRepository } from '@linepack/store';
import type { AreaDays } from './area-day';
import { MAX_READING_AGE, type AreaPlan } from './plan';
import type { Plans } from './plans';
import { pinnedInputs, resultOf, type AreaDay } from './result';

/** How long after its end an hour or a day is taken as complete: the last readings must have arrived. */
export const SETTLING = 3 * 60 * MICROS_PER_SECOND;
/** After the worker was away, so many days are caught up; older ones need a recalculation by hand. */
const CATCH_UP_DAYS = 62;

/** What closing brought: results in the order of their days. */
export interface Closed {
  readonly plan: AreaPlan;
  readonly result: LossResult;
}

type Comparable = Omit<LossResult, 'version' | 'provisional' | 'computedAt'>;

/** A cubic centimetre: below it lies only the order of additions. */
const exactly = (volume: number | null | undefined): number | null =>
  volume == null ? null : Math.round(volume * 1e6) / 1e6;

/** Everything of a result but when it was computed and which version it is, in a form that can be compared. */
const figures = (r: Comparable): string =>
  JSON.stringify([
    [r.areaId, r.gasDay, r.from, r.to, r.verdict, r.reasons, r.limitPercent, r.algorithm],
    [r.input, r.output, r.ownUse, r.vent, r.linePackStart, r.linePackEnd, r.loss].map(exactly),
    Object.entries(r.configVersions).sort(([a], [b]) => (a < b ? -1 : 1)),
    r.lines.map((l) => [
      [l.meterId, ...l.remarks],
      [l.volume, l.start?.reading, l.end?.reading, l.measuredPercent].map(exactly),
    ]),
    r.linePack.map((l) => [l.pipeId, exactly(l.start), exactly(l.end)]),
  ]);

/** Closes gas days, each area's by its own start and zone, and works closed ones out again when late data came. */
export class GasDayClose {
  constructor(
    private readonly plans: Plans,
    private readonly days: AreaDays,
    private readonly loss: Pick<LossRepository, 'save' | 'result' | 'lastClosed' | 'saveProvisional'>,
    private readonly clock: () => Micros,
  ) {}

  /**
   * Closes every day that is over and settled and not closed yet.
   * @param first of an area nothing was closed of yet; default the day before the running one
   * @param closed takes each day as soon as it is kept: what fails later must not hide it
   */
  async closeDue(signal: AbortSignal, first?: GasDay, closed: Closed[] = []): Promise<Closed[]> {
    const lastClosed = await this.loss.lastClosed();
    for (const plan of await this.plans.current(this.clock())) {
      const last = lastClosed.get(plan.id as AreaId);
      const running = gasDayOf(this.clock(), plan.gasDay);
      const earliest = gasDayPlus(running, -CATCH_UP_DAYS);
      const wanted = last ? gasDayPlus(last, 1) : (first ?? gasDayPlus(running, -1));
      for (const day of gasDaysBetween(wanted < earliest ? earliest : wanted, gasDayPlus(running, -1))) {
        if (signal.aborted) return closed;
        if (gasDayBounds(day, plan.gasDay).to + SETTLING > this.clock()) continue;
        const worked = await this.workOut(plan.id, day);
        if (worked && this.mayStillCome(worked)) continue;
        // A network that was not there yet on its first day has no day to close.
        if (worked && (last || hasData(worked))) closed.push(await this.keep(worked));
      }
    }
    return closed;
  }

  /** Works out again what stands on late data; a day whose figures did not change gets no new version. */
  async recalculate(
    marks: readonly LateMark[],
    signal: AbortSignal,
    changed: Closed[] = [],
  ): Promise<Closed[]> {
    for (const { plan, day, hours } of await this.touched(marks)) {
      if (signal.aborted) return changed;
      await this.days.recordAgain(plan, hours);
      const before = await this.loss.result(plan.id as AreaId, day);
      if (!before) continue;
      const worked = await this.workOut(plan.id, day);
      if (!worked) continue;
      const next = resultOf(worked, this.clock());
      if (figures(next) === figures(before)) continue;
      changed.push(await this.keep(worked));
    }
    return changed;
  }

  /** The running day of each area up to now, in place of the figure before; no alarm stands on it. */
  async provisional(signal: AbortSignal): Promise<LossResult[]> {
    const results: LossResult[] = [];
    const now = this.clock();
    const until = (Math.floor((now - SETTLING) / MICROS_PER_SECOND / 60) * 60 * MICROS_PER_SECOND) as Micros;
    for (const plan of await this.plans.current(now)) {
      if (signal.aborted) return results;
      const day = gasDayOf(until, plan.gasDay);
      const { from } = gasDayBounds(day, plan.gasDay);
      if (until <= from) continue;
      // Its hours are kept for the close, so they are of the configuration the day is closed with.
      const own = await this.planOf(plan.id, from);
      // The hour that runs is not final, or each of its minutes would become a revision of it.
      const settled = (until - ((until - from) % MICROS_PER_HOUR)) as Micros;
      const worked = await this.days.of(own ?? plan, day, { from, to: until }, 'provisional', settled);
      const result: LossResult = { ...resultOf(worked, now), version: 0, provisional: true };
      await this.loss.saveProvisional(result);
      results.push(result);
    }
    return results;
  }

  private async keep(worked: AreaDay): Promise<Closed> {
    const result = await this.loss.save(resultOf(worked, this.clock()), pinnedInputs(worked));
    return { plan: worked.plan, result };
  }

  private async workOut(areaId: string, day: GasDay): Promise<AreaDay | undefined> {
    const interval = await this.boundsOf(areaId, day);
    if (!interval) return undefined;
    const plan = await this.planOf(areaId, interval.from);
    if (!plan) return undefined;
    return this.days.of(plan, day, interval, 'closed', interval.to);
  }

  /** The configuration of a day, not today's: last March's meter for last March. */
  private async planOf(areaId: string, from: Micros): Promise<AreaPlan | undefined> {
    return (await this.plans.at(from)).find((p) => p.id === areaId);
  }

  /** A cut-off takes the next reading after it, which may be as far away as a reading may be old. */
  private mayStillCome({ balance, interval }: AreaDay): boolean {
    return !balance.assessable && this.clock() < interval.to + MAX_READING_AGE + SETTLING;
  }

  private async boundsOf(areaId: string, day: GasDay): Promise<Interval | undefined> {
    const plan = (await this.plans.current(this.clock())).find((p) => p.id === areaId);
    return plan && gasDayBounds(day, plan.gasDay);
  }

  /** Areas' days that stand on marked samples, with the hours that must be recorded anew. */
  private async touched(marks: readonly LateMark[]) {
    const plans = await this.plans.current(this.clock());
    const touched = new Map<string, { plan: AreaPlan; day: GasDay; hours: Interval }>();
    for (const mark of marks) {
      const from = (mark.from - MAX_READING_AGE) as Micros;
      const to = (mark.to + MAX_READING_AGE) as Micros;
      for (const { id, gasDay } of plans) {
        for (const day of gasDaysBetween(gasDayOf(from, gasDay), gasDayOf(to, gasDay))) {
          const whole = gasDayBounds(day, gasDay);
          const plan = await this.planOf(id, whole.from);
          if (!plan || !standsOn(plan, mark)) continue;
          const settled = this.clock() - SETTLING;
          const complete = hoursOf(whole).filter((hour) => hour.to <= settled);
          const last = complete.at(-1);
          const hours = { from: whole.from, to: last?.to ?? whole.from };
          if (last) touched.set(`${plan.id} ${day}`, { plan, day, hours });
        }
      }
    }
    return touched.values();
  }
}

const hasData = ({ balance }: AreaDay): boolean => completeness(balance.shares) > 0;

const standsOn = (plan: AreaPlan, { tagId }: LateMark): boolean =>
  plan.legs.some(({ meter }) => meter.tags.includes(tagId) || meter.flowTag === tagId) ||
  plan.pipes.some((pipe) => pipe.tags.includes(tagId));
