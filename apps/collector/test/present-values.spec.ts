import fc from 'fast-check';
import type { Origin } from '@linepack/telemetry';
import { PlantLine, settled, tagOf } from './plant-line';

const BAD = 0x80050000;
const gate = () => new PlantLine('opcua', [tagOf(1, 'gate', 'plc')]);
const device = () => new PlantLine('mqtt', [tagOf(1, 'a', 'broker'), tagOf(2, 'b', 'broker')]);

/** Screen, alarms and database say the same. */
const everywhere = (line: PlantLine): string[] => [line.onScreen().text, line.present(), line.newest()];
const same = (text: string): string[] => [text, text, text];

describe('after a reconnect', () => {
  test.each([300, 2, 0])('a jump is seen everywhere, with a device clock %d s behind', async (behind) => {
    const line = gate();
    line.sink().connected();
    line.hear(0, 1, 3, -behind, { origin: 'first' });
    line.hear(100, 1, 3.1, 100 - behind);
    line.time.to(200);
    line.sink().lost('gone');
    line.time.to(210);
    line.sink().connected();
    line.hear(210, 1, 3.1, 100 - behind, { origin: 'first' });
    line.hear(215, 1, 9, 214.9 - behind);
    line.time.to(3_000);
    await settled();
    expect(everywhere(line)).toEqual(same('9 good'));
  });

  test('the first value and a change within the first second', async () => {
    const line = gate();
    line.sink().connected();
    line.hear(0, 1, 3, -20, { origin: 'first' });
    line.time.to(200);
    line.sink().lost('gone');
    line.time.to(210);
    line.sink().connected();
    line.hear(211, 1, 3, -20, { origin: 'first' });
    line.hear(211, 1, 9, 210.6);
    await settled();
    expect(everywhere(line)).toEqual(same('9 good'));
    expect(line.stored()).toContain('9 good @210.6');
  });

  test('repeats of a clock that is behind stand in its own time', async () => {
    const line = gate();
    line.sink().connected();
    line.hear(0, 1, 3, -300);
    line.hear(10, 1, 3.1, -290);
    line.time.to(400);
    line.hear(401, 1, 9, 100.5);
    await settled();
    expect(everywhere(line)).toEqual(same('9 good'));
    expect(line.stored().filter((row) => row.startsWith('9'))).toEqual(['9 good @100.5']);
  });
});

describe('what had waited', () => {
  test('a broker sends what it kept: nothing old is shown, and every value has its time', async () => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, 1_000 + s, s);
    line.time.to(101);
    line.sink().lost('gone');
    line.time.to(700);
    line.sink().connected();
    line.hear(700, 1, 1_100, 100, { origin: 'redelivered' });
    for (let s = 110; s <= 700; s += 10) line.hear(700, 1, 1_000 + s, s);
    line.hear(710, 1, 1_710, 710);
    await settled();
    expect(everywhere(line)).toEqual(same('1710 good'));
    for (let s = 110; s <= 710; s += 10) expect(line.stored()).toContain(`${1_000 + s} good @${s}`);
    // No value of ten minutes ago stands at the time of its arrival.
    expect(line.stored().filter((row) => /^1[1-4]\d\d \w+ @7\d\d$/.test(row))).toEqual([]);
  });

  test('a device sends its buffer after ten minutes without a link', async () => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, 1_000 + s, s);
    line.time.to(699);
    expect(line.present()).toBe('none gone');
    for (let s = 110; s <= 700; s += 10) line.hear(700, 1, 1_000 + s, s);
    line.hear(710, 1, 1_710, 710);
    await settled();
    expect(everywhere(line)).toEqual(same('1710 good'));
    for (let s = 110; s <= 710; s += 10) expect(line.stored()).toContain(`${1_000 + s} good @${s}`);
  });

  test('a single old message is answered for when its tag is stale without another, at its own time', async () => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, 1_000 + s, s);
    let durable = false;
    void line.hear(700, 1, 1_110, 110).then(() => (durable = true));
    await settled();
    expect(durable).toBe(false);
    expect(line.present()).toBe('1110 uncertain');
    line.time.to(881);
    await settled();
    expect(durable).toBe(true);
    expect(line.stored()).toContain('1110 good @110');
  });
});

test('Bad by the server, then Good with the stamp of the older value', async () => {
  const line = gate();
  line.sink().connected();
  line.hear(0, 1, 3, 0);
  line.hear(20, 1, null, 20, { quality: BAD });
  line.hear(60, 1, 9, 15);
  await settled();
  expect(everywhere(line)).toEqual(same('9 good'));
});

test('one message without a time does not make a device that is ten minutes behind blind', async () => {
  const line = device();
  line.sink().connected();
  line.hear(0, 1, 3, -600);
  line.hear(10, 1, null, null, { quality: BAD });
  for (let s = 20; s <= 900; s += 10) line.hear(s, 1, 9, s - 600);
  await settled();
  expect(everywhere(line)).toEqual(same('9 good'));
});

test('a quality that changes under the same stamp is seen everywhere', async () => {
  const line = gate();
  line.sink().connected();
  line.hear(0, 1, 3, 0);
  line.hear(5, 1, null, 0, { quality: BAD });
  await settled();
  expect(everywhere(line)).toEqual(same('none bad'));
});

describe('a steady value stays fresh on the screen', () => {
  test('of a device that repeats it', () => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 1_000; s += 10) line.hear(s, 1, 3, s);
    expect(line.onScreen().heardAt).toBeGreaterThan(1_000 - 70);
  });
  test('of a server that says it is there', () => {
    const line = gate();
    line.sink().connected();
    line.hear(0, 1, 3, 0, { origin: 'first' });
    for (let s = 5; s <= 1_000; s += 5) {
      line.time.to(s);
      line.sink().heard(line.time.now(), 'all');
    }
    expect(line.onScreen().heardAt).toBeGreaterThan(1_000 - 70);
  });
  test('and not of a device that is silent', () => {
    const line = device();
    line.sink().connected();
    line.hear(0, 1, 3, 0);
    line.time.to(170);
    expect(line.onScreen().heardAt).toBe(0);
    line.time.to(200);
    expect(line.onScreen().text).toBe('none gone');
  });
});

describe('devices that cannot be heard though their broker can', () => {
  test('one that was dead before the start is bad after three reporting intervals', async () => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 300; s += 5) line.hear(s, 1, 3, s);
    await settled();
    expect(line.present(2)).toBe('none gone');
    expect(line.stored(2)).toEqual(['none gone @185']);
  });
  test.each(['retained', 'redelivered'] as const)(
    'one that is dead is not heard by what its broker says again: %s',
    (origin) => {
      const line = device();
      line.sink().connected();
      line.hear(0, 1, 3, 0);
      line.hear(150, 1, 3, 0, { origin });
      line.time.to(190);
      expect(line.present()).toBe('none gone');
    },
  );
  test('a source that never was there: bad from the beginning', async () => {
    const line = device();
    line.sink().lost('refused');
    await settled();
    expect([line.present(1), line.present(2)]).toEqual(['none gone', 'none gone']);
  });
});

describe('a word that could not be made durable', () => {
  test('is taken as new when its broker sends it again', async () => {
    const line = device();
    line.sink().connected();
    line.refuse = Object.assign(new Error('full'), { name: 'SpoolFullError' });
    await expect(line.hear(1, 1, 5, 1)).rejects.toThrow('full');
    line.refuse = null;
    await line.hear(6, 1, 5, 1, { origin: 'redelivered' });
    expect(line.stored()).toEqual(['5 good @1']);
    expect(line.flow.ledger.sum()).toMatchObject({
      received: 2,
      stored: 1,
      refused: { SpoolFullError: 1 },
      waiting: 0,
      uncounted: 0,
    });
  });
});

describe('the loss ledger', () => {
  test('has a column for every word', async () => {
    const line = device();
    line.sink().connected();
    line.hear(0, 1, 3, 0);
    line.hear(1, 1, 3, 1);
    line.hear(1, 1, 3, 1, { origin: 'redelivered' });
    line.hear(500, 1, 3, 2, { origin: 'redelivered' });
    line.hear(501, 1, 3, null, { origin: 'historical' });
    line.flow.configure([line.tags[1] as never]);
    line.hear(502, 1, 3, 502);
    await settled();
    expect(line.flow.ledger.sum()).toEqual({
      received: 6,
      stored: 1,
      unchanged: 1,
      duplicate: 1,
      history: 1,
      discarded: 2,
      refused: {},
      waiting: 0,
      uncounted: 0,
    });
  });

  test('agrees whatever comes, and no word is answered for before it is stored', async () => {
    const word = fc.record({
      tagId: fc.integer({ min: 1, max: 2 }),
      value: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
      wait: fc.integer({ min: 0, max: 120 }),
      late: fc.oneof(fc.integer({ min: -2, max: 9 }), fc.integer({ min: -5_000, max: 5_000 })),
      origin: fc.constantFrom<Origin>('change', 'change', 'first', 'redelivered', 'historical'),
      link: fc.constantFrom('stays', 'stays', 'stays', 'lost', 'refuses'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('opcua' as const, 'mqtt' as const),
        fc.array(word),
        async (kind, words) => {
          const line = new PlantLine(kind, [tagOf(1, 'a', 'x'), tagOf(2, 'a', 'x')]);
          line.sink().connected();
          let second = 0;
          for (const { tagId, value, wait, late, origin, link } of words) {
            second += wait;
            line.time.to(second);
            if (link === 'lost') line.sink().lost('gone');
            if (link === 'lost') line.sink().connected();
            line.refuse = link === 'refuses' ? new Error('no') : null;
            line.hear(second, tagId, value, second - late, { origin, quality: value === null ? BAD : 0 });
            await settled();
            expect(line.flow.ledger.sum()).toMatchObject({
              received: line.flow.ledger.sum().received,
              uncounted: 0,
            });
          }
          line.refuse = null;
          line.flow.stop();
          await settled();
          const sum = line.flow.ledger.sum();
          expect([sum.received, sum.uncounted, sum.waiting]).toEqual([words.length, 0, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a word in doubt', () => {
  const inDoubt = (): { line: PlantLine; acknowledged: () => boolean } => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, s, s);
    let durable = false;
    void line.hear(700, 1, 999, 110).then(
      () => (durable = true),
      () => undefined,
    );
    return { line, acknowledged: () => durable };
  };

  test('that could not be stored is taken as new when it comes again', async () => {
    const { line } = inDoubt();
    line.refuse = Object.assign(new Error('full'), { name: 'SpoolFullError' });
    line.time.to(881);
    await settled();
    line.refuse = null;
    line.sink().lost('x');
    line.time.to(885);
    line.sink().connected();
    const again = line.hear(886, 1, 999, 110, { origin: 'redelivered' });
    line.time.to(1_070);
    await again;
    expect(line.stored()).toContain('999 good @110');
  });

  test('is stored though its tag went to another collector meanwhile', async () => {
    const { line, acknowledged } = inDoubt();
    line.flow.configure([line.tags[1] as never]);
    line.time.to(881);
    await settled();
    expect([acknowledged(), line.stored().includes('999 good @110')]).toEqual([true, true]);
  });

  test('waited when the one before it under the same stamp did', async () => {
    const line = device();
    line.sink().connected();
    for (let s = 0; s <= 100; s += 10) line.hear(s, 1, s, s);
    line.hear(700, 1, 700, 700);
    for (let s = 110; s <= 200; s += 10) {
      line.hear(701, 1, 1_000 + s, s);
      line.hear(701, 1, 2_000 + s, s);
    }
    await settled();
    expect(line.alarmed.filter((v) => v.quality === 0 && (v.value ?? 0) > 1_000)).toEqual([]);
    expect(line.present()).toBe('700 good');
  });
});
