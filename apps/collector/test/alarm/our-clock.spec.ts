import type { Micros } from '@linepack/network';
import { OurClock } from '../../src/alarm/our-clock';

/** A wall clock and one that is never set, in seconds. */
const clockAt = (wall: number, monotonic: number) => {
  const time = { wall, monotonic };
  const settings: number[] = [];
  const clock = new OurClock(
    { now: () => (time.wall * 1e6) as Micros, monotonicMs: () => time.monotonic * 1e3 },
    (by) => settings.push(by / 1e6),
  );
  return { time, clock, settings };
};

test.each([
  [0.499, []],
  [-0.499, []],
  [0.5, [0.5]],
  [-0.5, [-0.5]],
  [3_600, [3_600]],
  [-3_600, [-3_600]],
])('set by %d s while ten seconds pass', (by, settings) => {
  const { time, clock, settings: said } = clockAt(1_000, 7);
  time.wall += 10 + by;
  time.monotonic += 10;
  expect(clock.now()).toBe(Math.round((1_010 + by) * 1e6));
  expect(said).toEqual(settings);
  // Once.
  clock.now();
  expect(said).toEqual(settings);
});

test('a clock that is slow by a part in a thousand is never set', () => {
  const { time, clock, settings } = clockAt(0, 0);
  for (let s = 0; s < 3_600; s += 1) {
    time.wall += 0.999;
    time.monotonic += 1;
    clock.now();
  }
  expect(settings).toEqual([]);
});

test('it is said before the reading is given, in whole microseconds', () => {
  const said: (number | string)[] = [];
  const time = { wall: 0, monotonic: 0 };
  const clock = new OurClock({ now: () => time.wall as Micros, monotonicMs: () => time.monotonic }, (by) =>
    said.push(by),
  );
  time.wall = 5_000_000;
  time.monotonic = 1.000_4;
  clock.now();
  said.push('given');
  expect(said).toEqual([4_999_000, 'given']);
});
