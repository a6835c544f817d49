import { QUALITY, TagRows, type Quality, type Sample, type Word } from '../src/index';
import { at } from './plant-script';

const placing = {
  rule: { deadband: 0, maxReportS: 60 },
  era: 0,
  skew: 0,
  now: { wall: at(0), steady: 0 },
};
const TAG = 1 as Sample['tagId'];
const word = (value: number, stamp: number, receipt = stamp, more: Partial<Word> = {}): Word => ({
  tagId: TAG,
  quality: QUALITY.Good,
  value,
  sourceTime: at(stamp),
  receivedAt: at(receipt),
  origin: 'change',
  ...more,
});
const row = (value: number | null, second: number, quality: Quality = QUALITY.Good): Sample => ({
  tagId: TAG,
  ts: at(second),
  quality,
  value,
});
const live = (rows: TagRows, said: Word, around: Partial<typeof placing> = {}): Sample[] =>
  rows.live(said, said.sourceTime, true, false, { ...placing, ...around });

describe('P12 a row that could not be made durable', () => {
  test('is not the newest: that is what was durable before it', () => {
    const rows = new TagRows();
    live(rows, word(1, 0)).forEach((r) => rows.confirm(r));
    const [second] = live(rows, word(2, 10));
    rows.refuse(second as Sample);
    expect(rows.newest).toEqual(row(1, 0));
    expect(live(rows, word(2, 10))).toEqual([row(2, 10)]);
  });
  test('does not hide one that was on its way beside it', () => {
    const rows = new TagRows();
    live(rows, word(1, 0));
    const [second] = live(rows, word(2, 10));
    rows.refuse(row(9, 5));
    rows.confirm(second as Sample);
    expect(rows.newest).toEqual(row(2, 10));
  });
  test('and the next word is stored though it says what the last one did', () => {
    const rows = new TagRows();
    live(rows, word(1, 0)).forEach((r) => rows.confirm(r));
    const [second] = live(rows, word(2, 10));
    rows.refuse(second as Sample);
    expect(live(rows, word(1, 20))).toEqual([row(1, 20)]);
  });
});

describe('P9 after a restart', () => {
  test.each([null, 20e6])(
    'what an earlier run had stored and is sent again stands where it stood, skew %s',
    (skew) => {
      const rows = new TagRows();
      rows.knows(row(5, 3_600), at(3_600));
      rows.marker({ tagId: TAG, quality: QUALITY.BadNoCommunication, value: null }, at(3_610), placing);
      const again = (stamp: number): Sample[] =>
        live(rows, word(stamp, stamp, 3_625, { origin: 'redelivered' }), { skew: skew as never });
      expect([again(3_596), again(3_600)]).toEqual([[row(3_596, 3_596)], [row(3_600, 3_600)]]);
    },
  );
  test('a word of now does not stand before the words of an earlier run', () => {
    const rows = new TagRows();
    rows.knows(row(5, 3_600), at(3_600));
    expect(live(rows, word(6, 10, 3_610), { era: 0, skew: 3_600e6 })).toEqual([row(6, 3_610)]);
  });
  test('but before a mark that its source was away: its clock may be behind', () => {
    const rows = new TagRows();
    rows.knows(row(null, 3_600, QUALITY.BadNoCommunication), at(3_000));
    expect(live(rows, word(6, 3_310, 3_610), { era: 0, skew: 300e6 })).toEqual([row(6, 3_310)]);
  });
  test('nor does such a mark cover any time, where no word was ever stored', () => {
    const rows = new TagRows();
    rows.knows(row(null, 3_600, QUALITY.BadNoCommunication), null);
    expect(live(rows, word(6, 3_310, 3_610), { era: 0, skew: 300e6 })).toEqual([row(6, 3_310)]);
  });
  test('a word sent again that stands after the earlier run has its own time, though its clock is ahead', () => {
    const rows = new TagRows();
    rows.knows(row(5, 3_600), at(3_600));
    const again = word(6, 3_605, 3_595, { origin: 'redelivered' });
    expect(rows.history(again, 0, { ...placing, skew: null as never })).toEqual([row(6, 3_605)]);
  });
  test('what comes after the earlier run stands at its own time', () => {
    const rows = new TagRows();
    rows.knows(row(5, 3_600), at(3_600));
    expect(live(rows, word(6, 3_605, 3_610))).toEqual([row(6, 3_605)]);
  });
  test('a word sent again of a clock that has stood in no time of its own since stands when it was said', () => {
    const rows = new TagRows();
    rows.knows(row(5, 3_600), at(3_600));
    const around = { ...placing, skew: 600e6 };
    live(rows, word(7, 3_020, 3_620), around);
    const again = word(6, 3_010, 3_625, { origin: 'redelivered' });
    expect(rows.history(again, 0, around)).toEqual([row(6, 3_610)]);
  });
  test('what is known late changes nothing of what was stored meanwhile', () => {
    const rows = new TagRows();
    live(rows, word(6, 10));
    rows.knows(row(5, 0), at(0));
    expect(rows.newest).toEqual(row(6, 10));
  });
});

test('P2 a first value from before what was told last stands now: it cannot have become so then', () => {
  const rows = new TagRows();
  live(rows, word(1, 100));
  rows.marker({ tagId: TAG, quality: QUALITY.BadNoCommunication, value: null }, at(110), placing);
  const first = word(2, 50, 120, { origin: 'first' });
  expect(rows.live(first, at(50), false, false, placing)).toEqual([row(2, 120)]);
});

test('P8 no repeat of the newest sample while it does not say what holds now', () => {
  const rows = new TagRows();
  live(rows, word(1, 0));
  expect(rows.repeat(at(200), placing)).toEqual(row(1, 180));
  live(rows, word(2, 100, 200));
  expect(rows.repeat(at(300), placing)).toBeNull();
});

test('P8 P9 a word of a clock that was set which comes late stands when it was said, and what holds now after it', () => {
  const rows = new TagRows();
  live(rows, word(1, 1_000));
  const around = { era: 1, skew: 600e6 };
  expect(live(rows, word(2, 410, 1_010), around)).toEqual([row(2, 1_010)]);
  rows.marker({ tagId: TAG, quality: QUALITY.BadNoCommunication, value: null }, at(1_200), around);
  expect(live(rows, word(3, 590, 1_210), around)).toEqual([row(3, 1_190)]);
  expect(rows.owes).toBe(true);
});

test('P7 a word stored elsewhere is known again, however many without a time came after it', () => {
  const rows = new TagRows();
  rows.putsElsewhere(word(1, 0), at(50));
  for (let s = 60; s < 160; s += 1) rows.putsElsewhere(word(s, s, s, { sourceTime: null }), at(s));
  expect(rows.isElsewhere(word(1, 0, 200, { origin: 'redelivered' }))).toBe(true);
});

test('T1 a word without a time stands at its receipt, though its clock was set before', () => {
  const rows = new TagRows();
  live(rows, word(1, 1_000));
  const said = word(2, 0, 1_010, { sourceTime: null });
  expect(live(rows, said, { era: 1, skew: 600e6 })).toEqual([row(2, 1_010)]);
});

test('P6 what its source keeps as history stands at its own time, though its clock was set since', () => {
  const rows = new TagRows();
  live(rows, word(1, 1_000));
  const kept = word(2, 300, 1_010, { origin: 'historical' });
  expect(rows.history(kept, 0, { ...placing, era: 1, skew: 600e6 })).toEqual([row(2, 300)]);
});

test('P8 two values under one stamp: which of them is the newest is not known, so the next word is stored', () => {
  const rows = new TagRows();
  live(rows, word(1, 10));
  const again = word(2, 10, 20, { origin: 'redelivered' });
  expect(rows.history(again, 0, placing)).toEqual([row(2, 10)]);
  expect(live(rows, word(1, 30))).toEqual([row(1, 30)]);
});
