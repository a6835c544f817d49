import { TOPIC, type AlarmEventMessage } from '@linepack/contracts';
import { AlarmPlant, settled, type PlantTag } from './alarm-plant';

const H = 'tag:gate.t1:H';
const gate: PlantTag = { id: 1, station: 'gate', source: 'plc' };
const slow: PlantTag = { ...gate, limits: { onDelayS: 20, offDelayS: 20 } };
const plantOf = (tag: PlantTag = gate, owned: 'owned' | 'not owned' = 'owned'): AlarmPlant => {
  const plant = new AlarmPlant('opcua', [tag], owned);
  plant.connect(0);
  return plant;
};

describe('delays outlive who saw them begin', () => {
  test('a condition that held all along is raised at the moment its delay was up', () => {
    const before = plantOf(slow);
    before.hear(0, 1, 9);
    before.time.to(3);
    // Beside the journal: nothing has happened yet.
    expect(before.events()).toEqual([]);
    expect(before.states.map((s) => [s.alarm.alarmId, s.pendingKind, s.ownerEpoch])).toEqual([
      [H, 'raise', 1],
    ]);
    const after = new AlarmPlant('opcua', [slow], 'not owned');
    after.time.to(40);
    after.own(2, before.states);
    after.time.to(50);
    expect(after.events()).toEqual([]);
    after.connect(51);
    after.hear(52, 1, 9, { stamp: 0, origin: 'first' });
    expect(after.events()).toEqual([`${H} raised 1 @20`]);
  });

  test('one that was away meanwhile is not', () => {
    const before = plantOf(slow);
    before.hear(0, 1, 9);
    const after = new AlarmPlant('opcua', [slow], 'not owned');
    after.time.to(40);
    after.own(2, before.stored());
    after.connect(51);
    after.hear(52, 1, 3, { origin: 'first' });
    after.time.to(100);
    expect(after.events()).toEqual([]);
  });

  test('the copy on disk has a delay that runs, and an alarm that is normal has none', () => {
    const plant = plantOf(slow);
    plant.hear(0, 1, 3);
    expect(plant.stored()).toEqual([]);
    plant.hear(5, 1, 9);
    expect(plant.stored()).toMatchObject([{ pendingKind: 'raise', alarm: { alarmId: H, occurrence: 0 } }]);
    plant.time.to(26);
    expect(plant.stored()).toMatchObject([{ pendingKind: null, alarm: { occurrence: 1, active: true } }]);
    plant.hear(30, 1, 3);
    expect(plant.stored()).toMatchObject([{ pendingKind: 'return', pendingSince: expect.any(Number) }]);
  });

  test('every beginning and end without an event is given away once', () => {
    const plant = plantOf(slow);
    plant.hear(0, 1, 9);
    plant.time.to(5);
    plant.hear(6, 1, 3);
    plant.time.to(10);
    plant.hear(11, 1, 9);
    plant.time.to(60);
    expect(plant.states.map((s) => s.pendingKind)).toEqual(['raise', null, 'raise']);
    expect(plant.journal.map((j) => j.pendingKind)).toEqual([null]);
  });

  test('one stored before the receipt was kept, or for the other state, does no harm', () => {
    const before = plantOf(slow);
    before.hear(0, 1, 9);
    const [stored] = before.stored();
    const old = { ...stored!, pendingReceivedAt: null };
    const after = new AlarmPlant('opcua', [slow], 'not owned');
    after.own(2, [old]);
    after.connect(30);
    after.hear(31, 1, 9, { stamp: 0, origin: 'first' });
    expect(after.events()).toEqual([`${H} raised 1 @20`]);
    const wrong = new AlarmPlant('opcua', [slow], 'not owned');
    wrong.own(2, [{ ...old, pendingKind: 'return' }]);
    expect(wrong.stored()).toEqual([]);
  });
});

describe('our own clock is set while a delay runs', () => {
  test.each([-3_600, 3_600, 20])(
    'by %d s: the alarm is raised when its delay was up, not before or after',
    (by) => {
      const plant = plantOf(slow);
      plant.hear(0, 1, 9);
      plant.time.to(5);
      plant.time.setClock(by);
      plant.time.to(19.4);
      expect(plant.events()).toEqual([]);
      plant.time.to(21);
      expect(plant.events()).toEqual([`${H} raised 1 @20`]);
      // What is stored goes on from there, too.
      plant.hear(30, 1, 3, { stamp: 30 + by });
      plant.time.to(31);
      const [pending] = plant.stored();
      expect((pending!.pendingReceivedAt! - plant.time.now()) / 1e6).toBeCloseTo(-1);
    },
  );

  test.each([-3_600, 3_600])(
    'by %d s: a takeover after it judges what stood before by how long it stood',
    (by) => {
      const plant = plantOf(slow, 'not owned');
      plant.hear(0, 1, 9);
      plant.time.to(5);
      plant.time.setClock(by);
      plant.time.to(10);
      plant.own();
      plant.time.to(19.4);
      expect(plant.events()).toEqual([]);
      plant.time.to(21);
      expect(plant.events()).toEqual([`${H} raised 1 @20`]);
      expect(plant.engine.inconsistencies).toBe(0);
    },
  );
});

describe('the audit', () => {
  /** As no input can: somebody writes into the engine's state. */
  const tamper = (plant: AlarmPlant, alarmId: string, change: object): void => {
    const { partitions } = plant.engine as unknown as {
      partitions: Map<string, { held: Map<string, { state: object }> }>;
    };
    for (const { held } of partitions.values()) {
      const one = held.get(alarmId);
      if (one) one.state = { ...one.state, ...change };
    }
  };

  test('finds nothing where nothing is wrong', () => {
    const plant = plantOf(slow);
    plant.hear(0, 1, 9);
    plant.time.to(30);
    plant.hear(50, 1, 3);
    plant.time.to(65);
    plant.hear(119, 1, 9);
    plant.time.to(200);
    expect([plant.engine.inconsistencies, plant.errors]).toEqual([0, []]);
  });

  test('finds an alarm that was lost within a minute, raises it, and counts it', () => {
    const plant = plantOf();
    plant.hear(0, 1, 9);
    tamper(plant, H, { active: false, returnedAt: 5 });
    plant.time.to(59);
    expect(plant.engine.inconsistencies).toBe(0);
    plant.time.to(61);
    expect(plant.engine.inconsistencies).toBe(1);
    expect(plant.errors).toEqual([expect.stringContaining(H)]);
    expect(plant.events(H)).toEqual(['raised 1 @0', 'raised 2 @0']);
    plant.time.to(300);
    expect(plant.engine.inconsistencies).toBe(1);
  });

  test('finds an alarm that stands without its condition', () => {
    const plant = plantOf();
    plant.hear(0, 1, 3);
    tamper(plant, H, { active: true, occurrence: 4 });
    plant.time.to(61);
    expect(plant.events(H)).toEqual(['returned 4 @0']);
    expect(plant.engine.inconsistencies).toBe(1);
  });

  test('finds a delay that was forgotten, or that nothing ends', () => {
    const plant = plantOf(slow);
    plant.hear(0, 1, 9);
    tamper(plant, H, { pending: null });
    plant.time.to(61);
    expect([plant.events(H), plant.engine.inconsistencies]).toEqual([['raised 1 @20'], 1]);
  });

  test('finds one that nothing defines and that stands', () => {
    const plant = plantOf();
    plant.hear(0, 1, 9);
    plant.configure([{ ...gate, limits: { H: undefined } as never }]);
    tamper(plant, H, { active: true });
    plant.time.to(61);
    expect(plant.events(H)).toEqual(['raised 1 @0', 'returned 1 @0', 'returned 1 @60']);
  });

  test('leaves an alarm alone that is out of service or whose inputs are not usable', () => {
    const plant = plantOf();
    plant.hear(0, 1, 9);
    tamper(plant, H, { active: false, outOfService: true });
    plant.time.to(61);
    expect(plant.engine.inconsistencies).toBe(0);
    tamper(plant, H, { outOfService: false });
    plant.hear(70, 1, null, { quality: 0x80050000 });
    plant.time.to(130);
    expect(plant.engine.inconsistencies).toBe(0);
  });
});

describe('a loss', () => {
  const LOSS = 'area:city:loss';
  test('names its gas day, also for the next owner, who takes another day for what it is', () => {
    const plant = plantOf();
    plant.condition(0, true, '2026-03-01');
    expect(plant.stored()).toMatchObject([{ alarm: { alarmId: LOSS, subject: '2026-03-01' } }]);
    const after = plantOf(gate, 'not owned');
    after.own(2, plant.stored());
    after.condition(5, true, '2026-03-01', { at: 0 });
    expect(after.events()).toEqual([]);
    after.condition(6, true, '2026-03-02');
    expect(after.events(LOSS)).toEqual(['raised 2 @6']);
    expect(after.stored()).toMatchObject([{ alarm: { subject: '2026-03-02', value: 1.4, limit: 1 } }]);
  });

  test('a cure told before the breach that stands, and sent again, does not end it', () => {
    const plant = plantOf();
    plant.condition(9, false, '2026-03-01', { order: 5 });
    plant.condition(10, true, '2026-03-02', { order: 6 });
    plant.condition(11, false, '2026-03-01', { order: 5, at: 9 });
    expect(plant.events(LOSS)).toEqual(['raised 1 @10']);
    plant.condition(12, false, '2026-03-02', { order: 7 });
    expect(plant.events(LOSS)).toEqual(['raised 1 @10', 'returned 1 @12']);
  });

  test('a cure ends the breach whatever the clock of its teller says', () => {
    const plant = plantOf();
    plant.condition(10, true, '2026-03-02', { at: 10 });
    plant.condition(20, false, '2026-03-02', { at: -3_600 });
    expect(plant.events(LOSS).map((e) => e.replace(/ @.*/, ''))).toEqual(['raised 1', 'returned 1']);
    plant.condition(30, true, '2026-03-02', { at: -3_590 });
    expect(plant.events(LOSS).at(-1)).toMatch(/^raised 2 /);
  });

  test('breaches sent again are no news, and void no acknowledgement', async () => {
    const plant = plantOf();
    plant.condition(10, true, '2026-03-01', { order: 1 });
    plant.condition(20, true, '2026-03-02', { order: 2 });
    await plant.acknowledge(LOSS, 2, 'dispatch');
    plant.condition(30, true, '2026-03-01', { order: 1, at: 10 });
    plant.condition(31, true, '2026-03-02', { order: 2, at: 20 });
    expect(plant.events(LOSS)).toEqual(['raised 1 @10', 'raised 2 @20', 'acknowledged 2 @20']);
    expect(plant.table('network')).toEqual([`${LOSS} C unjournalled`]);
  });

  test('one that never was needs no return, and is on no table', () => {
    const plant = plantOf();
    plant.condition(0, false, '2026-03-01');
    expect([plant.events(), plant.table('network')]).toEqual([[], []]);
  });

  test('a new configuration leaves it alone', () => {
    const plant = plantOf();
    plant.condition(0, true, '2026-03-01');
    plant.configure([slow]);
    plant.time.to(130);
    expect(plant.events(LOSS)).toEqual(['raised 1 @0']);
    expect(plant.engine.inconsistencies).toBe(0);
  });
});

describe('commands', () => {
  const raised = (): AlarmPlant => {
    const plant = plantOf();
    plant.hear(0, 1, 9);
    return plant;
  };

  test('an acknowledgement is in the copy on disk before it is told to be durable', async () => {
    const plant = raised();
    await plant.acknowledge(H, 1, 'station');
    const noted = plant.kept
      .at(-1)
      ?.flatMap(({ states }) => states)
      .find(({ alarm }) => alarm.alarmId === H);
    expect(noted?.alarm.noted.station?.by).toEqual(expect.any(String));
  });

  test('the same command again is executed once and gets the same answer', async () => {
    const plant = raised();
    const [first, again] = [1, 2].map(() => plant.acknowledge(H, 1, 'station', { id: 'x' }));
    expect(await first).toMatchObject({ ok: true, durable: 'journal', alarm: { letter: 'C' } });
    expect(await again).toEqual(await first);
    expect(plant.events(H)).toEqual(['raised 1 @0', 'acknowledged 1 @0']);
  });

  test("one that does not become durable in its sender's time is answered so, and is not lost", async () => {
    const plant = raised();
    plant.durable = new Promise(() => undefined);
    const answer = plant.acknowledge(H, 1, 'station', { patienceS: 4 });
    plant.time.to(3.9);
    let isAnswered = false;
    void answer?.then(() => (isAnswered = true));
    await settled();
    expect(isAnswered).toBe(false);
    plant.time.to(4.1);
    expect(await answer).toMatchObject({ ok: false, code: 'notDurable' });
    expect(plant.events(H)).toEqual(['raised 1 @0', 'acknowledged 1 @0']);
  });

  test('a deadline that never comes is no reason to wait for ever', async () => {
    const plant = raised();
    plant.durable = new Promise(() => undefined);
    const answer = plant.acknowledge(H, 1, 'station', { patienceS: 1e6 });
    plant.time.to(61);
    expect(await answer).toMatchObject({ ok: false, code: 'notDurable' });
  });

  test('what the spool has is durable too; what nobody takes is not', async () => {
    const plant = raised();
    plant.durable = Promise.resolve('spool');
    expect(await plant.acknowledge(H, 1, 'station')).toMatchObject({ ok: true, durable: 'spool' });
    plant.durable = Promise.reject(new Error('stopped'));
    expect(await plant.acknowledge(H, 1, 'dispatch')).toMatchObject({ ok: false, code: 'notDurable' });
  });

  test('an event is given to the journal once and in order, also when nobody takes it: keeping is not our business', async () => {
    const plant = plantOf();
    plant.durable = Promise.reject(new Error('stopped'));
    for (const [s, value] of [9, 3, 9].entries()) plant.hear(s, 1, value);
    await settled();
    plant.durable = Promise.resolve('journal');
    plant.time.to(60);
    await settled();
    expect(plant.events(H)).toEqual(['raised 1 @0', 'returned 1 @1', 'raised 2 @2']);
  });

  test('only the latest answers are kept', async () => {
    const plant = raised();
    for (let i = 0; i <= 1_000; i += 1) await plant.acknowledge(H, 7, 'station', { id: `${i}` });
    // The oldest is forgotten and asked anew, a younger one is not.
    await plant.acknowledge(H, 1, 'station', { id: '1' });
    expect(plant.events(H)).toEqual(['raised 1 @0']);
    expect(await plant.acknowledge(H, 1, 'station', { id: '0' })).toMatchObject({ ok: true });
  });

  test('each refusal has its reason', async () => {
    const plant = raised();
    expect(await plant.acknowledge('tag:gate.t9:H', 1)).toMatchObject({ ok: false, code: 'unknownAlarm' });
    expect(await plant.acknowledge(H, 2)).toMatchObject({ ok: false, code: 'otherOccurrence' });
    await plant.acknowledge(H, 1);
    plant.time.to(1);
    expect(await plant.acknowledge(H, 1)).toMatchObject({ ok: false, code: 'nothingToAcknowledge' });
  });

  test("somebody else's partition gives no answer", () => {
    const plant = plantOf(gate, 'not owned');
    expect(plant.acknowledge(H, 1)).toBeNull();
  });
});

describe('while it is in doubt who owns the alarms', () => {
  const said = (plant: AlarmPlant): string[] =>
    plant.told
      .filter(({ topic }) => topic === TOPIC.alarmEvent('gate'))
      .map(({ message }) => (message as AlarmEventMessage).event.kind);

  test('what happens waits, and is then said and journalled in order, each once', async () => {
    const plant = plantOf(slow);
    let certain: () => void = () => undefined;
    plant.doubt = new Promise((resolve) => (certain = resolve));
    plant.hear(0, 1, 9);
    plant.time.to(25);
    plant.hear(30, 1, 3);
    plant.time.to(55);
    plant.hear(60, 1, 9);
    expect([said(plant), plant.events(), plant.states]).toEqual([[], [], []]);
    plant.doubt = null;
    // The line is still there: what comes now goes behind it.
    plant.time.to(85);
    expect(plant.events()).toEqual([]);
    certain();
    await settled();
    expect(plant.events(H)).toEqual(['raised 1 @20', 'returned 1 @50', 'raised 2 @80']);
    expect(said(plant)).toEqual(['raised', 'returned', 'raised']);
    plant.time.to(90);
    // Nothing without an event is left to say: the events carried it.
    expect(plant.states).toEqual([]);
  });

  test('what another collector has taken over meanwhile is not said', async () => {
    const plant = plantOf();
    let certain: () => void = () => undefined;
    plant.doubt = new Promise((resolve) => (certain = resolve));
    plant.hear(0, 1, 9);
    const answer = plant.acknowledge(H, 1);
    plant.engine.disown('gate');
    plant.doubt = null;
    certain();
    await settled();
    expect([said(plant), plant.events()]).toEqual([[], []]);
    expect(await answer).toMatchObject({
      ok: false,
      code: 'notDurable',
      detail: expect.stringContaining('another collector'),
    });
  });

  test('nor is what was found under an epoch that is over', async () => {
    const plant = plantOf();
    let certain: () => void = () => undefined;
    plant.doubt = new Promise((resolve) => (certain = resolve));
    plant.hear(0, 1, 9);
    plant.engine.disown('gate');
    plant.engine.own('gate', 2, [], []);
    plant.doubt = null;
    certain();
    await settled();
    expect(plant.journal.map((j) => [j.event.kind, j.ownerEpoch])).toEqual([['raised', 2]]);
  });
});

describe('the table of a partition', () => {
  const tables = (plant: AlarmPlant): number =>
    plant.told.filter(({ topic }) => topic === TOPIC.alarmTable('gate')).length;

  test('is told soon after it changes, once for what changes together', () => {
    const plant = plantOf();
    plant.time.to(1);
    const before = tables(plant);
    plant.hear(2, 1, 9);
    plant.hear(2, 1, 3);
    plant.hear(2, 1, 9);
    plant.time.to(2.05);
    expect(tables(plant)).toBe(before);
    plant.time.to(3);
    expect(tables(plant)).toBe(before + 1);
    plant.confirm();
    plant.time.to(4);
    expect(tables(plant)).toBe(before + 2);
    plant.confirm();
    plant.time.to(5);
    expect(tables(plant)).toBe(before + 2);
  });

  test('is told at the end, and not after the partition was given up', () => {
    const plant = plantOf();
    plant.time.to(1);
    plant.hear(2, 1, 9);
    const before = tables(plant);
    plant.engine.stop();
    expect(tables(plant)).toBe(before + 1);
    plant.hear(3, 1, 3);
    plant.engine.disown('gate');
    plant.time.to(5);
    expect(tables(plant)).toBe(before + 1);
  });

  test('is not told when the partition was given up while that was in doubt', async () => {
    const plant = plantOf();
    plant.time.to(1);
    const before = tables(plant);
    let certain: () => void = () => undefined;
    plant.engine.publishAll();
    plant.doubt = new Promise((resolve) => (certain = resolve));
    plant.time.to(2);
    plant.engine.disown('gate');
    plant.doubt = null;
    certain();
    await settled();
    plant.time.to(3);
    expect(tables(plant)).toBe(before);
  });

  test('waits while it is in doubt who owns it', async () => {
    const plant = plantOf();
    plant.time.to(1);
    const before = tables(plant);
    let certain: () => void = () => undefined;
    plant.engine.publishAll();
    plant.doubt = new Promise((resolve) => (certain = resolve));
    plant.time.to(2);
    expect(tables(plant)).toBe(before);
    plant.doubt = null;
    certain();
    await settled();
    plant.time.to(3);
    expect(tables(plant)).toBe(before + 1);
  });
});

describe('what an owner finds unwritten', () => {
  test('its own events are state, and stay on the table as not journalled until they are', () => {
    const before = plantOf();
    before.hear(0, 1, 9);
    const after = new AlarmPlant('opcua', [gate], 'not owned');
    after.own(1, [], before.journal);
    expect(after.table('gate')).toEqual([`${H} B unjournalled`]);
    after.engine.journalled(before.journal.map(({ event }) => ({ ...event, seq: 1 })));
    expect(after.table('gate')).toEqual([`${H} B`]);
  });

  test('an event that was journalled before the takeover is not waited for', () => {
    const before = plantOf();
    before.hear(0, 1, 9);
    const after = new AlarmPlant('opcua', [gate], 'not owned');
    after.engine.journalled(before.journal.map(({ event }) => ({ ...event, seq: 1 })));
    after.own(1, before.stored(), before.journal);
    expect(after.table('gate')).toEqual([`${H} B`]);
  });

  test('of events that were journalled only the newest are remembered', () => {
    const before = plantOf();
    before.hear(0, 1, 9);
    const [{ event }] = before.journal as [(typeof before.journal)[number]];
    const others = Array.from({ length: 10_000 }, (_, i) => ({ ...event, eventId: `${i}`, seq: i + 2 }));
    for (const more of [9_999, 10_000]) {
      const after = new AlarmPlant('opcua', [gate], 'not owned');
      after.engine.journalled([{ ...event, seq: 1 }, ...others.slice(0, more)]);
      after.own(1, before.stored(), before.journal);
      expect(after.table('gate')).toEqual([more === 9_999 ? `${H} B` : `${H} B unjournalled`]);
    }
  });

  test('what an older owner left is no state', async () => {
    const older = plantOf();
    older.hear(0, 1, 9);
    const younger = new AlarmPlant('opcua', [gate], 'not owned');
    younger.own(2, []);
    younger.connect(0);
    for (const [s, value] of [9, 3, 9, 3, 9].entries()) younger.hear(s + 1, 1, value);
    await younger.acknowledge(H, 3);
    const after = new AlarmPlant('opcua', [gate], 'not owned');
    after.own(3, younger.stored(), older.journal);
    expect(after.stored()).toMatchObject([{ alarm: { occurrence: 3, letter: 'C' } }]);
  });

  test('a delay that waits to be stored is state as well', () => {
    const before = plantOf(slow);
    before.hear(0, 1, 9);
    before.time.to(1);
    const after = new AlarmPlant('opcua', [slow], 'not owned');
    after.own(1, [], before.states);
    expect(after.stored()).toMatchObject([{ pendingKind: 'raise', alarm: { alarmId: H } }]);
  });
});
