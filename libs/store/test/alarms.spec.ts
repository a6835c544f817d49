import type { Micros } from '@linepack/network';
import { AlarmRepository, LeaseRepository } from '../src/index';
import { T0, alarm, entry } from './alarm-examples';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
let alarms: AlarmRepository;
let leases: LeaseRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  alarms = new AlarmRepository(database.pool);
  leases = new LeaseRepository(database.pool);
}, 60_000);
afterAll(() => database?.close());

describe('the alarm journal', () => {
  it('gives numbers in the order of the entries, and both events and states back as they were', async () => {
    const note = { by: 'x', at: T0 + 1, comment: '' };
    const [a, b] = [
      alarm('tag:gate.a:L'),
      alarm('tag:gate.b:L', {
        active: false,
        letter: 'A',
        occurrence: 3,
        noted: { station: note, dispatch: note },
      }),
    ];
    const entries = [entry(a), entry(b)];
    expect(await alarms.append(entries)).toEqual([
      { eventId: entries[0]!.event.eventId, alarmId: a.alarmId, seq: 1 },
      { eventId: entries[1]!.event.eventId, alarmId: b.alarmId, seq: 2 },
    ]);
    expect(await alarms.table()).toEqual({ seq: 2, alarms: [a] });
    expect(await alarms.table(['elsewhere'])).toEqual({ seq: 2, alarms: [] });
    expect(await alarms.states('gate')).toEqual(
      [a, b].map((x) => ({
        alarm: x,
        pendingSince: T0 + 5,
        pendingReceivedAt: T0 + 7,
        pendingKind: 'off',
        ownerEpoch: 1,
      })),
    );
    expect(await alarms.find(b.alarmId)).toEqual(b);
    expect(await alarms.eventsAfter(1, { limit: 10 })).toEqual([{ ...entries[1]!.event, seq: 2 }]);
    expect(await alarms.newestEvents({ limit: 1, alarmId: a.alarmId })).toEqual([
      { ...entries[0]!.event, seq: 1 },
    ]);
  });

  it('takes an event once, however often it is replayed, and does not take its state again', async () => {
    const raised = entry(alarm('tag:gate.c:L'));
    const returned = entry(alarm('tag:gate.c:L', { active: false, letter: 'D' }));
    const [first, second] = await alarms.append([raised, returned]);
    expect(await alarms.append([raised, raised])).toEqual([first, first]);
    expect((await alarms.find('tag:gate.c:L'))?.letter).toBe('D');
    expect(await alarms.append([raised, returned])).toEqual([first, second]);
  });

  it('journals what a former owner still had, but does not let it overwrite the state of a younger one', async () => {
    await alarms.append([entry(alarm('tag:gate.d:L', { letter: 'C', acknowledged: true }), 7)]);
    const [late] = await alarms.append([entry(alarm('tag:gate.d:L'), 6)]);
    expect((await alarms.find('tag:gate.d:L'))?.letter).toBe('C');
    await alarms.saveStates([
      {
        alarm: alarm('tag:gate.d:L'),
        pendingSince: null,
        pendingReceivedAt: null,
        pendingKind: null,
        ownerEpoch: 6,
      },
    ]);
    expect((await alarms.find('tag:gate.d:L'))?.letter).toBe('C');
    expect((await alarms.eventsAfter(late!.seq - 1, { limit: 1 }))[0]?.state.letter).toBe('B');
  });

  it('a delay that comes again, or too late, changes only the delay, and only of the occurrence it belongs to', async () => {
    const before = alarm('tag:gate.g:L', { active: false, letter: 'A', occurrence: 0, activeSince: null });
    const delay = (pendingSince: number | null) => ({
      alarm: before,
      pendingSince: pendingSince as Micros | null,
      pendingReceivedAt: pendingSince as Micros | null,
      pendingKind: pendingSince === null ? null : 'on',
      ownerEpoch: 1,
    });
    const stored = async () => (await alarms.states('gate')).find((s) => s.alarm.alarmId === before.alarmId);
    await alarms.saveStates([delay(T0)]);
    expect(await stored()).toEqual(delay(T0));
    await alarms.saveStates([delay(null)]);
    expect(await stored()).toEqual(delay(null));
    const raised = entry(alarm('tag:gate.g:L'));
    await alarms.append([raised]);
    // What a spool replays after a crash, or a statement that hung, was true before the event.
    await alarms.saveStates([delay(T0)]);
    expect(await stored()).toEqual({
      alarm: raised.event.state,
      pendingSince: T0 + 5,
      pendingReceivedAt: T0 + 7,
      pendingKind: 'off',
      ownerEpoch: 1,
    });
    const noted = alarm('tag:gate.g:L', { noted: { station: null, dispatch: null } });
    await alarms.saveStates([{ ...delay(T0 + 9), alarm: noted }]);
    expect(await stored()).toMatchObject({ alarm: raised.event.state, pendingSince: T0 + 9 });
  });

  it('numbers writers that come at once without a gap, in the order of commit', async () => {
    const { seq } = await alarms.table();
    const batches = Array.from({ length: 6 }, (_, i) => [
      entry(alarm(`tag:gate.e${i}:L`)),
      entry(alarm(`tag:gate.f${i}:L`)),
    ]);
    const numbers = (await Promise.all(batches.map((b) => alarms.append(b)))).flat().map((e) => e.seq);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => seq + 1 + i));
  });

  it('cannot be changed', async () => {
    for (const sql of [
      'update alarm_event set actor = null',
      'delete from alarm_event',
      'truncate alarm_event',
    ])
      await expect(database.pool.query(sql)).rejects.toThrow(/alarm_event is append-only/);
  });
});

describe('leases', () => {
  it('belong to one owner, with a new epoch for each new one', async () => {
    const mine = await leases.acquire('gate', 'a', 60_000);
    expect(mine).toEqual({ partition: 'gate', owner: 'a', epoch: 1 });
    expect(await leases.acquire('gate', 'b', 60_000)).toBeNull();
    expect(await leases.acquire('gate', 'a', 60_000)).toEqual(mine);
    expect(await leases.renew(mine!, 60_000)).toBe(true);
    await leases.release(mine!);
    const theirs = await leases.acquire('gate', 'b', 60_000);
    expect(theirs?.epoch).toBe(2);
    expect(await leases.renew(mine!, 60_000)).toBe(false);
    await leases.release(mine!);
    expect(await leases.held()).toEqual([theirs]);
    expect(await leases.epochOf('gate')).toBe(2);
    expect(await leases.epochOf('none')).toBe(0);
  });

  it('count an expired one as lost, even for its own holder', async () => {
    const first = await leases.acquire('town', 'a', 0);
    expect((await leases.acquire('town', 'a', 60_000))?.epoch).toBe((first?.epoch ?? 0) + 1);
  });
});
