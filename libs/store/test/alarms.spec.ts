import type { Alarm } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import { randomUUID } from 'node:crypto';
import { AlarmRepository, LeaseRepository, differences, replay } from '../src/index';
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

  describe('what a former owner still had', () => {
    const takeOver = (owner: string, partition: string) =>
      leases.round({ owner, session: randomUUID(), partitions: [partition], giveUp: [], ttlMs: 60_000 });
    const here = { partition: 'town', stationId: 'town' };

    it('is journalled as evidence and leaves the state of a younger owner alone', async () => {
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
      const [evidence] = await alarms.eventsAfter(late!.seq - 1, { limit: 1 });
      expect(evidence).toMatchObject({ superseded: true, state: { letter: 'B' } });
      expect(
        (await alarms.newestEvents({ alarmId: 'tag:gate.d:L', limit: 5 })).map((e) => e.superseded),
      ).toEqual([true, undefined]);
    });

    it('is evidence where its version kept the alarm of a source with a station: the network’s stands (libs/alarm V8)', async () => {
      const id = 'source:plc:communication';
      const of = (more: Partial<Alarm>) => alarm(id, { sourceId: 'plc', tagId: null, ...more });
      const network = of({ partition: 'network', letter: 'C', acknowledged: true });
      await alarms.append([entry(network, 1)]);
      const late = entry(of({ partition: 'gate', occurrence: 2 }), 9);
      await alarms.append([late]);
      const { event: _event, ...delay } = late;
      await alarms.saveStates([{ ...delay, alarm: of({ partition: 'gate' }) }]);
      expect(await alarms.find(id)).toEqual(network);
      expect((await alarms.newestEvents({ alarmId: id, limit: 5 })).map((e) => e.superseded)).toEqual([
        true,
        undefined,
      ]);
    });

    it('is evidence when it comes after what came after it, and takes nothing of that back (libs/alarm S2, S3, C2)', async () => {
      const note = { by: 'x', at: T0 + 1, comment: '' };
      const of = (kind: 'raised' | 'returned' | 'acknowledged', more: Partial<Alarm>) => {
        const made = entry(alarm('tag:gate.late:L', { noted: { station: null, dispatch: null }, ...more }));
        return { ...made, event: { ...made.event, kind } };
      };
      const [first, noted, returned, second] = [
        of('raised', {}),
        of('acknowledged', { noted: { station: note, dispatch: null } }),
        of('returned', { active: false, noted: { station: note, dispatch: null } }),
        of('raised', { occurrence: 2 }),
      ];
      const now = async () => (await alarms.find('tag:gate.late:L'))!;
      await alarms.append([returned]);
      // One could not be read for a while, another was told anew by whoever did not know of it.
      await alarms.append([noted, first]);
      expect(await now()).toEqual(returned.event.state);
      await alarms.append([second, of('returned', { active: false })]);
      expect(await now()).toEqual(second.event.state);
      const journal = await alarms.newestEvents({ alarmId: 'tag:gate.late:L', limit: 9 });
      expect(journal.map((e) => e.superseded ?? false)).toEqual([true, false, true, true, false]);
    });

    it('is evidence from the moment of the takeover, also of an alarm the younger owner has said nothing of', async () => {
      const { held } = await takeOver('a', 'town');
      expect(held).toMatchObject([{ epoch: 1 }]);
      await leases.leave('a');
      await takeOver('b', 'town');
      await alarms.append([entry(alarm('tag:town.a:L', here), 1)]);
      await alarms.saveStates([
        {
          alarm: alarm('tag:town.b:L', here),
          pendingSince: null,
          pendingReceivedAt: null,
          pendingKind: null,
          ownerEpoch: 1,
        },
      ]);
      expect(await alarms.states('town')).toEqual([]);
      await alarms.append([entry(alarm('tag:town.a:L', here), 2)]);
      expect(await alarms.states('town')).toMatchObject([
        { alarm: { alarmId: 'tag:town.a:L' }, ownerEpoch: 2 },
      ]);
    });
  });

  it('takes the word of the partition that an alarm moved to, whose epochs are its own', async () => {
    const id = 'source:moved:communication';
    await alarms.append([entry(alarm(id, { partition: 'from' }), 7)]);
    await alarms.append([entry(alarm(id, { partition: 'to', occurrence: 2 }), 1)]);
    expect(await alarms.find(id)).toMatchObject({ partition: 'to', occurrence: 2 });
    const [newest] = await alarms.newestEvents({ alarmId: id, limit: 1 });
    expect(newest).toMatchObject({ occurrence: 2 });
    expect(newest?.superseded ?? false).toBe(false);
  });

  it('takes no delay from the partition that an alarm moved from', async () => {
    const id = 'source:moved:communication';
    const delay = { pendingSince: null, pendingReceivedAt: null, pendingKind: null };
    const before = await alarms.states('to');
    const late = alarm(id, { partition: 'from', occurrence: 2 });
    await alarms.saveStates([{ alarm: late, ...delay, ownerEpoch: 9 }]);
    expect(await alarms.states('to')).toEqual(before);
    expect(before).toMatchObject([{ pendingKind: 'off', ownerEpoch: 1 }]);
  });

  it('gives a station the events of its own alarms, also of those that belong with the network', async () => {
    const of = (alarmId: string, partition: string, stationId: string | null) =>
      entry(alarm(alarmId, { partition, stationId }));
    const [first] = await alarms.append([
      of('tag:hill.a:L', 'hill', 'hill'),
      of('source:hill-plc:communication', 'network', 'hill'),
      of('source:shared:communication', 'network', null),
      of('tag:dale.a:L', 'dale', 'dale'),
    ]);
    const ids = ['tag:hill.a:L', 'source:hill-plc:communication'];
    const hill = { stations: ['hill'], limit: 10 };
    expect((await alarms.eventsAfter(first!.seq - 1, hill)).map((e) => e.alarmId)).toEqual(ids);
    expect((await alarms.newestEvents(hill)).map((e) => e.alarmId)).toEqual([...ids].reverse());
  });

  it('rebuilds the table, whatever the order in which two owners were journalled', async () => {
    const { table, journal, events } = await alarms.tableAndJournal();
    expect(events).toBe((await alarms.table()).seq);
    expect(differences(['table', table], ['journal', replay(journal)])).toEqual([]);
  });

  it('names the partitions in which somebody has still to see to an alarm', async () => {
    const note = { by: 'x', at: T0, comment: '' };
    const seen = { active: false, letter: 'A', noted: { station: note, dispatch: note } } as const;
    await alarms.append([
      entry(alarm('tag:left.a:L', { partition: 'left' })),
      entry(
        alarm('tag:unseen.a:L', { ...seen, partition: 'unseen', noted: { ...seen.noted, station: null } }),
      ),
      entry(alarm('tag:done.a:L', { ...seen, partition: 'done' })),
    ]);
    const open = await alarms.openPartitions();
    expect(open).toEqual(expect.arrayContaining(['left', 'unseen']));
    expect(open).not.toContain('done');
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
