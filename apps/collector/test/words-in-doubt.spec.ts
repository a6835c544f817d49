import { PlantLine, settled, tagOf } from './plant-line';

/** A device of two tags that speaks every ten seconds, heard until 100 s. */
function running(behind = 0, maxReportS = 60): PlantLine {
  const tags = [tagOf(1, 'a', 'broker', maxReportS), tagOf(2, 'a', 'broker', maxReportS)];
  const line = new PlantLine('mqtt', tags);
  line.sink().connected();
  for (let s = 0; s <= 100; s += 10) line.hear(s, 1, s, s - behind);
  return line;
}
const followed = (words: Promise<unknown>): { isDurable: boolean } => {
  const state = { isDurable: false };
  words.then(
    () => (state.isDurable = true),
    () => undefined,
  );
  return state;
};

describe('P5 a word whose clock is in doubt', () => {
  test('is acknowledged, and so is its copy, when it has its place: not with a later message', async () => {
    const line = running();
    const first = followed(line.hear(700, 1, 999, 110));
    line.hear(701, 2, 5, 111.5);
    await settled();
    const copy = followed(line.hear(702, 1, 999, 110, { origin: 'redelivered' }));
    await settled();
    expect([first.isDurable, copy.isDurable]).toEqual([false, false]);
    line.time.to(900);
    await settled();
    expect([first.isDurable, copy.isDurable, line.stored()]).toEqual([
      true,
      true,
      expect.arrayContaining(['999 good @110']),
    ]);
  });

  test('of a device that speaks once a minute waits for the next one: a clock that was set stays at our time', async () => {
    const line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker')]);
    line.sink().connected();
    for (let s = 0; s <= 3_600; s += 60) line.hear(s, 1, s, s);
    line.hear(3_660, 1, 7, 60);
    line.hear(3_720, 1, 8, 120);
    line.time.to(3_730);
    await settled();
    const beyond = line.stored().slice(61);
    expect(beyond).toEqual(['7 uncertain @3660', '8 good @3720']);
  });

  test('of one tag waited, as the word of another tag shows: what held before holds again', async () => {
    const line = running();
    line.time.to(699);
    expect(line.present()).toBe('none gone');
    line.hear(700, 1, 999, 110);
    expect(line.present()).toBe('999 uncertain');
    line.hear(700, 2, 1, 130);
    expect(line.present()).toBe('none gone');
    await settled();
    expect(line.newest()).toBe('none gone');
  });

  test('was placed since too much waited: what held before holds again all the same when it turns out to have waited', async () => {
    const line = running();
    for (let i = 0; i < 12; i += 1) line.hear(103 + i / 10, 1, 900 + i, -400 + i / 10);
    await settled();
    expect([line.present(), line.stored().includes('900 good @-400')]).toEqual(['911 uncertain', true]);
    line.hear(106, 2, 106, 106);
    expect(line.present()).toBe('100 good');
  });

  test('is not stored as what holds now before it has its place', async () => {
    const line = running();
    line.hear(103, 1, 7, 95);
    line.hear(104, 1, 999, -400);
    line.time.to(109);
    await settled();
    expect(line.stored().slice(-2)).toEqual(['100 good @100', '7 good @95']);
    line.hear(110, 1, 110, 110);
    await settled();
    expect(line.stored().filter((row) => row.startsWith('999'))).toEqual(['999 good @-400']);
    expect(line.newest()).toBe('110 good');
  });

  test('that is ahead of its clock did not wait: it stands at its receipt', async () => {
    const line = running();
    line.hear(110, 1, 7, 150);
    line.hear(120, 1, 8, 120);
    await settled();
    expect(line.stored().slice(-2)).toEqual(['7 uncertain @110', '8 good @120']);
  });

  test('does not stop a broker that sends only so many: of more than ten the first are placed', async () => {
    const tags = Array.from({ length: 14 }, (_, i) => tagOf(i + 1, `s${i}`, 'broker'));
    const line = new PlantLine('mqtt', tags);
    line.sink().connected();
    for (const { tagId } of tags) line.hear(10, tagId, 1, 10);
    const waiting = tags.map(({ tagId }) => followed(line.hear(700, tagId, 2, 100)));
    await settled();
    expect(waiting.filter((w) => w.isDurable)).toHaveLength(4);
    expect(line.stored(1)).toContain('2 good @100');
  });
});

describe('P9 a clock that was set back by an hour', () => {
  test('whose words are sent again while it is in doubt: they wait with it, and stand when they were said', async () => {
    const line = running();
    line.hear(104, 1, 104, 104 - 3_600);
    line.sink().lost('renewed');
    line.sink().connected();
    const again = followed(line.hear(107, 1, 106, 106 - 3_600, { origin: 'redelivered' }));
    await settled();
    expect([again.isDurable, line.present()]).toEqual([false, 'none gone']);
    line.hear(112, 1, 112, 112 - 3_600);
    await settled();
    expect(again.isDurable).toBe(true);
    expect(line.rows.filter(([, , value]) => value === 106).map(([, second]) => second)).toEqual([106]);
  });

  const setBack = (): PlantLine => {
    const line = running();
    for (let s = 110; s <= 200; s += 10) line.hear(s, 1, s, s - 3_600);
    return line;
  };

  test('sends again what was stored at its receipt: it is no news, and stands in no time covered before', async () => {
    const line = setBack();
    await settled();
    const before = line.rows.length;
    line.sink().lost('x');
    line.sink().connected();
    line.hear(205, 1, 180, 180 - 3_600, { origin: 'redelivered' });
    line.hear(205, 1, 190, 190 - 3_600, { origin: 'redelivered' });
    await settled();
    expect(line.rows.slice(before).map(([, , value]) => value)).not.toContain(180);
    expect(line.present()).toBe('none gone');
  });

  test('and sends what it had kept: it stands at our time', async () => {
    const line = setBack();
    line.time.to(800);
    for (let s = 210; s <= 800; s += 10) line.hear(800, 1, 2_000 + s, s - 3_600);
    await settled();
    const kept = line.rows.filter(([, , value]) => value !== null && value > 2_200);
    expect(kept).not.toEqual([]);
    for (const [, second, value] of kept) expect(second).toBeCloseTo((value ?? 0) - 2_000, 0);
  });
});

test('K3 what may be old follows the tag as it is configured now', async () => {
  const line = running(0, 600);
  line.flow.configure([tagOf(1, 'a', 'broker', 60), tagOf(2, 'a', 'broker', 60)]);
  line.hear(700, 1, 1_110, 110);
  line.hear(700, 1, 1_120, 120);
  await settled();
  expect(line.present()).toBe('none gone');
});

test('T1 a stamp that cannot be believed says nothing of the clock for the words beside it, and is shown', async () => {
  const line = running();
  for (let s = 110; s <= 130; s += 5) line.hear(s, 1, s, s + 7_200);
  expect(line.flow.factsOf('broker' as never).skewS).toBe(-7_200);
  line.hear(140, 1, 140, 140);
  await settled();
  expect(line.flow.factsOf('broker' as never)).toMatchObject({ skewS: 0, clockSteps: 0 });
  expect(line.stored().slice(-2)).toEqual(['130 uncertain @130', '140 good @140']);
});

describe('our own wall clock is set back by an hour', () => {
  test('words of now are of now: nothing is in doubt', async () => {
    const line = running();
    line.time.setClock(-3_600);
    line.hear(110, 1, 110, 110 - 3_600);
    expect(line.present()).toBe('110 uncertain');
    line.hear(120, 1, 120, 120);
    expect(line.present()).toBe('120 uncertain');
  });

  test('what holds now is stored two seconds later all the same', async () => {
    const line = running();
    line.hear(103, 1, 7, 95);
    line.time.setClock(-3_600);
    line.time.to(107);
    await settled();
    expect(line.newest()).toBe('7 good');
    // And not at a time that only the new reading makes of an instant of the old one.
    expect(line.stored().at(-1)).toBe('7 good @103');
  });
});

describe('a server with the clocks of several devices', () => {
  const server = (): PlantLine => new PlantLine('opcua', [tagOf(1, 'a', 'plc'), tagOf(2, 'b', 'plc')]);

  test('a repeat stands in the time of its own tag: one device five minutes ahead moves nobody else', async () => {
    const line = server();
    line.sink().connected();
    for (let s = 0; s <= 50; s += 10) line.hear(s, 1, s, s);
    for (let s = 0; s <= 50; s += 10) line.hear(50 + s / 10, 2, s, s + 50);
    line.time.to(200);
    await settled();
    const last = Math.max(...line.rows.filter(([id]) => id === 1).map(([, second]) => second));
    expect(last).toBeLessThanOrEqual(200);
    expect(last).toBeGreaterThan(100);
  });

  test('one ten minutes behind is no clock that is set again and again', async () => {
    const line = server();
    line.sink().connected();
    for (let s = 0; s <= 300; s += 10) {
      line.hear(s, 1, s, s);
      line.hear(s + 1, 2, s, s - 600);
    }
    await settled();
    expect(line.flow.factsOf('plc' as never)).toMatchObject({ clockSteps: 0, skewS: 600 + 1 });
    expect([line.newest(1), line.newest(2)]).toEqual(['300 good', '300 good']);
  });
});
