import { definitionsOf } from '../../src/alarm/definitions';
import { AlarmPlant, configurationOf, type PlantTag } from './alarm-plant';

const inA: PlantTag = { id: 1, station: 'a', source: 'broker' };
const inB: PlantTag = { id: 2, station: 'b', source: 'broker' };
const SILENT_B = 'station:b:communication';

/** Every five seconds a word of a tag, stamped by its device's own clock. */
function speak(
  plant: AlarmPlant,
  id: number,
  from: number,
  to: number,
  { behind = 0, value = 3 }: { behind?: number; value?: number } = {},
): void {
  for (let s = from; s <= to; s += 5) plant.hear(s, id, value, { stamp: s - behind });
}

describe('a device behind a broker that is dead', () => {
  test('since before the start is said when it has had three reporting intervals', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    speak(plant, 1, 0, 400);
    // Three times sixty seconds, looked at every five, and the two seconds that a link may be away.
    expect(plant.events()).toEqual([`${SILENT_B} raised 1 @187`]);
  });

  test('before its broker was away is said once, and stays said when the broker is back', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    for (let s = 0; s <= 100; s += 5) {
      plant.hear(s, 1, 3);
      plant.hear(s, 2, 3);
    }
    speak(plant, 1, 105, 600);
    expect(plant.events(SILENT_B)).toEqual(['raised 1 @287']);
    plant.lose(601);
    plant.connect(610);
    speak(plant, 1, 610, 2000);
    expect(plant.events(SILENT_B)).toEqual(['raised 1 @287']);
  });

  test('since while its broker was away is said', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    for (let s = 0; s <= 595; s += 5) {
      plant.hear(s, 1, 3);
      plant.hear(s, 2, 3);
    }
    plant.lose(600);
    plant.connect(610);
    speak(plant, 1, 610, 1000);
    expect(plant.events(SILENT_B)).toEqual(['raised 1 @797']);
  });

  test('a moment before its broker goes is not said: the broker is, and it when it is still dead after that', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    speak(plant, 1, 0, 185);
    plant.lose(186);
    plant.time.to(200);
    expect(plant.events()).toEqual(['source:broker:communication raised 1 @188']);
    plant.connect(210);
    speak(plant, 1, 210, 500);
    expect(plant.events(SILENT_B)).toEqual(['raised 1 @397']);
  });

  test('and speaks again is taken back with its first word', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    speak(plant, 1, 0, 300);
    plant.hear(301, 2, 3);
    expect(plant.events(SILENT_B)).toEqual(['raised 1 @187', 'returned 1 @301']);
  });

  test('its tags are Bad for want of communication, so that no alarm of theirs is judged', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    speak(plant, 1, 0, 10);
    plant.hear(11, 2, 9);
    speak(plant, 1, 15, 400);
    expect(plant.events('tag:b.t2:H')).toEqual(['raised 1 @11']);
  });
});

describe('a station with a fast and a slow topic', () => {
  const fast: PlantTag = { id: 1, station: 'a', source: 'broker', maxReportS: 5 };
  const slow: PlantTag = { id: 2, station: 'a', source: 'broker', maxReportS: 600 };
  test('is not silent while the slow one has time to speak', () => {
    const plant = new AlarmPlant('mqtt', [fast, slow]);
    plant.connect(0);
    plant.hear(1_000, 2, 3);
    plant.time.to(2_000);
    expect(plant.events()).toEqual([]);
  });

  test('is silent when both have had their time', () => {
    const plant = new AlarmPlant('mqtt', [fast, slow]);
    plant.connect(0);
    plant.time.to(2_000);
    expect(plant.events()).toEqual(['station:a:communication raised 1 @1807']);
  });
});

describe('what is taken away by the configuration', () => {
  test('a silent station without tags is silent no more, and a lost source without tags not lost', () => {
    const plant = new AlarmPlant('mqtt', [inA, { ...inB, source: 'other' }]);
    plant.connect(0, 'broker');
    plant.lose(0, 'other');
    plant.time.to(300);
    expect(plant.events()).toEqual([
      'source:other:communication raised 1 @2',
      'station:a:communication raised 1 @187',
    ]);
    const configuration = configurationOf([inA, { ...inB, source: 'other' }], 'mqtt');
    plant.listen([]);
    plant.engine.configure(definitionsOf({ ...configuration, tags: [] }));
    expect(plant.events().slice(2)).toEqual([
      'station:a:communication returned 1 @300',
      'source:other:communication returned 1 @300',
    ]);
  });
});

describe('a station whose devices have a clock of their own', () => {
  test('its silence is told on our clock, taken back, and told again', () => {
    const tags = [inA, { ...inA, id: 2, maxReportS: 300 }];
    const plant = new AlarmPlant('mqtt', tags);
    const both = (from: number, to: number) => {
      for (let s = from; s <= to; s += 10) for (const id of [1, 2]) plant.hear(s, id, 1, { stamp: s - 900 });
    };
    plant.connect(0);
    both(0, 1000);
    plant.time.to(2500);
    expect(plant.events()).toEqual(['station:a:communication raised 1 @1907']);
    both(2500, 2600);
    expect(plant.events().slice(1)).toEqual(['station:a:communication returned 1 @2500']);
    plant.time.to(4000);
    expect(plant.events().slice(2)).toEqual(['station:a:communication raised 2 @3507']);
  });

  test('setting our own clock makes nobody silent', () => {
    const plant = new AlarmPlant('mqtt', [inA, inB]);
    plant.connect(0);
    speak(plant, 1, 0, 60);
    speak(plant, 2, 60, 100);
    plant.time.setClock(3_600);
    plant.time.to(130);
    expect(plant.events()).toEqual([]);
  });
});

describe('a node that its server does not know', () => {
  const tags: PlantTag[] = [
    { id: 1, station: 'gate', source: 'plc' },
    { id: 2, station: 'gate', source: 'plc' },
  ];
  test('does not make its station silent, before or after a reconnect', () => {
    const plant = new AlarmPlant('opcua', tags);
    plant.connect(0);
    plant.refuse(0, 2);
    plant.hear(0, 1, 3, { origin: 'first' });
    plant.lose(200);
    plant.connect(210);
    plant.refuse(210, 2);
    plant.hear(210.2, 1, 3, { stamp: 205, origin: 'first' });
    for (let s = 211; s <= 600; s += 10) plant.hear(s, 1, 3 + s / 1e4);
    expect(plant.events('station:gate:communication')).toEqual([]);
    expect(plant.events('station:gate:badQuality')).toEqual([]);
    plant.hear(601, 1, null, { quality: 0x80310000 });
    plant.time.to(610);
    expect(plant.events('station:gate:communication')).toEqual(['raised 1 @603']);
  });
});

describe('a node of which its server never says anything', () => {
  const tags: PlantTag[] = [
    { id: 1, station: 'gate', source: 'plc' },
    { id: 2, station: 'gate', source: 'plc' },
  ];
  const BAD = { quality: 0x808c0000 };

  test('hides no longer than its own time that none of its station can be used', () => {
    const plant = new AlarmPlant('opcua', tags);
    plant.connect(0);
    plant.hear(1, 1, null, BAD);
    plant.time.to(180);
    expect(plant.events()).toEqual([]);
    plant.time.to(200);
    expect(plant.events()).toEqual(['station:gate:communication raised 1 @187']);
    plant.hear(300, 2, 3, { origin: 'first' });
    expect(plant.events().slice(1)).toEqual(['station:gate:communication returned 1 @300']);
  });

  test('has its time again when its server is back, and makes no station silent that has a usable one', () => {
    const plant = new AlarmPlant('opcua', tags);
    plant.connect(0);
    plant.hear(1, 1, 3, { origin: 'first' });
    plant.time.to(400);
    expect(plant.events()).toEqual([]);
    plant.lose(400);
    plant.connect(401);
    plant.hear(402, 1, null, BAD);
    plant.time.to(580);
    expect(plant.events()).toEqual([]);
    plant.time.to(600);
    expect(plant.events()).toEqual(['station:gate:communication raised 1 @587']);
  });
});

describe('a station whose instruments are all Bad', () => {
  const tags: PlantTag[] = [
    { id: 1, station: 'gate', source: 'plc' },
    { id: 2, station: 'gate', source: 'plc' },
    { id: 3, station: 'gate', source: 'other' },
  ];
  const BAD = 'station:gate:badQuality';
  const plantOf = (): AlarmPlant => {
    const plant = new AlarmPlant('opcua', tags);
    plant.connect(0, 'plc');
    plant.hear(0, 1, 3);
    plant.hear(0, 2, 3);
    return plant;
  };

  test('is said once for the station, and taken back with the first good value', () => {
    const plant = plantOf();
    plant.hear(10, 1, null, { quality: 0x808c0000 });
    plant.time.to(60);
    expect(plant.events()).toEqual([]);
    plant.hear(60, 2, null, { quality: 0x80050000 });
    plant.time.to(90);
    expect(plant.events()).toEqual([`${BAD} raised 1 @62`]);
    plant.hear(100, 2, 3);
    expect(plant.events(BAD)).toEqual(['raised 1 @62']);
    plant.time.to(103);
    expect(plant.events(BAD)).toEqual(['raised 1 @62', 'returned 1 @102']);
  });

  test('and then cannot be heard is the other alarm, in the same moment', () => {
    const plant = plantOf();
    for (const id of [1, 2]) plant.hear(10, id, null, { quality: 0x808c0000 });
    plant.hear(60, 1, null, { quality: 0x80310000 });
    plant.time.to(61);
    expect(plant.table('gate')).toEqual([`${BAD} B unjournalled`]);
    plant.time.to(90);
    expect(plant.events()).toEqual([
      `${BAD} raised 1 @12`,
      'station:gate:communication raised 1 @62',
      `${BAD} returned 1 @62`,
    ]);
  });

  test('is said once though one of them cannot be heard for a moment', () => {
    const plant = plantOf();
    for (const id of [1, 2]) plant.hear(10, id, null, { quality: 0x808c0000 });
    plant.hear(60, 1, null, { quality: 0x80310000 });
    plant.hear(61, 1, null, { quality: 0x808c0000 });
    plant.time.to(90);
    expect(plant.events()).toEqual([`${BAD} raised 1 @12`]);
  });

  test('is not said when one more source that lives carries a good one', () => {
    const plant = plantOf();
    plant.connect(1, 'other');
    plant.hear(2, 3, 3);
    for (const id of [1, 2]) plant.hear(10, id, null, { quality: 0x808c0000 });
    plant.time.to(60);
    expect(plant.events(BAD)).toEqual([]);
  });

  test('its only source away is the alarm of the source, and of nothing else', () => {
    const plant = plantOf();
    plant.lose(10, 'plc');
    plant.time.to(600);
    expect(plant.events()).toEqual(['source:plc:communication raised 1 @12']);
    plant.connect(600, 'plc');
    for (const id of [1, 2]) plant.hear(601, id, 3, { origin: 'first' });
    plant.time.to(700);
    expect(plant.events()).toEqual([
      'source:plc:communication raised 1 @12',
      'source:plc:communication returned 1 @600',
    ]);
  });
});

test('a source that never connects is said', () => {
  const plant = new AlarmPlant('opcua', [{ id: 1, station: 'gate', source: 'plc' }]);
  plant.lose(1);
  plant.time.to(10);
  expect(plant.events()).toEqual(['source:plc:communication raised 1 @3']);
});
