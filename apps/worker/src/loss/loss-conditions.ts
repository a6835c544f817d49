import { ConditionMessage } from '@linepack/contracts';
import type { AreaId, GasDay, Micros } from '@linepack/network';
import type { JobStateRepository, LossRepository } from '@linepack/store';
import { z } from 'zod';
import { standing, takenBack, type NamedArea, type Told } from './standing';

const JOB = 'loss-conditions';
/** So many of an area's newest days are looked at: more than the worker ever closes at once. */
const MOST_DAYS = 70;

const Kept = z.object({
  version: z.literal(2),
  areas: z.record(
    z.string(),
    z.object({ condition: ConditionMessage, through: z.string(), breaches: z.array(z.string()) }),
  ),
});
const KeptBefore = z.record(z.string(), ConditionMessage);

/** The first format knew what was told only. Days after the one that was told are looked at again. */
function lifted(conditions: z.infer<typeof KeptBefore>): Map<string, Told> {
  const told = Object.values(conditions).map((condition): [string, Told] => [
    condition.areaId ?? condition.alarmId,
    { condition, through: condition.subject, breaches: condition.active ? [condition.subject] : [] },
  ]);
  return new Map(told);
}

/** @throws Error naming what is wrong with the stored state */
function parsed(stored: unknown): Map<string, Told> {
  if (stored === null) return new Map();
  const kept = Kept.safeParse(stored);
  if (kept.success) return new Map(Object.entries(kept.data.areas));
  const before = KeptBefore.safeParse(stored);
  if (before.success) return lifted(before.data);
  throw new Error(`job_state ${JOB}: ${z.prettifyError(kept.error)}`);
}

/**
 * Tells the alarm engine of closed days' breaches. What stands is derived from the stored results, at every start and
 * after every close, so that nothing is missed between a result and its telling; an area that is not configured any
 * more has its breach taken back.
 */
export class LossConditions {
  private told: Map<string, Told> | undefined;

  constructor(
    private readonly jobs: Pick<JobStateRepository, 'load' | 'save'>,
    private readonly loss: Pick<LossRepository, 'verdicts'>,
    private readonly publish: (condition: ConditionMessage) => void,
  ) {}

  /** @param areas those that are configured now */
  async tell(areas: readonly NamedArea[], at: Micros): Promise<void> {
    const before = await this.known();
    const since = areas.map(({ id }): [AreaId, GasDay | null] => {
      const subject = before.get(id)?.condition.subject;
      return [id as AreaId, (subject as GasDay | undefined) ?? null];
    });
    const verdicts = await this.loss.verdicts(new Map(since), MOST_DAYS);
    const next = new Map([...before].map(([id, told]) => [id, takenBack(told, at)]));
    for (const area of areas) {
      const own = verdicts.filter((day) => day.areaId === area.id);
      const told = standing(area, before.get(area.id), own, at);
      if (told) next.set(area.id, told);
    }
    const changed = [...next].filter(([id, told]) => JSON.stringify(before.get(id)) !== JSON.stringify(told));
    if (changed.length === 0) return;
    // Kept first: a condition that was told and then forgotten would never return.
    await this.jobs.save(JOB, { version: 2, areas: Object.fromEntries(next) });
    this.told = next;
    for (const [id, { condition }] of changed)
      if (before.get(id)?.condition !== condition) this.publish(condition);
  }

  /** What stood when the process ended is said again once: the bus may have forgotten it. */
  private async known(): Promise<ReadonlyMap<string, Told>> {
    if (this.told) return this.told;
    const told = parsed(await this.jobs.load(JOB));
    for (const { condition } of told.values()) this.publish(condition);
    return (this.told = told);
  }
}
