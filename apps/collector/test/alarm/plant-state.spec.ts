import { AlarmPlant, type PlantTag } from './alarm-plant';

const H = 'tag:gate.t1:H';
const gate: PlantTag = { id: 1, station: 'gate', source: 'plc' };

describe('an alarm follows the state of the plant', () => {
  test.each([0, 2, 300])(
    'a jump right after a reconnect is raised, with a device clock %d s behind',
    (behind) => {
      const plant = new AlarmPlant('opcua', [gate]);
      plant.connect(0);
      plant.hear(0, 1, 3, { stamp: -behind, origin: 'first' });
      plant.hear(100, 1, 3.1, { stamp: 100 - behind });
      plant.lose(200);
      plant.connect(210);
      plant.hear(210, 1, 3.1, { stamp: 100 - behind, origin: 'first' });
      plant.hear(211, 1, 9, { stamp: 210.6 - behind });
      expect(plant.events(H)).toEqual([`raised 1 @${210.6 - behind}`]);
    },
  );

  test('Bad by the server, then high with the stamp the device gave before its link went', () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.hear(0, 1, 3);
    plant.hear(20, 1, null, { quality: 0x80050000 });
    plant.hear(60, 1, 9, { stamp: 15 });
    expect(plant.events(H)).toHaveLength(1);
  });

  test('one message without a stamp from a device ten minutes behind blinds nothing', () => {
    const plant = new AlarmPlant('mqtt', [{ ...gate, source: 'broker' }]);
    plant.connect(0);
    plant.hear(0, 1, 3, { stamp: -600 });
    plant.hear(10, 1, null, { stamp: null, quality: 0x80070000 });
    plant.hear(20, 1, 9, { stamp: -580 });
    expect(plant.events(H)).toHaveLength(1);
  });

  test('what was buffered while nobody could hear alarms nothing, what is present does', () => {
    const plant = new AlarmPlant('mqtt', [{ ...gate, source: 'broker' }]);
    plant.connect(0);
    for (let s = 0; s <= 100; s += 10) plant.hear(s, 1, 3, { stamp: s });
    plant.lose(101);
    plant.connect(700);
    plant.hear(700, 1, 9, { stamp: 100, origin: 'redelivered' });
    plant.hear(700, 1, 3.5, { stamp: 700 });
    expect(plant.events(H)).toEqual([]);
  });
});

describe('an instrument that goes beyond its limit and then Bad', () => {
  test.each(['stays Bad', 'cannot be heard any more'] as const)(
    'and %s is raised when its delay is up',
    (how) => {
      const plant = new AlarmPlant('opcua', [{ ...gate, limits: { onDelayS: 20 } }]);
      plant.connect(0);
      plant.hear(0, 1, 9);
      if (how === 'stays Bad') plant.hear(4, 1, null, { quality: 0x80890000 });
      else plant.lose(4);
      plant.time.to(130);
      expect(plant.events(H)).toEqual(['raised 1 @20']);
      expect(plant.journal.find(({ event }) => event.alarmId === H)?.event).toMatchObject({
        value: 9,
        limit: 4,
      });
      expect(plant.engine.inconsistencies).toBe(0);
    },
  );
});

describe('what is known before it is owned', () => {
  test('a value received before the partition was taken over is raised with the takeover', () => {
    const plant = new AlarmPlant('opcua', [gate], 'not owned');
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.time.to(30);
    expect(plant.events()).toEqual([]);
    plant.own();
    expect(plant.events(H)).toEqual(['raised 1 @0']);
  });

  test('a delay that was up before the takeover is up with it, at its own moment', () => {
    const plant = new AlarmPlant('opcua', [{ ...gate, limits: { onDelayS: 20 } }], 'not owned');
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.time.to(30);
    plant.own();
    expect(plant.events(H)).toEqual(['raised 1 @20']);
  });

  test('what the owner before had raised returns when the value is inside', () => {
    const before = new AlarmPlant('opcua', [gate]);
    before.connect(0);
    before.hear(0, 1, 9);
    const after = new AlarmPlant('opcua', [gate], 'not owned');
    after.connect(0);
    after.hear(40, 1, 3);
    after.time.to(60);
    after.own(2, before.stored());
    expect(after.events(H)).toEqual(['returned 1 @40']);
  });

  test('a silent source, a silent station and a loss are known to the next owner too', () => {
    const tags: PlantTag[] = [
      { ...gate, source: 'broker' },
      { id: 2, station: 'town', source: 'broker' },
      { id: 3, station: 'town', source: 'plc' },
    ];
    const plant = new AlarmPlant('mqtt', tags, 'not owned');
    plant.connect(0, 'broker');
    plant.lose(0, 'plc');
    for (let s = 0; s <= 300; s += 10) plant.hear(s, 1, 3);
    plant.condition(305, true, '2026-03-01', { order: 2 });
    plant.condition(306, false, '2026-02-28', { order: 1, at: 200 });
    plant.own();
    plant.time.to(310);
    expect(plant.events().map((e) => e.replace(/ @.*/, ''))).toEqual([
      'station:town:communication raised 1',
      'source:plc:communication raised 1',
      'area:city:loss raised 1',
    ]);
  });

  test('a loss that was cured before is no alarm of the next owner', () => {
    const plant = new AlarmPlant('mqtt', [gate], 'not owned');
    plant.condition(0, true, '2026-03-01');
    plant.condition(1, false, '2026-03-01');
    plant.own();
    expect([plant.events(), plant.table('network')]).toEqual([[], []]);
  });

  test('a value of an earlier configuration does not count for a tag that is gone', () => {
    const plant = new AlarmPlant('opcua', [gate], 'not owned');
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.configure([{ id: 2, station: 'gate', source: 'plc' }]);
    plant.configure([gate]);
    plant.own();
    expect(plant.events()).toEqual([]);
  });
});

describe('what was listened to once', () => {
  test('is no present value when the partition comes back, until it is heard again', () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.hear(0, 1, 3);
    plant.engine.disown('gate');
    plant.listen([]);
    const other = new AlarmPlant('opcua', [gate]);
    other.connect(0);
    other.hear(100, 1, 9);
    plant.time.to(200);
    plant.own(3, other.stored());
    plant.listen([1]);
    plant.time.to(201);
    expect(plant.events()).toEqual([]);
    plant.hear(202, 1, 3, { origin: 'first' });
    expect(plant.events()).toEqual([`${H} returned 1 @202`]);
  });
});

describe('how a station stood', () => {
  test('before it was taken away is not how it stands when it is there again', () => {
    const town: PlantTag = { id: 2, station: 'town', source: 'plc' };
    const plant = new AlarmPlant('opcua', [gate, town], 'not owned');
    plant.engine.stationStands('town', 'bad', plant.time.now());
    plant.condition(1, true, '2026-03-01');
    plant.configure([gate]);
    plant.configure([gate, town]);
    plant.time.to(5);
    plant.own();
    plant.time.to(9);
    expect(plant.events()).toEqual(['area:city:loss raised 1 @1']);
  });

  test('stands on when only something else changes', () => {
    const town: PlantTag = { id: 2, station: 'town', source: 'plc' };
    const plant = new AlarmPlant('opcua', [gate, town], 'not owned');
    plant.engine.stationStands('town', 'bad', plant.time.now());
    plant.configure([{ ...gate, limits: { H: 5 } }, town]);
    plant.time.to(5);
    plant.own();
    expect(plant.events()).toEqual(['station:town:badQuality raised 1 @2']);
  });
});

describe('a limit that changes', () => {
  test('set below a steady value raises at once', () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.hear(0, 1, 3.5);
    plant.time.to(50);
    plant.configure([{ ...gate, limits: { H: 3, onDelayS: 10 } }]);
    expect(plant.events(H)).toEqual(['raised 1 @50']);
  });

  test('a first limit on a steady value raises at once, too', () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.hear(0, 1, 3.5);
    plant.time.to(50);
    plant.configure([{ ...gate, limits: { L: 3.6, onDelayS: 10 } }]);
    expect(plant.events('tag:gate.t1:L')).toEqual(['raised 1 @50']);
  });

  test('set above the value returns, at once when the value stands there since long', () => {
    const plant = new AlarmPlant('opcua', [{ ...gate, limits: { offDelayS: 10 } }]);
    plant.connect(0);
    plant.hear(0, 1, 4.5);
    plant.time.to(50);
    plant.configure([{ ...gate, limits: { H: 5, offDelayS: 10 } }]);
    expect(plant.events(H)).toEqual(['raised 1 @0', 'returned 1 @50']);
  });

  test('the same configuration again changes nothing', () => {
    const plant = new AlarmPlant('opcua', [{ ...gate, limits: { onDelayS: 20 } }]);
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.time.to(10);
    plant.configure([{ ...gate, limits: { onDelayS: 20 } }]);
    plant.time.to(30);
    expect(plant.events(H)).toEqual(['raised 1 @20']);
  });

  test('taken away returns the alarm, which stays until both positions have noted it', async () => {
    const plant = new AlarmPlant('opcua', [{ ...gate, limits: { offDelayS: 60 } }]);
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.time.to(50);
    plant.configure([{ ...gate, limits: { H: undefined, L: 1 } as never }]);
    expect(plant.events(H)).toEqual(['raised 1 @0', 'returned 1 @50']);
    expect(plant.table('gate')).toEqual([`${H} D unjournalled`]);
    plant.confirm();
    expect(plant.table('gate')).toEqual([`${H} D`]);
    // A word of the tag that comes yet is none of its business.
    plant.hear(60, 1, 9.5);
    expect(await plant.acknowledge(H, 1, 'station')).toMatchObject({ ok: true });
    plant.confirm();
    expect(plant.table('gate')).toEqual([`${H} A`]);
    expect(await plant.acknowledge(H, 1, 'dispatch')).toMatchObject({ ok: true });
    expect(plant.table('gate')).toEqual([]);
  });

  test('set again later it is the same alarm, judged by the value as it stands', () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.configure([{ ...gate, limits: { H: undefined } as never }]);
    plant.time.to(20);
    plant.configure([gate]);
    expect(plant.events(H)).toEqual(['raised 1 @0', 'returned 1 @0', 'raised 2 @20']);
  });
});

describe('a source that comes to feed another station', () => {
  const LINK = 'source:plc:communication';
  const town: PlantTag = { id: 2, station: 'town', source: 'plc' };

  test('keeps its alarm as it was, with its occurrence and its notes, and so when it feeds one again', async () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.lose(10);
    plant.connect(20);
    plant.lose(30);
    plant.time.to(40);
    expect(await plant.acknowledge(LINK, 2, 'dispatch')).toMatchObject({ ok: true });
    plant.configure([gate, town]);
    plant.configure([town]);
    plant.time.to(50);
    plant.connect(60);
    plant.lose(70);
    plant.time.to(80);
    expect(plant.events(LINK)).toEqual([
      'raised 1 @12',
      'returned 1 @20',
      'raised 2 @32',
      'acknowledged 2 @40',
      'returned 2 @60',
      'raised 3 @72',
    ]);
    expect(plant.stored().find((s) => s.alarm.alarmId === LINK)?.alarm).toMatchObject({ stationId: 'town' });
  });

  test('keeps a delay that runs', () => {
    const plant = new AlarmPlant('opcua', [gate]);
    plant.connect(0);
    plant.lose(10);
    plant.time.to(11);
    plant.configure([gate, town]);
    plant.time.to(20);
    expect(plant.events(LINK)).toEqual(['raised 1 @12']);
  });
});

describe('a station that is removed', () => {
  const town: PlantTag = { id: 2, station: 'town', source: 'plc' };
  test('its alarms return and can still be acknowledged; then nothing of it is open', async () => {
    const plant = new AlarmPlant('opcua', [town, gate]);
    plant.connect(0);
    plant.hear(0, 2, 9);
    plant.configure([gate]);
    plant.confirm();
    expect(plant.events('tag:town.t2:H')).toEqual(['raised 1 @0', 'returned 1 @0']);
    expect(plant.table('town')).toEqual(['tag:town.t2:H D']);
    for (const position of ['station', 'dispatch'] as const)
      expect(await plant.acknowledge('tag:town.t2:H', 1, position)).toMatchObject({ ok: true });
    expect(plant.table('town')).toEqual([]);
  });

  test('an alarm that nothing defines any more returns with the takeover', () => {
    const before = new AlarmPlant('opcua', [town, gate]);
    before.connect(0);
    before.hear(0, 2, 9);
    const after = new AlarmPlant('opcua', [town, gate], 'not owned');
    after.configure([gate]);
    after.time.to(9);
    after.own(2, before.stored());
    expect(after.events()).toEqual(['tag:town.t2:H returned 1 @9']);
  });
});

describe('a tag whose source changes while its delay runs', () => {
  const moving = { ...gate, limits: { onDelayS: 20 } };
  const other: PlantTag = { id: 2, station: 'town', source: 'rtu' };
  test.each([-50, 0, 50])('is measured on our clock: the new one is %d s off', (off) => {
    const plant = new AlarmPlant('opcua', [moving, other]);
    plant.connect(0, 'plc');
    plant.connect(0, 'rtu');
    plant.hear(0, 1, 9);
    plant.time.to(5);
    plant.configure([{ ...moving, source: 'rtu' }, other]);
    for (const s of [6, 10]) plant.hear(s, 1, 9, { stamp: s + off, origin: s === 6 ? 'first' : 'change' });
    plant.time.to(19.4);
    expect(plant.events(H)).toEqual([]);
    plant.time.to(21);
    expect(plant.events(H)).toEqual(['raised 1 @20']);
  });

  test('and one that is listened to again, whose clock was set meanwhile', () => {
    const plant = new AlarmPlant('opcua', [moving]);
    plant.connect(0);
    plant.hear(0, 1, 9);
    plant.listen([]);
    plant.listen([1]);
    plant.hear(6, 1, 9, { stamp: 56, origin: 'first' });
    plant.time.to(19.4);
    expect(plant.events(H)).toEqual([]);
    plant.time.to(21);
    expect(plant.events(H)).toEqual(['raised 1 @20']);
  });
});
