import { ratePerHour, sparkDomain, sparklinePath } from './sparkline-path';
import { alignPens, unusableSpans, extremes, indexAt, readingAt, zoomed, type TrendPen } from './trend-data';

const MINUTE = 60_000_000;
const pen = (id: string, ts: number[], value: (number | null)[]): TrendPen => ({
  id,
  label: id,
  unit: 'MPa',
  decimals: 3,
  minSpan: 0,
  hold: 60 * MINUTE,
  heldTo: 0,
  ts,
  value,
  min: value.map((v) => (v === null ? null : v - 1)),
  max: value.map((v) => (v === null ? null : v + 1)),
  quality: value.map((v) => (v === null ? -2147483648 : 0)),
  usable: value.map((v) => (v === null ? 0 : 1)),
});

describe('sparkline', () => {
  const frame = { from: 0, to: 100, width: 100, height: 24, minSpan: 1 };
  it('breaks where a value is missing', () => {
    const path = sparklinePath(
      [0, 25, 50, 75, 100].map((ts) => ({ ts, value: ts === 50 ? null : ts })),
      frame,
    );
    expect(path.match(/M/g)).toHaveLength(2);
  });
  it('is empty where there is nothing', () => {
    expect(sparklinePath([{ ts: 5, value: null }], frame)).toBe('');
  });
  it('does not blow noise up to the full height', () => {
    const domain = sparkDomain(
      [
        { ts: 0, value: 0.35 },
        { ts: 1, value: 0.351 },
      ],
      0.02,
    );
    expect(domain?.[0]).toBeCloseTo(0.3405);
    expect(domain?.[1]).toBeCloseTo(0.3605);
  });
});

describe('rate of change', () => {
  const falling = Array.from({ length: 11 }, (_, i) => ({ ts: i * MINUTE, value: 2 - i * 0.01 }));
  it('is the slope per hour', () => {
    expect(ratePerHour(falling, 10 * MINUTE, 10 * MINUTE)).toBeCloseTo(-0.6);
  });
  it('is not guessed from too little', () => {
    expect(ratePerHour(falling.slice(0, 2), MINUTE, 10 * MINUTE)).toBeNull();
    expect(ratePerHour(falling, 60 * MINUTE, 10 * MINUTE)).toBeNull();
  });
});

describe('trend', () => {
  it('puts pens with other times on one axis; only a true gap is null', () => {
    const [x, a, , , b] = alignPens([pen('a', [1e6, 3e6], [10, null]), pen('b', [2e6], [20])]);
    expect(x).toEqual([1, 2, 3]);
    expect(a).toEqual([10, undefined, null]);
    expect(b).toEqual([undefined, 20, undefined]);
  });
  it('knows where a pen had no usable value', () => {
    expect(unusableSpans(pen('a', [1, 2, 3, 4, 5], [1, null, null, 4, null]), 9)).toEqual([
      { from: 2, to: 4, share: 1 },
      { from: 5, to: 9, share: 1 },
    ]);
  });
  it('knows which share of a bucket was not usable, and passes over what is none', () => {
    const mixed = { ...pen('a', [1, 2, 3, 4], [1, 1, null, 4]), usable: [0.999, 0.25, 0, 1] };
    expect(unusableSpans(mixed, 9)).toEqual([
      { from: 2, to: 3, share: 0.75 },
      { from: 3, to: 4, share: 1 },
    ]);
    expect(readingAt(mixed, 2)).toEqual({ value: 1, quality: 0, usable: 0.25 });
  });
  it('breaks the line, and reads nothing, after a silence longer than a value holds', () => {
    const silent = { ...pen('a', [1e6, 2e6, 9e6], [10, 11, 12]), hold: 3e6 };
    const [x, a] = alignPens([silent]);
    expect(x).toEqual([1, 2, 5, 9]);
    expect(a).toEqual([10, 11, null, 12]);
    expect(unusableSpans(silent, 15e6)).toEqual([
      { from: 5e6, to: 9e6, share: 1 },
      { from: 12e6, to: 15e6, share: 1 },
    ]);
    expect(readingAt(silent, 4e6).value).toBe(11);
    expect(readingAt(silent, 6e6).value).toBeNull();
  });
  it('goes on with a steady value as long as it was heard', () => {
    const steady = { ...pen('a', [1e6], [10]), hold: 3e6, heldTo: 8e6 };
    expect(alignPens([steady]).slice(0, 2)).toEqual([
      [1, 8],
      [10, 10],
    ]);
    expect(unusableSpans(steady, 10e6)).toEqual([]);
    expect(unusableSpans(steady, 15e6)).toEqual([{ from: 11e6, to: 15e6, share: 1 }]);
    expect([readingAt(steady, 9e6).value, readingAt(steady, 12e6).value]).toEqual([10, null]);
  });
  it('reads the value that held at an instant', () => {
    const a = pen('a', [10, 20, 30], [1, 2, 3]);
    expect(readingAt(a, 25).value).toBe(2);
    expect(readingAt(a, 5).value).toBeNull();
    expect(readingAt(a, 40).value).toBe(3);
    expect(indexAt([10, 20, 30], 30)).toBe(2);
  });
  it('takes extremes from what every bucket kept, inside the range only', () => {
    expect(extremes(pen('a', [10, 20, 30], [1, 5, 100]), { from: 0, to: 25 })).toEqual({ min: 0, max: 6 });
  });
  it('zooms around an instant that stays where it is', () => {
    const range = zoomed({ from: 0, to: 1_000_000_000 }, 250_000_000, 0.5);
    expect(range).toEqual({ from: 125_000_000, to: 625_000_000 });
  });
});
