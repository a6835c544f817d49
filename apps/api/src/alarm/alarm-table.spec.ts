import type { Alarm, AlarmEvent } from '@linepack/contracts';
import { exampleAlarm, exampleEvent } from '@linepack/contracts/testing';
import fc from 'fast-check';
import { AlarmTableMemory } from './alarm-table';

const note = { by: 'anna', at: 1, comment: '' };
const alarm = exampleAlarm;
const normalAgain = (noted: Alarm['noted']): Alarm =>
  alarm({ active: false, acknowledged: true, letter: 'A', noted });

const event = (state: Alarm, seq: number | null = null): AlarmEvent => exampleEvent(state, { seq });
const idsOf = (table: AlarmTableMemory, position: 'station' | 'dispatch' | null) =>
  table.list(position, () => true).map(({ alarmId }) => alarmId);
const tableOf = (alarms: Alarm[], unjournalled: string[] = []) => ({
  partition: 'gate',
  at: 1,
  epoch: 1,
  alarms,
  unjournalled,
});

describe('the table of alarms', () => {
  const id = alarm().alarmId;

  it('keeps an alarm that is normal again for the position that has not noted it, for nobody else', () => {
    const table = new AlarmTableMemory();
    table.take(event(alarm()), 1);
    table.take(event(normalAgain({ station: note, dispatch: null })), 1);
    expect([idsOf(table, 'station'), idsOf(table, 'dispatch'), idsOf(table, null)]).toEqual([[], [id], []]);
    // Its owner lists it for the same reason; the database, which may be behind, adds nothing to his word.
    table.replace(tableOf([normalAgain({ station: note, dispatch: null })]));
    expect(idsOf(table, 'dispatch')).toEqual([id]);
    table.take(event(normalAgain({ station: note, dispatch: note })), 1);
    table.seed({ seq: 1, alarms: [normalAgain({ station: note, dispatch: null })] });
    expect(idsOf(table, 'dispatch')).toEqual([]);
  });

  it.each([alarm(), normalAgain({ station: note, dispatch: null })])(
    'drops what its owner no longer lists: $letter',
    (gone) => {
      const table = new AlarmTableMemory();
      table.take(event(gone), 1);
      table.replace(tableOf([]));
      expect(idsOf(table, 'dispatch')).toEqual([]);
    },
  );

  it('says when an owner tells what no event told, and only then', () => {
    const table = new AlarmTableMemory();
    const raised = event(alarm());
    table.take(raised, 1);
    expect(table.replace(tableOf([alarm()], [id]))).toBe(false);
    table.journalled([{ eventId: raised.eventId, alarmId: id, seq: 1 }]);
    expect(table.replace(tableOf([alarm()]))).toBe(false);
    expect(table.replace(tableOf([alarm({ occurrence: 2 })]))).toBe(true);
    expect(table.replace(tableOf([]))).toBe(true);
  });

  it('knows whose an event was that an earlier process heard', () => {
    const table = new AlarmTableMemory();
    table.replace(tableOf([alarm()], [id]));
    expect(table.stationOfWaiting({ eventId: 'unheard', alarmId: id })).toBe('gate');
    expect(table.stationOfWaiting({ eventId: 'unheard', alarmId: 'unknown' })).toBe(null);
  });

  it('keeps what waits for the journal, and what an older owner may not say, when the database is read again', () => {
    const table = new AlarmTableMemory();
    table.take(event(alarm()), 5);
    table.seed({ seq: 7, alarms: [] });
    expect(idsOf(table, 'dispatch')).toEqual([id]);
    expect(table.replace({ ...tableOf([]), epoch: 4 })).toBe(false);
    expect(idsOf(table, 'dispatch')).toEqual([id]);
  });

  it('believes the owner more than the database', () => {
    const table = new AlarmTableMemory();
    table.replace(tableOf([alarm({ letter: 'C' })]));
    table.seed({ seq: 7, alarms: [alarm(), alarm({ alarmId: 'other', partition: 'elsewhere' })] });
    expect(table.seq).toBe(7);
    expect(table.find(id)?.letter).toBe('C');
    expect(table.find('other')?.letter).toBe('B');
  });

  it('marks an alarm as journalled when its own last event is', () => {
    const table = new AlarmTableMemory();
    const [first, second] = [event(alarm()), event(alarm({ letter: 'C' }))];
    table.take(first, 1);
    table.take(second, 1);
    const journalled = () => table.list(null, () => true)[0]?.journalled;
    table.journalled([{ eventId: first.eventId, alarmId: id, seq: 3 }]);
    expect(journalled()).toBe(false);
    table.journalled([{ eventId: second.eventId, alarmId: id, seq: 4 }]);
    expect([journalled(), table.seq]).toEqual([true, 4]);
  });

  it('learns from an owner which alarms wait, though it never heard their events', () => {
    const table = new AlarmTableMemory();
    table.replace(tableOf([alarm()], [id]));
    expect(table.list(null, () => true)[0]?.journalled).toBe(false);
    table.journalled([{ eventId: 'unheard', alarmId: id, seq: 9 }]);
    expect(table.list(null, () => true)[0]?.journalled).toBe(true);
  });

  it('takes an event once: told again after a newer one, it is no state', () => {
    const table = new AlarmTableMemory();
    const [raised, noted] = [event(alarm()), event(alarm({ letter: 'C' }))];
    expect([table.take(raised, 1), table.take(noted, 1), table.take(raised, 1)]).toEqual([true, true, false]);
    expect(table.find(id)?.letter).toBe('C');
  });

  it('takes no event of an earlier occurrence', () => {
    const table = new AlarmTableMemory();
    table.replace(tableOf([alarm({ occurrence: 2 })]));
    expect(table.take(event(alarm({ occurrence: 1, letter: 'C' })), 1)).toBe(false);
    expect(table.find(id)).toMatchObject({ occurrence: 2, letter: 'B' });
  });

  it('does not listen to an owner whose lease went to another', () => {
    const table = new AlarmTableMemory();
    table.seed({ seq: 9, alarms: [] });
    table.replace({ ...tableOf([alarm({ occurrence: 2 })]), epoch: 8 });
    expect(table.take(event(normalAgain({ station: note, dispatch: note })), 7)).toBe(false);
    expect(table.replace({ ...tableOf([]), epoch: 7 })).toBe(false);
    expect(idsOf(table, 'dispatch')).toEqual([id]);
    // Another partition has epochs of its own.
    expect(table.take(event(alarm({ alarmId: 'other', partition: 'elsewhere' })), 1)).toBe(true);
    // A database restored from a copy gives older epochs, and its journal went back.
    table.seed({ seq: 3, alarms: [] });
    expect(table.take(event(alarm({ occurrence: 3 })), 5)).toBe(true);
  });

  it('ends with the last state of the last owner, whatever is told again in between', () => {
    const step = fc.record({
      letter: fc.constantFrom('B' as const, 'C' as const, 'D' as const),
      takeover: fc.boolean(),
      again: fc.array(fc.nat(30), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const table = new AlarmTableMemory();
        const told: [AlarmEvent, number][] = [];
        for (const { letter, takeover, again } of steps) {
          const epoch = (told.at(-1)?.[1] ?? 1) + Number(takeover);
          told.push([event(alarm({ letter, value: told.length })), epoch]);
          expect(table.take(...(told.at(-1) as [AlarmEvent, number]))).toBe(true);
          for (const index of again) {
            const old = told[index];
            if (old) expect(table.take(...old)).toBe(false);
          }
          expect(table.find(id)).toEqual(told.at(-1)?.[0].state);
        }
      }),
    );
  });
});
