import type { Micros } from '@linepack/network';
import fc from 'fast-check';
import { SourceClock, type Instant } from '../src/index';

const S = 1_000_000;
const T = 1_750_000_000 * S;
const at = (s: number): Micros => Math.round(T + s * S) as Micros;
const received = (s: number): Instant => ({ wall: at(s), steady: at(s) });
/** How far a clock is behind ours. */
const skewOf = (clock: SourceClock): number | null => clock.skewAt(received(0));
const STALE = 180 * S;

/** Feeds lines of "receipt stamp", in seconds; answers with what each word was. */
function standings(
  clock: SourceClock,
  words: readonly (readonly [receipt: number, stamp: number])[],
): string[] {
  return words.map(([receipt, stamp]) => {
    const { standing, stepped } = clock.hear(at(stamp), received(receipt), STALE);
    return stepped ? 'set' : standing;
  });
}
const steady = (clock: SourceClock, from: number, to: number, lag: number, every = 10): string[] =>
  standings(
    clock,
    Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => [
      from + i * every,
      from + i * every - lag,
    ]),
  );

describe('K1 the skew is the smallest delay of the last ten minutes', () => {
  test('one late word does not move it, a quicker one does', () => {
    const clock = new SourceClock();
    expect(skewOf(clock)).toBeNull();
    standings(clock, [
      [0, -5],
      [10, -20],
      [20, 18],
    ]);
    expect(skewOf(clock)).toBe(2 * S);
    expect(clock.ageOf(at(10), received(30))).toBe(18 * S);
  });
  test('a clock that loses time is followed when the quick words are ten minutes past', () => {
    const clock = new SourceClock();
    steady(clock, 0, 60, 1);
    steady(clock, 70, 659, 4);
    expect(skewOf(clock)).toBe(1 * S);
    steady(clock, 660, 730, 4);
    expect(skewOf(clock)).toBe(4 * S);
  });
  test('a device that is ten minutes behind from the beginning has that skew, and its words are of now', () => {
    const clock = new SourceClock();
    expect(
      standings(clock, [
        [0, -600],
        [10, -590],
        [20, -580],
      ]),
    ).toEqual(['doubtful', 'fresh', 'fresh']);
    expect(skewOf(clock)).toBe(600 * S);
  });
  test('a device that is forty seconds ahead from the beginning has that skew, and its words are of now', () => {
    const clock = new SourceClock();
    expect(
      standings(clock, [
        [0, 40],
        [10, 50],
      ]),
    ).toEqual(['fresh', 'fresh']);
    expect(skewOf(clock)).toBe(-40 * S);
  });
  test('our own wall clock set back: the clocks of the plant are where they were, that much off ours', () => {
    const clock = new SourceClock();
    steady(clock, 0, 100, 20);
    const later: Instant = { wall: at(110 - 3_600), steady: at(110) };
    expect(clock.hear(at(90), later, STALE)).toEqual({
      standing: 'fresh',
      age: 0,
      stepped: false,
      begins: false,
    });
    expect(clock.skewAt(later)).toBe(-3_580 * S);
  });
});

test('K2 after a long silence one late word does not make the clock late', () => {
  const clock = new SourceClock();
  steady(clock, 0, 60, 1);
  standings(clock, [[2_000, 1_900]]);
  expect(skewOf(clock)).toBe(1 * S);
  steady(clock, 2_010, 2_700, 100);
  expect(skewOf(clock)).toBe(100 * S);
});

describe('K3 what follows tells a clock that was set from words that had waited', () => {
  const known = (): SourceClock => {
    const clock = new SourceClock();
    steady(clock, 0, 100, 0);
    return clock;
  };
  test('set back by an hour: doubtful until the pace is seen, then of now', () => {
    const clock = known();
    expect(
      standings(clock, [
        [110, -3_490],
        [112, -3_488],
        [116, -3_484],
        [126, -3_474],
      ]),
    ).toEqual(['doubtful', 'doubtful', 'set', 'fresh']);
    expect(skewOf(clock)).toBe(3_600 * S);
    expect(clock.steps).toBe(1);
  });
  test('set back, and one word late on the way: the next, in step again, is no backlog', () => {
    expect(
      standings(known(), [
        [110, -3_490],
        [114, -3_486],
        [120, -3_483],
        [120, -3_480],
      ]),
    ).toEqual(['doubtful', 'doubtful', 'doubtful', 'set']);
  });
  test('set forward by an hour', () => {
    const clock = known();
    expect(
      standings(clock, [
        [110, 3_710],
        [120, 3_720],
        [130, 3_730],
      ]),
    ).toEqual(['doubtful', 'set', 'fresh']);
    expect(skewOf(clock)).toBe(-3_600 * S);
  });
  test('one garbled stamp ahead leaves the clock as it was', () => {
    const clock = known();
    expect(
      standings(clock, [
        [110, 9_999_999],
        [120, 120],
        [130, 130],
      ]),
    ).toEqual(['doubtful', 'fresh', 'fresh']);
    expect([skewOf(clock), clock.steps]).toEqual([0, 0]);
  });
  test('one garbled stamp ahead makes no backlog of a clock that is set forward later', () => {
    expect(
      standings(known(), [
        [110, 3_710],
        [120, 120],
        [130, 3_730],
        [140, 3_740],
      ]),
    ).toEqual(['doubtful', 'fresh', 'doubtful', 'set']);
  });
  test('set forward twice within a few seconds: of now by its last setting, and nothing of it had waited', () => {
    const clock = known();
    expect(
      standings(clock, [
        [110, 410],
        [112, 712],
        [114, 714],
        [118, 718],
        [128, 728],
      ]),
    ).toEqual(['doubtful', 'doubtful', 'doubtful', 'set', 'fresh']);
    expect(skewOf(clock)).toBe(-600 * S);
  });
  test('set back, late on the way, and set forward a little: of now by its last setting', () => {
    const clock = known();
    expect(
      standings(clock, [
        [110, -3_490],
        [200, -3_450],
        [204, -3_421],
        [208, -3_417],
        [210, -3_415],
      ]),
    ).toEqual(['doubtful', 'doubtful', 'doubtful', 'doubtful', 'set']);
    expect(skewOf(clock)).toBe(3_625 * S);
  });
  test('a backlog of long ago tells nothing of a clock that is set back today', () => {
    const clock = new SourceClock();
    steady(clock, 0, 1_000, 0);
    standings(clock, [
      [1_001, 100],
      [1_002, 1_002],
    ]);
    steady(clock, 1_010, 4_000, 0);
    expect(
      standings(clock, [
        [4_010, 410],
        [4_020, 420],
      ]),
    ).toEqual(['doubtful', 'set']);
  });
  test('what a broker kept for ten minutes comes at once', () => {
    const words = [110, 120, 130, 500, 519, 521, 690].map((stamp) => [700, stamp] as const);
    expect(standings(known(), words)).toEqual([
      'doubtful',
      'backlog',
      'backlog',
      'backlog',
      'backlog',
      'fresh',
      'fresh',
    ]);
  });
  test('a device that sends its buffer slowly, but faster than it was made', () => {
    const words = Array.from({ length: 8 }, (_, i) => [700 + i, 110 + 3 * i] as const);
    const seen = standings(known(), words);
    expect(seen.slice(0, 2)).toEqual(['doubtful', 'doubtful']);
    expect(seen.slice(2)).toEqual(Array(6).fill('backlog'));
  });
  test('a clock that stands still is not believed for long', () => {
    const clock = known();
    const seen = standings(clock, [
      [300, 100],
      [310, 100],
      [320, 100],
    ]);
    expect(seen).toEqual(['doubtful', 'set', 'fresh']);
  });
});

test('K4 a word of now among old ones: the old ones had waited', () => {
  const clock = new SourceClock();
  steady(clock, 0, 1_000, 0);
  expect(
    standings(clock, [
      [1_001, 100],
      [1_002, 1_002],
      [1_008, 107],
      [1_009, 1_009],
      [1_020, 119],
    ]),
  ).toEqual(['doubtful', 'fresh', 'backlog', 'fresh', 'backlog']);
  expect(clock.steps).toBe(0);
});

test('K5 a clock of which nothing was known is not said to have been set', () => {
  const clock = new SourceClock();
  const words = [
    [0, -10_000],
    [6, -9_994],
    [12, -9_988],
  ] as const;
  expect(words.map(([r, s]) => clock.hear(at(s), received(r), STALE).stepped)).toEqual([false, false, false]);
  expect(clock.steps).toBe(0);
});

test('K5 it begins anew, set or not known before, with the word that shows it and with no copy of that', () => {
  const beginning = (clock: SourceClock, words: readonly (readonly [number, number])[]): boolean[] =>
    words.map(([r, s]) => clock.hear(at(s), received(r), STALE).begins);
  const words = [
    [110, -3_490],
    [120, -3_480],
    [120, -3_480],
    [130, -3_470],
  ] as const;
  const known = new SourceClock();
  steady(known, 0, 100, 0);
  expect(beginning(known, words)).toEqual([false, true, false, false]);
  expect(beginning(new SourceClock(), words)).toEqual([false, true, false, false]);
});

describe('K6 a tag whose words arrive does not stay blind behind a backlog', () => {
  test('a device that was set back by three hours while its buffer waited', () => {
    const clock = new SourceClock();
    steady(clock, 0, 100, 0);
    standings(clock, [
      [700, 110],
      [700, 120],
    ]);
    const later = standings(
      clock,
      Array.from({ length: 6 }, (_, i) => [710 + i * 10, -10_800 + i * 10] as const),
    );
    expect(later).toEqual(['doubtful', 'set', 'fresh', 'fresh', 'fresh', 'fresh']);
  });
  test('a device that was set back soon after it had sent its buffer', () => {
    const clock = new SourceClock();
    steady(clock, 0, 100, 0);
    standings(clock, [
      [700, 110],
      [700, 120],
      [700, 700],
      [710, 710],
    ]);
    expect(
      standings(clock, [
        [720, 0],
        [730, 10],
      ]),
    ).toEqual(['doubtful', 'set']);
  });
  test('a queue that holds words from before and after its clock was set', () => {
    const clock = new SourceClock();
    steady(clock, 0, 100, 0);
    const queue = [110, 120, 130, -3_460, -3_450, -3_440].map((stamp) => [160, stamp] as const);
    expect(standings(clock, queue).slice(0, 4)).toEqual(['fresh', 'fresh', 'fresh', 'doubtful']);
    expect(
      standings(clock, [
        [170, -3_430],
        [180, -3_420],
      ]),
    ).toEqual(['doubtful', 'set']);
  });
});

test('K7 the values of one message are one reading', () => {
  const clock = new SourceClock();
  steady(clock, 0, 100, 0);
  expect(
    standings(clock, [
      [700, 110],
      [700, 110],
      [700, 110],
      [700, 120],
    ]),
  ).toEqual(['doubtful', 'doubtful', 'doubtful', 'backlog']);
});

describe('whatever a clock does', () => {
  test('K3 a constant offset is of now within five seconds and two words, and stays so', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 1, max: 60 }),
        (before, after, every) => {
          const clock = new SourceClock();
          steady(clock, 0, every * 10, before, every);
          const from = every * 11;
          const seen = steady(clock, from, from + every * 20, after, every);
          const settled = seen.slice(Math.max(2, Math.ceil(5 / every) + 1));
          return settled.every((s) => s === 'fresh');
        },
      ),
    );
  });
  test('K3 what waited is never taken for a clock that was set', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.tuple(fc.integer({ min: 3, max: 60 }), fc.integer({ min: 0, max: 2 })), { minLength: 2 }),
        (skew, gaps) => {
          const clock = new SourceClock();
          steady(clock, 0, 100, skew);
          let stamp = 100 - skew;
          let receipt = 5_000;
          const words = gaps.map(([made, took]) => [(receipt += took), (stamp += made)] as const);
          standings(clock, words);
          return clock.steps === 0 || skew > 180;
        },
      ),
    );
  });
});
