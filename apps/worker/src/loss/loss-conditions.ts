import { ConditionMessage } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { JobStateRepository } from '@linepack/store';
import { z } from 'zod';
import type { Closed } from './gas-day-close';

const JOB = 'loss-conditions';
const Kept = z.record(z.string(), ConditionMessage);

/** Medium: a day's loss wants an analysis today, not a hand on a valve now. */
const PRIORITY = 2;

/** The condition of an area's closed day, for the alarm engine. */
export function conditionOf({ plan, result }: Closed, at: Micros): ConditionMessage {
  return {
    alarmId: `area:${plan.id}:loss`,
    areaId: plan.id,
    stationId: null,
    class: 'loss',
    condition: 'loss',
    priority: PRIORITY,
    name: plan.name,
    active: result.verdict === 'breach',
    at,
    value: result.lossPercent,
    limit: result.limitPercent,
    unit: '%',
    subject: result.gasDay,
  };
}

/**
 * What stands after some days of one area were closed: the newest breach among them, so that a day closed in a batch
 * (after an outage, or a recorded history) is seen although later days were within; else the newest day's.
 * A day before the one that stands changes nothing; that one's own recalculation does.
 */
export function standing(
  before: ConditionMessage | undefined,
  days: readonly ConditionMessage[],
): ConditionMessage | undefined {
  const relevant = days
    .filter((day) => !before || day.subject >= before.subject)
    .sort((a, b) => (a.subject < b.subject ? -1 : 1));
  return relevant.findLast((day) => day.active) ?? relevant.at(-1) ?? before;
}

/** Tells the alarm engine of closed days' breaches, and again after a restart of the bus or of this process. */
export class LossConditions {
  private readonly current = new Map<string, ConditionMessage>();
  private resumed = false;

  constructor(
    private readonly jobs: Pick<JobStateRepository, 'load' | 'save'>,
    private readonly publish: (condition: ConditionMessage) => void,
  ) {}

  /** Takes up what stood when the process ended. */
  async resume(): Promise<void> {
    if (this.resumed) return;
    const kept = Kept.safeParse((await this.jobs.load(JOB)) ?? {});
    if (!kept.success) throw new Error(`job_state ${JOB}: ${z.prettifyError(kept.error)}`);
    for (const condition of Object.values(kept.data)) this.tell(condition);
    this.resumed = true;
  }

  /** Days were closed or recalculated. */
  async closed(results: readonly Closed[], at: Micros): Promise<void> {
    // The database may have come back for this task first: what stood must not be overwritten by what is new.
    await this.resume();
    const days = results.map((result) => conditionOf(result, at));
    const alarmIds = new Set(days.map(({ alarmId }) => alarmId));
    const next = [...alarmIds].flatMap((alarmId) => {
      const own = days.filter((day) => day.alarmId === alarmId);
      return standing(this.current.get(alarmId), own) ?? [];
    });
    if (next.length === 0) return;
    // Kept first: a condition that was told and then forgotten would never return.
    const all = new Map(this.current);
    for (const condition of next) all.set(condition.alarmId, condition);
    await this.jobs.save(JOB, Object.fromEntries(all));
    for (const condition of next) this.tell(condition);
  }

  private tell(condition: ConditionMessage): void {
    this.current.set(condition.alarmId, condition);
    this.publish(condition);
  }
}
