import type { LiveSample } from '@linepack/contracts';
import fc from 'fast-check';
import { RoomThrottle } from './room-throttle';

const INTERVAL = 250;
const sample = (tagId: number, value: number): LiveSample => [tagId, value, 0, value, value];

describe('a room', () => {
  it('that was quiet sends at once, then once an interval, each tag with its newest value', () => {
    const throttle = new RoomThrottle(INTERVAL);
    throttle.put('north', sample(1, 10));
    expect(throttle.nextAt).toBe(Number.NEGATIVE_INFINITY);
    expect(throttle.take(1_000)).toEqual([['north', [sample(1, 10)]]]);
    expect(throttle.nextAt).toBeNull();
    throttle.put('north', sample(1, 11));
    throttle.put('north', sample(2, 20));
    throttle.put('north', sample(1, 12));
    expect([throttle.nextAt, throttle.take(1_249)]).toEqual([1_250, []]);
    expect(throttle.take(1_250)).toEqual([['north', [sample(1, 12), sample(2, 20)]]]);
    expect(throttle.take(1_600)).toEqual([]);
    throttle.put('north', sample(1, 13));
    expect(throttle.take(1_600)).toEqual([['north', [sample(1, 13)]]]);
  });

  it('does not wait for another', () => {
    const throttle = new RoomThrottle(INTERVAL);
    throttle.put('north', sample(1, 10));
    throttle.take(0);
    throttle.put('north', sample(1, 11));
    throttle.put('south', sample(2, 20));
    expect(throttle.take(1)).toEqual([['south', [sample(2, 20)]]]);
    expect(throttle.nextAt).toBe(250);
  });

  // Each step: a while later, a value of a tag for a room. A timer that asks late is part of the game.
  const steps = fc.array(
    fc.record({
      after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 700 })),
      room: fc.constantFrom('north', 'south'),
      tagId: fc.integer({ min: 1, max: 3 }),
      timerLate: fc.integer({ min: 0, max: 60 }),
    }),
    { maxLength: 60 },
  );

  it('gets the last value of every tag, never an older one after a newer, and at most four sends a second', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const throttle = new RoomThrottle(INTERVAL);
        const sent = new Map<string, { at: number; samples: LiveSample[] }[]>();
        const [last, arrived] = [new Map<string, LiveSample>(), new Map<string, LiveSample>()];
        const send = (now: number) => {
          for (const [room, samples] of throttle.take(now))
            sent.set(room, [...(sent.get(room) ?? []), { at: now, samples }]);
        };
        let now = 0;
        let value = 0;
        const timers = (until: number, late: number) => {
          for (let at = throttle.nextAt; at !== null && at + late <= until; at = throttle.nextAt)
            send(Math.max(now, at) + late);
        };
        for (const { after, room, tagId, timerLate } of script) {
          timers(now + after, timerLate);
          now += after;
          const quiet = (sent.get(room)?.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + INTERVAL <= now;
          const next = sample(tagId, (value += 1));
          throttle.put(room, next);
          last.set(`${room} ${tagId}`, next);
          send(now);
          if (quiet) expect(sent.get(room)?.at(-1)).toMatchObject({ at: now });
        }
        timers(Number.POSITIVE_INFINITY, 0);
        for (const [room, sends] of sent) {
          const newest = new Map<number, LiveSample>();
          for (const { at, samples } of sends) {
            expect(sends.filter((s) => s.at >= at && s.at < at + 1_000).length).toBeLessThanOrEqual(4);
            for (const one of samples) {
              expect(one[4]).toBeGreaterThan(newest.get(one[0])?.[4] ?? 0);
              newest.set(one[0], one);
            }
          }
          for (const [tagId, one] of newest) arrived.set(`${room} ${tagId}`, one);
        }
        expect(arrived).toEqual(last);
        expect(throttle.nextAt).toBeNull();
      }),
    );
  });
});
