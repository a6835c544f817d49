import type { ConditionMessage } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { Closed } from './gas-day-close';
import { LossConditions, standing } from './loss-conditions';

const day = (subject: string, active: boolean): ConditionMessage => ({
  alarmId: 'area:west:loss',
  areaId: 'west',
  stationId: null,
  class: 'loss',
  condition: 'loss',
  priority: 2,
  name: { zh: '西线', en: 'West' },
  active,
  at: 0,
  value: active ? 1.4 : 0.4,
  limit: 1,
  unit: '%',
  subject,
});

describe('what stands after days were closed', () => {
  it.each([
    ['the first day within', undefined, [day('11-01', false)], ['11-01', false]],
    ['a breach', day('11-01', false), [day('11-02', true)], ['11-02', true]],
    ['the next day within ends it', day('11-02', true), [day('11-03', false)], ['11-03', false]],
    ['another breach is another subject', day('11-02', true), [day('11-03', true)], ['11-03', true]],
    [
      'a breach inside a batch is not lost, in whatever order it comes',
      day('11-01', false),
      [day('11-04', false), day('11-02', true), day('11-03', false)],
      ['11-02', true],
    ],
    [
      'the newest breach of a batch',
      undefined,
      [day('11-02', true), day('11-05', true), day('11-06', false)],
      ['11-05', true],
    ],
    ['its own recalculation ends it', day('11-02', true), [day('11-02', false)], ['11-02', false]],
    [
      'an older day recalculated changes nothing',
      day('11-05', false),
      [day('11-02', true)],
      ['11-05', false],
    ],
  ] as const)('%s', (_name, before, days, [subject, active]) =>
    expect(standing(before, days)).toMatchObject({ subject, active }),
  );

  it('nothing closed changes nothing', () => expect(standing(undefined, [])).toBeUndefined());
});

it('what stood before a restart is kept, whoever comes first when the database is back', async () => {
  const west = day('11-02', true);
  let kept: unknown = { [west.alarmId]: west };
  const jobs = {
    load: async () => kept,
    save: async (_name: string, state: unknown) => void (kept = state),
  };
  const told: ConditionMessage[] = [];
  const east = {
    plan: { id: 'east', name: west.name },
    result: { verdict: 'within', lossPercent: 0.1, limitPercent: 1, gasDay: '11-03' },
  } as Closed;
  const conditions = new LossConditions(jobs, (condition) => told.push(condition));
  await conditions.closed([east], 0 as Micros);
  await conditions.resume();
  expect(kept).toMatchObject({ 'area:west:loss': { active: true }, 'area:east:loss': { active: false } });
  expect(told.map((c) => c.alarmId)).toEqual(['area:west:loss', 'area:east:loss']);
});
