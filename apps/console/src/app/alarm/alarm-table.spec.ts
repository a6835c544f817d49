import type { Alarm, AlarmEvent, AlarmTable, Position } from '@linepack/contracts';
import { exampleAlarm, exampleEvent } from '@linepack/contracts/testing';
import {
  TableReadings,
  afterAnswer,
  afterEvent,
  afterJournalled,
  byUrgency,
  heldFrom,
  isOwed,
  recentCount,
  unwatchedBy,
} from './alarm-table';

const note = { by: '王站长', at: 5, comment: '' };
const alarm = (more: Partial<Alarm> = {}): Alarm =>
  exampleAlarm({ alarmId: 'tag:reg-a.pt-201:LL', condition: 'LL', activeSince: 1, ...more });
const event = (state: Alarm, more: Partial<AlarmEvent> = {}): AlarmEvent =>
  exampleEvent(state, { eventId: 'e1', at: 1, ...more });
const table = (...alarms: Alarm[]): AlarmTable => ({
  seq: 1,
  alarms: alarms.map((a) => ({ ...a, journalled: true })),
  databaseAway: false,
});

describe('who still owes his note', () => {
  const byStation = alarm({ letter: 'C', acknowledged: true, noted: { station: note, dispatch: null } });
  const cases: [string, Alarm, Position | null, boolean][] = [
    ['a new alarm is owed by the station', alarm(), 'station', true],
    ['and by dispatch', alarm(), 'dispatch', true],
    ['and blinks for a viewer', alarm(), null, true],
    ['noted by the station it is no longer the station’s', byStation, 'station', false],
    ['but stays the dispatcher’s own to note', byStation, 'dispatch', true],
    ['and rests for a viewer', byStation, null, false],
    ['a shelved one asks nobody', alarm({ letter: 'E' }), 'dispatch', false],
    ['nor one out of service', alarm({ letter: 'G' }), 'station', false],
  ];
  it.each(cases)('%s', (_name, a, position, owed) => {
    expect(isOwed(a, position)).toBe(owed);
  });
});

describe('the table after transitions', () => {
  it('keeps an alarm that is normal again while the dispatcher has not noted it, and drops it for the station', () => {
    const normal = alarm({ letter: 'A', active: false, noted: { station: note, dispatch: null } });
    const held = heldFrom(table(alarm()));
    expect(afterEvent(held, event(normal), 'dispatch', 0).size).toBe(1);
    expect(afterEvent(held, event(normal), 'station', 0).size).toBe(0);
    expect(afterEvent(held, event(normal), null, 0).size).toBe(0);
  });

  it('marks an alarm as not journalled until the journal has its own last event', () => {
    const raised = afterEvent(new Map(), event(alarm(), { eventId: 'raised' }), 'dispatch', 0);
    const acked = afterEvent(raised, event(alarm({ letter: 'C' }), { eventId: 'acked' }), 'dispatch', 0);
    const id = alarm().alarmId;
    expect(acked.get(id)?.journalled).toBe(false);
    expect(afterJournalled(acked, [{ eventId: 'raised', alarmId: id }]).get(id)?.journalled).toBe(false);
    expect(afterJournalled(acked, [{ eventId: 'acked', alarmId: id }]).get(id)?.journalled).toBe(true);
  });

  it('changes nothing in place', () => {
    const held = heldFrom(table(alarm()));
    afterEvent(held, event(alarm({ letter: 'C' })), 'dispatch', 0);
    expect(held.get(alarm().alarmId)?.letter).toBe('B');
  });
});

describe('the order of the list', () => {
  it('is the worst first, then what is owed, then the oldest; what is set aside comes last', () => {
    const listed = table(
      alarm({ alarmId: 'shelved-1', letter: 'E' }),
      alarm({ alarmId: 'low', priority: 3, activeSince: 99 }),
      alarm({ alarmId: 'noted', noted: { station: null, dispatch: note }, activeSince: 50 }),
      alarm({ alarmId: 'old', activeSince: 2 }),
      alarm({ alarmId: 'new', activeSince: 9 }),
    ).alarms;
    const order = [...listed].sort(byUrgency('dispatch')).map((a) => a.alarmId);
    expect(order).toEqual(['old', 'new', 'noted', 'low', 'shelved-1']);
  });
});

describe('the answer to an acknowledgement', () => {
  const byDispatch = alarm({ noted: { station: null, dispatch: note } });
  const byBoth = alarm({ letter: 'C', acknowledged: true, noted: { station: note, dispatch: note } });
  const after = (held: Alarm, answer: Alarm, durable: 'journal' | 'spool' = 'journal') =>
    afterAnswer(heldFrom(table(held)), { durable, alarm: answer }, 'dispatch').get(held.alarmId);

  it('is taken when it comes before its event', () => {
    expect(after(alarm(), byDispatch)).toMatchObject({ letter: 'B', noted: byDispatch.noted });
  });
  it('never overwrites what came after it: the station noted it meanwhile', () => {
    expect(after(byBoth, byDispatch)).toMatchObject({ letter: 'C', noted: byBoth.noted });
  });
  it('never makes an alarm that returned meanwhile active again', () => {
    const returned = alarm({ letter: 'D', active: false, noted: byDispatch.noted, returnedAt: 9 });
    expect(after(returned, byDispatch)).toMatchObject({ letter: 'D', active: false });
  });
  it('says nothing of a newer occurrence', () => {
    expect(after(alarm({ occurrence: 2 }), byDispatch)).toMatchObject({
      occurrence: 2,
      noted: alarm().noted,
    });
  });
  it('does not bring back an alarm that has left the table', () => {
    expect(afterAnswer(new Map(), { durable: 'journal', alarm: byDispatch }, 'dispatch').size).toBe(0);
  });
  it('marks the alarm as not journalled while the acknowledgement waits in the spool', () => {
    expect(after(alarm(), byDispatch, 'spool')?.journalled).toBe(false);
  });
  it('takes away an alarm that is normal and noted', () => {
    const done = alarm({ letter: 'A', active: false, noted: byBoth.noted });
    expect(after(alarm({ letter: 'D', active: false }), done)).toBeUndefined();
  });
});

describe('flood', () => {
  it('counts what began within ten minutes', () => {
    const minute = 60_000_000;
    const began = new Map([1, 9, 10, 30].map((ago) => [`a${ago}`, 100 * minute - ago * minute]));
    expect(recentCount(began, 100 * minute)).toBe(2);
  });
});

describe('a table that is being read', () => {
  it('does not take away an alarm that was raised meanwhile', async () => {
    const readings = new TableReadings();
    const answer = Promise.withResolvers<AlarmTable>();
    const reading = readings.read(() => answer.promise);
    readings.heard((held) => afterEvent(held, event(alarm()), 'dispatch', 0));
    answer.resolve(table());
    expect([...(await reading).held.keys()]).toEqual([alarm().alarmId]);
    readings.heard(() => new Map());
    expect((await readings.read(() => Promise.resolve(table(alarm())))).held.size).toBe(1);
  });
});

describe('whether alarms are watched', () => {
  const parts = (bus: 'up' | 'down', collector: 'up' | 'degraded' | 'starting' | 'down' | 'absent') =>
    [
      { part: 'bus', state: bus },
      { part: 'collector', state: collector },
    ] as const;
  it.each([
    [parts('up', 'up'), null],
    [parts('up', 'degraded'), null],
    [parts('up', 'down'), 'collector'],
    [parts('up', 'starting'), 'collector'],
    [parts('up', 'absent'), 'collector'],
    [parts('down', 'up'), 'bus'],
  ] as const)('%j', (seen, missing) => {
    expect(unwatchedBy(seen)).toBe(missing);
  });
});
