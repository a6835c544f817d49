import type { ConditionMessage } from '@linepack/contracts';
import type { AreaId, GasDay, Micros } from '@linepack/network';
import type { DayVerdict } from '@linepack/store';
import { LossConditions } from './loss-conditions';

const AT = 0 as Micros;
const area = (id: string) => ({ id, name: { zh: id, en: id } });
const [WEST, EAST] = [area('west'), area('east')];
const day = (areaId: string, gasDay: string, verdict: DayVerdict['verdict']): DayVerdict => ({
  areaId,
  gasDay,
  verdict,
  lossPercent: verdict === 'breach' ? 1.4 : 0.4,
  limitPercent: 1,
});

/** A database that keeps results and states, and processes that end between any two of their calls. */
function house() {
  const results: DayVerdict[] = [];
  let kept: unknown = null;
  const told: ConditionMessage[] = [];
  let calls = Number.POSITIVE_INFINITY;
  const alive = (): void => {
    if (calls-- <= 0) throw new Error('killed');
  };
  const jobs = {
    load: async () => (alive(), kept),
    save: async (_name: string, state: unknown) => (alive(), void (kept = JSON.parse(JSON.stringify(state)))),
  };
  const loss = {
    verdicts: async (since: ReadonlyMap<AreaId, GasDay | null>) => {
      alive();
      return results.filter((r) => {
        const from = since.get(r.areaId as AreaId);
        return from !== undefined && (from === null || r.gasDay >= from);
      });
    },
  };
  const publish = (condition: ConditionMessage): void => (alive(), void told.push(condition));
  return {
    results,
    told,
    last: (id: string) => told.findLast((c) => c.areaId === id),
    keep: (state: unknown) => (kept = state),
    kept: () => kept,
    start: (dieAfter = Number.POSITIVE_INFINITY) => {
      calls = dieAfter;
      return new LossConditions(jobs, loss, publish);
    },
  };
}

it('a breach is told at the next start, wherever the process was killed after its result was kept', async () => {
  for (let calls = 0; calls < 5; calls++) {
    const { results, last, start } = house();
    results.push(day('west', '2026-11-01', 'within'));
    await start().tell([WEST], AT);
    results.push(day('west', '2026-11-02', 'breach'));
    await start(calls)
      .tell([WEST], AT)
      .catch(() => undefined);
    await start().tell([WEST], AT);
    expect(last('west')).toMatchObject({ active: true, subject: '2026-11-02', value: 1.4 });
  }
});

it('a breach is told once while the process runs, and once more at each start', async () => {
  const { results, told, start } = house();
  results.push(day('west', '2026-11-02', 'breach'));
  const running = start();
  await running.tell([WEST], AT);
  await running.tell([WEST], AT);
  expect(told).toHaveLength(1);
  await start().tell([WEST], AT);
  expect(told).toHaveLength(2);
});

it('an area that is not configured any more has its breach taken back, also after a restart', async () => {
  const { results, told, last, start } = house();
  results.push(day('west', '2026-11-02', 'breach'), day('east', '2026-11-02', 'breach'));
  await start().tell([WEST, EAST], AT);
  const running = start();
  await running.tell([EAST], AT);
  expect(last('west')).toMatchObject({ active: false });
  expect(last('east')).toMatchObject({ active: true });
  const before = told.length;
  await running.tell([EAST], AT);
  expect(told).toHaveLength(before);
  await start().tell([WEST, EAST], AT);
  expect(last('west')).toMatchObject({ active: true, subject: '2026-11-02' });
});

it('what an older program kept is taken up: its breach stands, days it did not tell are told', async () => {
  const { results, last, keep, start } = house();
  const condition = { ...(await toldOf('west')), active: true };
  keep({ [condition.alarmId]: condition });
  results.push(day('west', '2026-11-02', 'breach'));
  await start().tell([WEST], AT);
  expect(last('west')).toMatchObject({ active: true, subject: '2026-11-02' });
  results.push(day('west', '2026-11-03', 'breach'));
  await start().tell([WEST], AT);
  expect(last('west')).toMatchObject({ active: true, subject: '2026-11-03' });
});

it('a stored state it cannot read is named, and nothing is told', async () => {
  const { keep, told, start } = house();
  keep({ version: 3 });
  await expect(start().tell([WEST], AT)).rejects.toThrow(/job_state loss-conditions/);
  expect(told).toEqual([]);
});

async function toldOf(id: string): Promise<ConditionMessage> {
  const { results, told, start } = house();
  results.push(day(id, '2026-11-02', 'breach'));
  await start().tell([area(id)], AT);
  return told[0]!;
}
