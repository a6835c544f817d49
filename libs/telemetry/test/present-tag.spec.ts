import fc from 'fast-check';
import { PlantScript, at } from './plant-script';

const BAD = 0x80050000;

describe('a source that keeps nothing back (OPC UA)', () => {
  test.each([0, 2, 300])(
    'P1 after a reconnect a jump is present and stored last, with a device clock %d s behind',
    (behind) => {
      const plant = new PlantScript('inOrder');
      plant.connect();
      plant.hear(0, { value: 3, stamp: -behind, origin: 'first' });
      plant.hear(100, { value: 3.1, stamp: 100 - behind });
      plant.lose(200);
      plant.connect();
      plant.hear(210, { value: 3.1, stamp: 100 - behind, origin: 'first' });
      expect([plant.now.slice(0, 8), plant.newest]).toEqual(['3.1 good', '3.1 good']);
      plant.hear(211, { value: 9, stamp: 210.6 - behind });
      expect(plant.now).toBe(`9 good @${210.6 - behind}`);
      expect(plant.newest).toBe('9 good');
      // Its own time is kept, too.
      expect(plant.stored).toContain(`9 good @${210.6 - behind}`);
    },
  );

  test('P1 a value as the device stamped it before its link went is present when the server has it back', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 3, stamp: 0 });
    plant.hear(20, { value: null, stamp: 20, quality: BAD });
    plant.hear(60, { value: 9, stamp: 15 });
    expect(plant.now).toBe('9 good @15');
    plant.wait(62);
    expect(plant.stored).toEqual(['3 good @0', 'none bad @20', '9 good @15', '9 good @60']);
  });

  test('P1 a change with a stamp of last week is present, at our time', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 3, stamp: 0 });
    plant.hear(10, { value: 9, stamp: -604_800 });
    expect([plant.now, plant.newest]).toEqual(['9 good @10', '9 good']);
  });

  test('P2 what changed while nobody could hear stands at its own time and now', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 5, stamp: 0 });
    plant.lose(10);
    plant.connect();
    plant.hear(20, { value: 6, stamp: 9, origin: 'first' });
    plant.wait(21.9);
    expect(plant.stored).toEqual(['5 good @0', 'none gone @10', '6 good @9']);
    plant.wait(22);
    expect(plant.stored).toEqual(['5 good @0', 'none gone @10', '6 good @9', '6 good @20']);
  });

  test('P2 what did not change is stored once more, now', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 5, stamp: 0 });
    plant.lose(10);
    plant.connect();
    plant.hear(20, { value: 5, stamp: 0, origin: 'first' });
    plant.wait(22);
    expect(plant.stored).toEqual(['5 good @0', 'none gone @10', '5 good @20']);
  });

  test('P2 what became so in the silence after it was noticed stands at its own time alone', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 5, stamp: 0 });
    plant.lose(10);
    plant.connect();
    plant.hear(20, { value: 6, stamp: 15, origin: 'first' });
    expect(plant.stored).toEqual(['5 good @0', 'none gone @10', '6 good @15']);
  });

  test('P2 P8 at the start a value that is old by its stamp is stored there, and as of now', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 5, stamp: -86_400, origin: 'first' });
    expect([plant.now, plant.newest]).toEqual(['5 good @0', '5 good']);
    expect(plant.stored).toEqual(['5 good @-86400', '5 good @0']);
  });
});

test('P8 what comes late of the time before a value that was stored again takes its place', () => {
  const plant = new PlantScript('weighed');
  for (let s = 0; s <= 20; s += 10) plant.hear(s, { value: s, stamp: s });
  plant.lose(29);
  plant.connect();
  plant.hear(30, { value: 22, stamp: 22 });
  plant.wait(32);
  for (const stamp of [24, 26]) plant.hear(33, { value: stamp, stamp });
  plant.hear(33, { value: 33, stamp: 33 });
  plant.wait(60);
  expect(plant.stored.slice(3)).toEqual([
    'none gone @29',
    '22 good @22',
    '22 good @30',
    '24 good @24',
    '26 good @26',
    '26 good @30',
    '33 good @33',
  ]);
});

test('P8 a first value that is older than the reporting interval is stored at its time and once more, now', () => {
  const plant = new PlantScript('inOrder');
  plant.hear(0, { value: 5, stamp: -100, origin: 'first' });
  plant.wait(2);
  expect(plant.stored).toEqual(['5 good @-100', '5 good @0']);
});

test('P8 a young first value is stored once', () => {
  const plant = new PlantScript('inOrder');
  plant.hear(0, { value: 5, stamp: -50, origin: 'first' });
  expect(plant.tag.owes).toBe(false);
});

test('P8 nothing is owed by a tag of which nothing holds yet', () => {
  const plant = new PlantScript('weighed');
  plant.hear(700, { value: 9, stamp: 100, origin: 'redelivered' });
  expect(plant.tag.owes).toBe(false);
  plant.hear(701, { value: 9, stamp: 90, origin: 'first' });
  expect(plant.tag.owes).toBe(true);
});

test('what a source that reports only changes holds is repeated in its name', () => {
  const plant = new PlantScript('inOrder');
  plant.hear(0, { value: 5, stamp: 0 });
  plant.repeat(50);
  expect(plant.stored).toEqual(['5 good @0']);
  plant.repeat(200);
  expect(plant.stored).toEqual(['5 good @0', '5 good @180']);
});

test('P8 words that come one upon the other, all behind what is stored, are stored once', () => {
  const plant = new PlantScript('weighed');
  for (let s = 0; s <= 20; s += 10) plant.hear(s, { value: s, stamp: s });
  plant.lose(29);
  plant.connect();
  for (const stamp of [22, 24, 26, 28]) plant.hear(30, { value: stamp, stamp });
  plant.wait(31);
  plant.hear(31, { value: 31, stamp: 31 });
  plant.wait(60);
  expect(plant.stored.slice(3)).toEqual([
    'none gone @29',
    '22 good @22',
    '24 good @24',
    '26 good @26',
    '28 good @28',
    '31 good @31',
  ]);
});

describe('a source that may send what had waited (MQTT)', () => {
  const running = (): PlantScript => {
    const plant = new PlantScript('weighed');
    plant.connect();
    for (let s = 0; s <= 100; s += 10) plant.hear(s, { value: 1_000 + s, stamp: s });
    return plant;
  };

  test('P3 a message sent again after ten minutes is no news', () => {
    const plant = running();
    plant.lose(101);
    plant.connect();
    expect(plant.hear(700, { value: 1_100, stamp: 100, origin: 'redelivered' }).verdict).toBe('repetition');
    expect(plant.now).toBe('none gone @101');
  });
  test('P3 a retained message that is old is history: neither shown nor heard', () => {
    const plant = new PlantScript('weighed');
    const { verdict, present } = plant.hear(700, { value: 9, stamp: 100, origin: 'redelivered' });
    expect([verdict, present, plant.now]).toEqual(['history', null, 'nothing']);
    expect(plant.stored).toEqual(['9 good @100']);
  });
  test('P3 a retained message of now is present', () => {
    const plant = new PlantScript('weighed');
    plant.hear(700, { value: 9, stamp: 650, origin: 'redelivered' });
    expect(plant.now).toBe('9 good @650');
  });
  test('P3 one that is sent again after a later one is history, however young', () => {
    const plant = running();
    expect(plant.hear(104, { value: 1, stamp: 95, origin: 'redelivered' }).verdict).toBe('history');
    expect(plant.now).toBe('1100 good @100');
  });
  test('P3 age is reckoned by the clock of its own source', () => {
    const plant = new PlantScript('weighed');
    for (let s = 0; s <= 100; s += 10) plant.hear(s, { value: s, stamp: s - 3_600 });
    plant.hear(110, { value: 9, stamp: 105 - 3_600, origin: 'redelivered' });
    expect(plant.now).toBe('9 good @-3495');
  });

  test('P4 P5 what a broker kept is history; the last of it is present', () => {
    const plant = running();
    plant.lose(101);
    plant.connect();
    const verdicts: string[] = [];
    for (let s = 110; s <= 700; s += 10)
      verdicts.push(plant.hear(700, { value: 1_000 + s, stamp: s }).verdict);
    // The first is in doubt, those older than three minutes are history, and so to now.
    expect(verdicts.filter((v) => v === 'history')).toHaveLength(40);
    expect(plant.now).toBe('1700 good @700');
    for (let s = 110; s <= 700; s += 10) expect(plant.stored).toContain(`${1_000 + s} good @${s}`);
    expect(plant.stored.filter((row) => row.includes('uncertain'))).toEqual([]);
  });
  test('P4 P5 when a buffer shows itself, what held before holds again', () => {
    const plant = running();
    plant.lose(101);
    plant.connect();
    plant.hear(700, { value: 9, stamp: 110 });
    expect(plant.now).toBe('9 uncertain @700');
    plant.hear(700, { value: 9, stamp: 120 });
    expect(plant.now).toBe('none gone @101');
    plant.wait(702);
    // What waited has its time; that nothing can be heard holds again from now on.
    expect(plant.stored.slice(-3).sort()).toEqual(['9 good @110', '9 good @120', 'none gone @700']);
  });
  test('P5 a clock set back by an hour: never blind, stored at our time', () => {
    const plant = running();
    plant.hear(110, { value: 9, stamp: -3_490 });
    expect(plant.now).toBe('9 uncertain @110');
    plant.hear(120, { value: 8, stamp: -3_480 });
    expect(plant.now).toBe('8 good @-3480');
    expect(plant.stored.slice(-2)).toEqual(expect.arrayContaining(['9 uncertain @110', '8 good @120']));
    expect(plant.newest).toBe('8 good');
  });
  test('P9 a clock that was set stays out of the time that it has covered, until it is past it', () => {
    const plant = running();
    for (let s = 110; s <= 3_800; s += 10) plant.hear(s, { value: s, stamp: s - 3_600 });
    const beyond = plant.rows.slice(11);
    expect(beyond.every((row) => row.ts > at(100))).toBe(true);
    expect(new Set(plant.rows.map((row) => row.ts)).size).toBe(plant.rows.length);
    expect(plant.newest).toBe('3800 good');
  });
});

test('P12 a word that had waited and could not be made durable is news when it is sent again', () => {
  const plant = new PlantScript('weighed');
  for (let s = 0; s <= 100; s += 10) plant.hear(s, { value: s, stamp: s });
  plant.hear(700, { value: 9, stamp: 110 });
  plant.hear(701, { value: 10, stamp: 701 });
  const refused = plant.rows.find(({ ts }) => ts === at(110));
  plant.tag.refuse(refused as never);
  expect(plant.hear(710, { value: 9, stamp: 110, origin: 'redelivered' })).toMatchObject({
    verdict: 'history',
    rows: [{ ts: at(110), value: 9 }],
  });
});

describe('P13 what a broker has retained without a time', () => {
  test('is present, uncertain, where nothing was known', () => {
    const plant = new PlantScript('weighed');
    plant.hear(0, { value: 3, stamp: null, origin: 'retained' });
    expect(plant.now).toBe('3 uncertain @0');
  });
  test('does not bring back a device that cannot be heard, nor stand as a value of now', () => {
    const plant = new PlantScript('weighed');
    plant.hear(0, { value: 3, stamp: null });
    plant.lose(10);
    expect(plant.hear(20, { value: 3, stamp: null, origin: 'retained' }).verdict).toBe('discarded');
    expect([plant.now, plant.tag.isGone, plant.newest]).toEqual(['none gone @10', true, 'none gone']);
  });
  test('with a time it is weighed by its age', () => {
    const plant = new PlantScript('weighed');
    plant.lose(10);
    plant.hear(20, { value: 3, stamp: 15, origin: 'retained' });
    expect(plant.now).toBe('3 good @15');
  });
});

test('P6 history of a source that keeps it stands at its own time', () => {
  const plant = new PlantScript('inOrder');
  plant.hear(0, { value: 3, stamp: 0 });
  expect(plant.hear(10, { value: 9, stamp: -500, origin: 'historical' }).verdict).toBe('history');
  expect(plant.hear(10, { value: 9, stamp: null, origin: 'historical' }).verdict).toBe('discarded');
  expect([plant.now, plant.stored]).toEqual(['3 good @0', ['3 good @0', '9 good @-500']]);
});

describe('P7 the same again', () => {
  test('is no news, but was heard', () => {
    const plant = new PlantScript('weighed');
    plant.hear(0, { value: 3, stamp: 0 });
    expect(plant.hear(50, { value: 3, stamp: 0 })).toMatchObject({ verdict: 'repetition', rows: [] });
    expect(plant.tag.present?.heardAt).toBe(at(50));
  });
  test('a quality that changes under an unchanged stamp is a change', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 3, stamp: 0 });
    plant.hear(10, { value: null, stamp: 0, quality: BAD });
    expect(plant.now).toBe('none bad @0');
    expect(plant.newest).toBe('none bad');
  });
  test('a steady value is thinned out, present and heard', () => {
    const plant = new PlantScript('weighed');
    plant.hear(0, { value: 3, stamp: 0 });
    expect(plant.hear(30, { value: 3, stamp: 30 })).toMatchObject({ verdict: 'present', rows: [] });
    expect(plant.now).toBe('3 good @30');
  });
});

describe('T1 stamps that cannot be believed', () => {
  test.each([
    ['stampMissing', null],
    ['stampBeforeCommissioning', -T2000()],
    ['stampAhead', 61],
    ['stampAhead', 2 ** 53 / 1e6],
  ])('%s: stored at receipt, uncertain', (fault, stamp) => {
    const plant = new PlantScript('inOrder');
    expect(plant.hear(0, { value: 3, stamp }).stampFault).toBe(fault);
    expect(plant.stored).toEqual(['3 uncertain @0']);
    expect(plant.now).toBe('3 uncertain @0');
  });
  test('a minute ahead is believed', () => {
    const plant = new PlantScript('inOrder');
    plant.hear(0, { value: 3, stamp: 60 });
    expect(plant.stored).toEqual(['3 good @60']);
  });
  test('a network that says when it was commissioned is held to that', () => {
    const plant = new PlantScript('inOrder', at(-100));
    expect(plant.hear(0, { value: 3, stamp: -101 }).stampFault).toBe('stampBeforeCommissioning');
    expect(plant.hear(1, { value: 3, stamp: -99 }).stampFault).toBeNull();
  });
  test('a message without a time does not make the device blind', () => {
    const plant = new PlantScript('weighed');
    plant.hear(0, { value: 3, stamp: -600 });
    plant.hear(10, { value: null, stamp: null, quality: BAD });
    plant.hear(20, { value: 9, stamp: -580 });
    plant.hear(30, { value: 9, stamp: -570 });
    expect([plant.now, plant.newest]).toEqual(['9 good @-570', '9 good']);
  });
});

describe('P10 what cannot be heard', () => {
  test('is bad from then on, in the time of its own clock', () => {
    const plant = new PlantScript('weighed');
    for (let s = 0; s <= 30; s += 10) plant.hear(s, { value: s, stamp: s - 25 });
    plant.lose(40);
    expect([plant.now, plant.stored.at(-1)]).toEqual(['none gone @40', 'none gone @15']);
    expect(plant.tag.isGone).toBe(true);
  });
});

test('P11 times are compared within one clock only', () => {
  const plant = new PlantScript('inOrder');
  const sessions: (number | undefined)[] = [];
  const hear = (second: number, stamp: number | null) => {
    plant.hear(second, { value: second, stamp });
    sessions.push(plant.tag.present?.clockSession);
  };
  plant.connect();
  [
    [0, 0],
    [1, 1],
    [2, null],
    [3, null],
    [4, 4],
  ].forEach(([s, stamp]) => hear(s as number, stamp ?? null));
  plant.connect();
  hear(5, 5);
  expect(sessions).toEqual([1, 1, 0, 0, 2, 3]);
});

test('P11 times from before and after a clock was set are not compared', () => {
  const plant = new PlantScript('inOrder');
  const session = (second: number, stamp: number): number | undefined =>
    plant.hear(second, { value: second, stamp }).present?.clockSession;
  for (let s = 0; s <= 100; s += 10) session(s, s);
  const [before, after] = [session(110, 110), [120, 126, 136].map((s) => session(s, s + 40))];
  expect(after.at(-1)).not.toBe(before);
});

describe('whatever a source says', () => {
  const word = fc.record({
    value: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null, freq: 8 }),
    wait: fc.integer({ min: 0, max: 90 }),
    late: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.integer({ min: -4_000, max: 4_000 })),
    stamped: fc.boolean(),
    settles: fc.boolean(),
    origin: fc.constantFrom(
      'change',
      'change',
      'change',
      'first',
      'redelivered',
      'retained',
      'historical',
      'lost' as const,
    ),
  });
  test.each(['inOrder', 'weighed'] as const)(
    'P8 the newest stored sample says what holds now, whatever comes: %s',
    (delivery) => {
      fc.assert(
        fc.property(fc.array(word, { maxLength: 60 }), (words) => {
          const plant = new PlantScript(delivery);
          let second = 0;
          let heardAt = 0;
          for (const { value, wait, late, stamped, origin, settles } of words) {
            second += wait;
            if (origin === 'lost') plant.lose(second);
            else {
              const quality = value === null ? BAD : 0;
              const taken = plant.hear(second, {
                value,
                stamp: stamped ? second - late : null,
                origin,
                quality,
              });
              if (taken.held) return true;
            }
            expect(plant.tag.present?.heardAt ?? 0).toBeGreaterThanOrEqual(heardAt);
            heardAt = plant.tag.present?.heardAt ?? 0;
            if (!settles || plant.tag.present === null) continue;
            plant.wait((second += 2));
            const { present, newest } = plant.tag;
            expect([newest?.value, newest?.quality]).toEqual([present?.value, present?.quality]);
            expect(newest?.ts).toBe(Math.max(...plant.rows.map((r) => r.ts)));
          }
          return true;
        }),
        { numRuns: 300 },
      );
    },
  );
});

/** Seconds from the script's zero back to 2000-01-01. */
function T2000(): number {
  return 1_750_000_000 - 946_684_800;
}
