import type { Micros, TagId } from '@linepack/network';
import fc from 'fast-check';
import {
  QUALITY,
  dueRepeat,
  integerOfWords,
  isWorthStoring,
  numberOf,
  qualityClass,
  qualityOf,
  scaled,
  statusCodeOf,
  type ReportState,
  type Sample,
} from '../src/index';

const second = 1_000_000;
const sample = (s: number, value: number | null, quality: number = 0): Sample => ({
  tagId: 1 as TagId,
  ts: (s * second) as Micros,
  quality: qualityOf(quality),
  value,
});

test('status codes keep all 32 bits', () => {
  fc.assert(fc.property(fc.nat(0xffffffff), (code) => statusCodeOf(qualityOf(code)) === code));
  expect(qualityClass(qualityOf(0x80310000))).toBe('bad');
  expect(qualityClass(qualityOf(0x40920000))).toBe('uncertain');
  expect(qualityClass(qualityOf(0x00000402))).toBe('good');
});

describe('numbers off the wire', () => {
  test.each([
    [true, 1],
    [false, 0],
    [-0.5, -0.5],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['1', null],
    [null, null],
  ])('%s → %s', (raw, value) => expect(numberOf(raw)).toBe(value));
  test('64-bit integers come back from their words', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const words = BigInt.asUintN(64, BigInt(n));
        return integerOfWords([Number(words >> 32n), Number(words & 0xffffffffn)], 'Int64') === n;
      }),
    );
    expect(integerOfWords([0xffffffff, 0xffffffff], 'UInt64')).toBe(2 ** 64);
    expect(integerOfWords([1], 'UInt64')).toBeNull();
    expect(integerOfWords([1, 'x'], 'UInt64')).toBeNull();
    expect(integerOfWords([Number.NaN, 1], 'UInt64')).toBeNull();
    expect(integerOfWords(7, 'Int64')).toBeNull();
  });
});

describe('scaling', () => {
  const scale = { factor: 0.001, offset: -0.1 };
  test('factor and offset', () =>
    expect(scaled({ quality: QUALITY.Good, value: 450 }, scale).value).toBeCloseTo(0.35));
  test('overflow is bad and null', () =>
    expect(scaled({ quality: QUALITY.Good, value: 1e308 }, { factor: 100, offset: 0 })).toEqual({
      quality: QUALITY.BadOutOfRange,
      value: null,
    }));
  test('good without a number is bad; bad without a number stays what it was', () => {
    expect(scaled({ quality: QUALITY.Good, value: null }, scale).quality).toBe(QUALITY.BadDecodingError);
    expect(scaled({ quality: QUALITY.BadNoCommunication, value: null }, scale).quality).toBe(
      QUALITY.BadNoCommunication,
    );
  });
});

describe('what is stored', () => {
  const rule = { deadband: 0.5, maxReportS: 60 };
  const bad = QUALITY.BadNoCommunication;
  // second, value, quality → stored?
  const script: [number, number | null, number, boolean, string][] = [
    [0, 10, 0, true, 'the first'],
    [1, 10.5, 0, false, 'inside the deadband'],
    [1, 10.5, 0, false, 'again'],
    [2, 10.51, 0, true, 'beyond the deadband of the stored value'],
    [2, 10.51, 0, false, 'the same once more'],
    [2, 11.6, 0, true, 'another value with the same stamp'],
    [3, 11.6, bad, true, 'the quality changed'],
    [4, null, bad, true, 'the value went'],
    [5, null, bad, false, 'still gone'],
    [64, null, bad, true, 'the reporting interval passed'],
    [50, 11.7, 0, true, 'late data'],
    [65, null, bad, false, 'late data did not move the clock back'],
  ];
  test('minute by minute', () => {
    let state: ReportState = null;
    for (const [s, value, quality, stored, why] of script) {
      const now = sample(s, value, quality);
      expect([why, isWorthStoring(state, now, rule)]).toEqual([why, stored]);
      if (stored && now.ts >= (state?.ts ?? 0)) state = now;
    }
  });
  test('the same value is stored where it is late, and where only its quality is another', () => {
    expect(isWorthStoring(sample(10, 1), sample(5, 1), rule)).toBe(true);
    expect(isWorthStoring(sample(10, 1), sample(11, 1, QUALITY.Uncertain), rule)).toBe(true);
    expect(isWorthStoring(sample(10, null, bad), sample(10, null, bad), rule)).toBe(false);
  });
  test('a deadband of 0 stores every change and no repetition', () => {
    const all = { deadband: 0, maxReportS: 60 };
    expect(isWorthStoring(sample(0, 1), sample(1, 1 + 1e-12), all)).toBe(true);
    expect(isWorthStoring(sample(0, 1), sample(1, 1), all)).toBe(false);
    // Two values under one stamp are two, however near they are.
    const coarse = { deadband: 0.5, maxReportS: 60 };
    expect(isWorthStoring(sample(0, 1), sample(0, 1.1), coarse)).toBe(true);
    expect(isWorthStoring(sample(0, 1), sample(0, 1), coarse)).toBe(false);
  });
  test('a steady drift below the deadband is never more than the deadband behind', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), { maxLength: 50 }), (steps) => {
        let state: ReportState = null;
        let value = 0;
        return steps.every((step, i) => {
          const now = sample(i, (value += step));
          if (isWorthStoring(state, now, rule)) state = now;
          return state !== null && Math.abs((state.value as number) - value) <= rule.deadband;
        });
      }),
    );
  });
  test('a repeat falls due one interval on, a few seconds later', () => {
    const at = (s: number) => dueRepeat(sample(0, 1), (s * second) as Micros, rule);
    expect(at(64)).toBeNull();
    expect(at(65)).toEqual(sample(60, 1));
    expect(at(200)).toEqual(sample(180, 1));
    expect(dueRepeat(null, 0 as Micros, rule)).toBeNull();
  });
});
