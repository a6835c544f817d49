import { append, bucketWidth, dropBefore, emptyColumns, joined } from './trend-join';
import { rangeOf, windowFor } from './trend-range';

const HOUR = 3_600_000_000;
const HOLD = 100;

describe('history joined with live', () => {
  const history = {
    tagId: 7,
    ts: [10, 20, 30],
    value: [1, 2, 9],
    min: [0, 1, 8],
    max: [2, 3, 10],
    quality: [0, 0, -2147483648],
    usable: [1, 1, 0],
  };
  it('takes only what is newer, and a bad value as a gap', () => {
    const columns = joined(
      history,
      [
        [7, 25, 0, 2.5, 25],
        [7, 40, 0, 4, 40],
        [7, 50, -2147483648, 5, 50],
      ],
      HOLD,
    );
    expect(columns.ts).toEqual([10, 20, 30, 40, 50]);
    expect(columns.value).toEqual([1, 2, null, 4, null]);
  });
  it('keeps the mean of a bucket whose worst was Bad, with the share it is of', () => {
    const columns = joined(
      { ...history, usable: [1, 0.5, 0], quality: [0, -2147483648, -2147483648] },
      [],
      HOLD,
    );
    expect(columns.value).toEqual([1, 2, null]);
    expect(columns.usable).toEqual([1, 0.5, 0]);
  });
  it('ignores a sample it has already', () => {
    const columns = emptyColumns();
    expect(append(columns, [7, 10, 0, 1, 10], HOLD)).toBe(true);
    expect(append(columns, [7, 10, 0, 1, 10], HOLD)).toBe(false);
    expect(columns.ts).toEqual([10]);
  });
  it('goes on as long as a steady value is said again, without a new point that could hold back the next change', () => {
    const columns = joined(
      { ...history, ts: [10], value: [1], min: [1], max: [1], quality: [0], usable: [1] },
      [],
      HOLD,
    );
    // It became so long ago; its source's clock is a little behind ours.
    expect(append(columns, [7, 2, 0, 1, 70], HOLD)).toBe(true);
    expect([columns.ts, columns.heldTo]).toEqual([[10], 70]);
    // Not by our clock alone: after a gap, or far from the source's own, nobody knows.
    expect(append(columns, [7, 2, 0, 1, 71 + HOLD], HOLD)).toBe(false);
    expect(append(columns, [7, 68, 0, 5, 71], HOLD)).toBe(true);
    expect([columns.ts, columns.value]).toEqual([
      [10, 68],
      [1, 5],
    ]);
  });
  it('breaks the line where the quality changed under an unchanged stamp', () => {
    const columns = emptyColumns();
    append(columns, [7, 10, 0, 1, 10], HOLD);
    expect(append(columns, [7, 10, -2147483648, null, 12], HOLD)).toBe(true);
    expect([columns.ts, columns.value]).toEqual([
      [10, 11],
      [1, null],
    ]);
  });
});

describe('the buckets of a history', () => {
  it('are as wide as the smallest step between two', () => {
    expect(bucketWidth([{ ts: [0, 20, 60] }, { ts: [10] }, { ts: [] }])).toBe(20);
    expect(bucketWidth([{ ts: [7] }])).toBe(0);
  });
});

describe('a trend that follows for a shift', () => {
  it('keeps what it shows and the point before it, no more', () => {
    const columns = emptyColumns();
    for (let ts = 1; ts <= 50; ts++) {
      append(columns, [7, ts, 0, ts, ts], HOLD);
      dropBefore(columns, ts - 10);
    }
    expect(columns.ts).toEqual([39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
    expect(columns.value).toEqual(columns.ts);
    expect(columns.quality).toHaveLength(12);
    dropBefore(columns, 99);
    expect(columns.ts).toEqual([50]);
  });
});

describe('the window', () => {
  it('follows the present with its own span', () => {
    const range = rangeOf({ kind: 'following', span: HOUR }, 100 * HOUR + 1);
    expect(range.to - range.from).toBe(HOUR);
    expect(range.to).toBeGreaterThan(100 * HOUR);
    expect(range.to).toBeLessThan(100 * HOUR + 10_000_000);
  });
  it('stands still in the past and follows again when moved into the future', () => {
    const past = { from: 10 * HOUR, to: 11 * HOUR };
    expect(windowFor(past, 100 * HOUR)).toEqual({ kind: 'fixed', range: past });
    expect(windowFor({ from: 99.5 * HOUR, to: 100.5 * HOUR }, 100 * HOUR)).toEqual({
      kind: 'following',
      span: HOUR,
    });
  });
});
