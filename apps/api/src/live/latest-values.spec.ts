import type { LiveSample } from '@linepack/contracts';
import fc from 'fast-check';
import { LatestValues } from './latest-values';

const BAD = -2_147_483_648;
const SECOND = 1_000_000;
const T0 = 1_770_000_000 * SECOND;
const under = (now: number, epoch = 1) => ({ epoch, now });
const valueOf = (latest: LatestValues) => latest.of([1])[0];

describe('the present value', () => {
  it('follows a change of quality under an unchanged stamp', () => {
    const latest = new LatestValues();
    latest.take([1, T0, 0, 3.2, T0], under(T0));
    latest.take([1, T0, BAD, null, T0], under(T0));
    expect(valueOf(latest)).toMatchObject({ quality: BAD, lastGood: { ts: T0, value: 3.2 } });
  });

  it.each([2 ** 53 - 1, T0 + 3_600 * SECOND])('is not kept by a source time far ahead: %d', (ahead) => {
    const latest = new LatestValues();
    latest.take([1, ahead, 0, 3.2, T0], under(T0));
    expect(latest.take([1, T0 + SECOND, 0, 3.3, T0 + SECOND], under(T0 + SECOND))).not.toBeNull();
    expect(valueOf(latest)?.value).toBe(3.3);
  });

  it('is not kept by a collector whose clock is far ahead: it was heard now', () => {
    const latest = new LatestValues();
    expect(latest.take([1, T0, 0, 3.2, 2 ** 53 - 1], under(T0))).toEqual([1, T0, 0, 3.2, T0]);
    expect(latest.take([1, T0, 0, 3.3, T0 + 1], under(T0 + 1))?.[3]).toBe(3.3);
  });

  it('goes on when our own clock was set back an hour', () => {
    const latest = new LatestValues();
    latest.take([1, T0, 0, 3.2, T0], under(T0));
    const back = T0 - 3_600 * SECOND;
    expect(latest.take([1, T0, 0, 3.3, T0 + SECOND], under(back))?.[3]).toBe(3.3);
  });

  it('is not taken back by an earlier owner, as a stopped collector may say when it wakes, however late it says so', () => {
    const latest = new LatestValues();
    latest.take([1, T0, 0, 3.2, T0 + 5], under(T0 + 10, 7));
    for (const said of [T0 + 4, T0 + 9, 2 ** 53 - 1])
      expect(latest.take([1, T0 + 99, 0, 1.1, said], under(T0 + 10, 6))).toBeNull();
    latest.seed([{ tagId: 1, ts: T0 + 99, quality: 0, value: 1.1, heardAt: T0 + 4, lastGood: null }]);
    expect(valueOf(latest)?.value).toBe(3.2);
  });

  it('goes on at once when our own clock was set back by an hour, with words on their way for a moment', () => {
    const latest = new LatestValues();
    const lag = 20_000;
    latest.take([1, T0, 0, 3.2, T0 - lag], under(T0));
    const back = T0 - 3_600_000_000;
    expect(latest.take([1, back, 0, 9.9, back - lag], under(back))).not.toBeNull();
    expect(valueOf(latest)?.value).toBe(9.9);
  });

  it('is taken at once from a new owner whose clock is behind, and was not heard before what it replaces', () => {
    const latest = new LatestValues();
    latest.take([1, T0, 0, 3.2, T0], under(T0, 4));
    const behind = T0 - 600 * SECOND;
    expect(latest.take([1, behind, 0, 9.9, behind], under(T0 + 9, 5))).toEqual([1, behind, 0, 9.9, T0]);
    expect(latest.take([1, behind, 0, 10, behind + 8], under(T0 + 17, 5))?.[3]).toBe(10);
    expect(latest.take([1, T0, 0, 3.3, T0 + 20], under(T0 + 20, 4))).toBeNull();
  });

  it('follows its owner whose clock is set back', () => {
    const latest = new LatestValues();
    latest.take([1, T0, 0, 3.2, T0], under(T0));
    expect(latest.take([1, T0, 0, 3.3, T0 - 600 * SECOND], under(T0 + 9))?.[3]).toBe(3.3);
  });

  it('is told by whoever owns it now when the database was restored, and epochs are counted anew', () => {
    const latest = new LatestValues();
    latest.take([1, T0, 0, 3.2, T0], under(T0, 40));
    latest.ownersAnew();
    expect(latest.take([1, T0, 0, 3.3, T0 + 1], under(T0 + 1, 12))?.[3]).toBe(3.3);
    expect(latest.take([1, T0, 0, 3.2, T0 + 2], under(T0 + 2, 11))).toBeNull();
  });

  it('is never kept from the screen by what the database holds, however far ahead its stamp', () => {
    const latest = new LatestValues();
    const stored = {
      tagId: 1,
      ts: T0 + 25_000_000,
      quality: 0,
      value: 0.3,
      heardAt: T0 + 25_000_000,
      lastGood: null,
    };
    latest.seed([stored]);
    expect(latest.take([1, T0, 0, 0.1, T0], under(T0 + 10))).not.toBeNull();
    latest.seed([stored]);
    expect(valueOf(latest)?.value).toBe(0.1);
  });

  it('is the last word of one collector, whatever stamps and qualities it says', () => {
    const word = fc.tuple(fc.integer({ min: 0, max: 2 ** 53 - 1 }), fc.constantFrom(0, BAD), fc.nat(20));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: -50, max: 50 }), (words, skew) => {
        const latest = new LatestValues();
        let now = T0;
        for (const [i, [ts, quality, later]] of words.entries()) {
          now += later;
          const said: LiveSample = [1, ts, quality, quality === BAD ? null : i, now + skew];
          expect(latest.take(said, under(now))?.[3]).toBe(said[3]);
        }
        expect(valueOf(latest)?.heardAt).toBeLessThanOrEqual(now);
      }),
    );
  });
});
