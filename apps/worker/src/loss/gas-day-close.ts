import type { LossResult } from '@linepack/contracts';
import { completeness } from '@linepack/loss';
import { MICROS_PER_HOUR, MICROS_PER_SECOND, type AreaId, type GasDay, type Micros } from '@linepack/network';
import type { ClosingWatermark, LateMark, LossRepository } from '@linepack/store';
import type { AreaDays, DayOfArea } from './area-day';
import type { AreaFaults } from './area-faults';
import { figuresOf } from './figures';
import { GasDays } from './gas-days';
import { MAX_READING_AGE, PlanError } from './plan';
import type { Plans } from './plans';
import { pinnedInputs, resultOf, type AreaDay } from './result';
import { TouchedDays } from './touched-days';

/** How long after its end an hour or a day is taken as complete: the last readings must have arrived. */
export const SETTLING = 3 * 60 * MICROS_PER_SECOND;

export interface CloseParts {
  readonly plans: Plans;
  readonly days: AreaDays;
  readonly loss: Pick<LossRepository, 'save' | 'result' | 'lastClosed' | 'touching' | 'saveProvisional'>;
  readonly watermark: Pick<ClosingWatermark, 'raise'>;
  readonly faults: AreaFaults;
  readonly clock: () => Micros;
}

/** Closes gas days, each area's by its own start and zone, and works closed ones out again when late data came. */
export class GasDayClose {
  private readonly gasDays: GasDays;
  private readonly touched: TouchedDays;

  constructor(private readonly parts: CloseParts) {
    this.gasDays = new GasDays(parts.plans);
    this.touched = new TouchedDays(parts.plans, this.gasDays, parts.loss);
  }

  /**
   * Closes every day that is over and settled and not closed yet. An area that cannot be closed holds no other up.
   * @param first of an area nothing was closed of yet; default the day before the running one
   * @param closed takes each day as soon as it is kept: what fails later must not hide it
   */
  async closeDue(signal: AbortSignal, first?: GasDay, closed: LossResult[] = []): Promise<LossResult[]> {
    const { plans, loss, faults, clock } = this.parts;
    this.parts.days.beginRun();
    const lastClosed = await loss.lastClosed();
    const { configured, faults: ofToday } = await plans.current(clock());
    faults.keepOnly(new Set(configured.map((area) => area.id)));
    for (const { id } of configured)
      await faults.guard('plan', id, async () => {
        // Days that began before it came are closed all the same; it is said at once, not when its own day begins.
        const fault = ofToday.get(id);
        if (fault) throw fault;
      });
    for (const area of configured)
      await faults.guard('close', area.id, async () => {
        const last = lastClosed.get(area.id as AreaId);
        let begun = last !== undefined;
        for await (const { day, interval, plan } of this.gasDays.open(area, last, clock(), first)) {
          if (signal.aborted || interval.to + SETTLING > clock()) return;
          if (!plan) continue;
          const worked = await this.workOut({ plan, day, interval });
          if (this.mayStillCome(worked)) return;
          // A network that was not there yet on its first day has no day to close.
          if (!begun && !hasData(worked)) continue;
          closed.push(await this.keep(worked));
          begun = true;
        }
      });
    return closed;
  }

  /**
   * Works out again what stands on late data; a day whose figures did not change gets no new version.
   * @throws what kept an area's days from being worked out, after all others are; not a fault of its configuration,
   *   which trying again does not mend
   */
  async recalculate(
    marks: readonly LateMark[],
    signal: AbortSignal,
    changed: LossResult[] = [],
  ): Promise<LossResult[]> {
    const { plans, faults, clock } = this.parts;
    this.parts.days.beginRun();
    const now = clock();
    const closed = await this.touched.closed(marks);
    const { configured } = await plans.current(now);
    const lastClosed = await this.parts.loss.lastClosed();
    const failed: Error[] = [];
    const guarded = async (areaId: string, run: () => Promise<void>): Promise<void> => {
      const error = await faults.guard('recalculation', areaId, run);
      if (error && !(error instanceof PlanError)) failed.push(error);
    };
    for (const [areaId, days] of closed)
      await guarded(areaId, async () => {
        for (const day of days)
          if (!signal.aborted) changed.push(...(await this.workOutAgain(areaId, day, marks)));
      });
    for (const area of configured)
      await guarded(area.id, async () => {
        const last = lastClosed.get(area.id as AreaId);
        for await (const open of this.touched.open(area, last, marks, now)) {
          if (signal.aborted) return;
          const hours = completeHours(open, (now - SETTLING) as Micros);
          if (hours.interval.to > hours.interval.from)
            await this.parts.days.recordAgain(hours, (now + 1) as Micros);
        }
      });
    if (failed[0]) throw failed[0];
    return changed;
  }

  /** The running day of each area up to now, in place of the figure before; no alarm stands on it. */
  async provisional(signal: AbortSignal): Promise<LossResult[]> {
    const { plans, loss, faults, days, clock } = this.parts;
    const results: LossResult[] = [];
    days.beginRun();
    const now = clock();
    const until = (Math.floor((now - SETTLING) / MICROS_PER_SECOND / 60) * 60 * MICROS_PER_SECOND) as Micros;
    const lastClosed = await loss.lastClosed();
    const { configured, areas } = await plans.current(now);
    for (const area of configured)
      await faults.guard('provisional', area.id, async () => {
        if (signal.aborted) return;
        const running = await this.runningDay(area, lastClosed.get(area.id as AreaId), until);
        // Its hours are kept for the close, so they are of the configuration the day is closed with.
        const plan = running?.plan ?? areas.get(area.id);
        if (!running || !plan || until <= running.interval.from) return;
        const { from } = running.interval;
        // The hour that runs is not final, or each of its minutes would become a revision of it.
        const settled = (until - ((until - from) % MICROS_PER_HOUR)) as Micros;
        const part = { plan, day: running.day, interval: { from, to: until } };
        const worked = await days.running(part, { settled, until: (now + 1) as Micros });
        const result: LossResult = { ...resultOf(worked, now), version: 0, provisional: true };
        await loss.saveProvisional(result);
        results.push(result);
      });
    return results;
  }

  private async runningDay(...[area, last, now]: Parameters<GasDays['open']>) {
    let running;
    for await (const open of this.gasDays.open(area, last, now)) running = open;
    return running;
  }

  private async keep(worked: AreaDay): Promise<LossResult> {
    return this.parts.loss.save(resultOf(worked, this.parts.clock()), pinnedInputs(worked));
  }

  /** Every sample that comes after this and could change the day leaves a mark: the day is worked out again then. */
  private async workOut(of: DayOfArea): Promise<AreaDay> {
    const until = Math.min(of.interval.to + MAX_READING_AGE + 1, this.parts.clock()) as Micros;
    await this.parts.watermark.raise(until);
    return this.parts.days.closed(of, until);
  }

  private async workOutAgain(
    areaId: AreaId,
    { day, from, to }: { readonly day: GasDay; readonly from: Micros; readonly to: Micros },
    marks: readonly LateMark[],
  ): Promise<LossResult[]> {
    const { plans, loss, clock } = this.parts;
    // The configuration of the day and its own bounds, not today's: last March's meter and rule for last March.
    const plan = await plans.of(areaId, from);
    const before = await loss.result(areaId, day);
    if (!plan || !before || !this.touched.standsOn(plan, { from, to }, marks)) return [];
    const worked = await this.workOut({ plan, day, interval: { from, to } });
    if (figuresOf(resultOf(worked, clock())) === figuresOf(before)) return [];
    return [await this.keep(worked)];
  }

  /** A cut-off takes the next reading after it, which may be as far away as a reading may be old. */
  private mayStillCome({ balance, interval }: AreaDay): boolean {
    return !balance.assessable && this.parts.clock() < interval.to + MAX_READING_AGE + SETTLING;
  }
}

const hasData = ({ balance }: AreaDay): boolean => completeness(balance.shares) > 0;

/** The part of a day whose hours had ended by an instant. */
function completeHours(of: DayOfArea, by: Micros): DayOfArea {
  const { from, to } = of.interval;
  const whole =
    by >= to ? to : ((from + Math.floor((by - from) / MICROS_PER_HOUR) * MICROS_PER_HOUR) as Micros);
  return { ...of, interval: { from, to: Math.max(from, whole) as Micros } };
}
