import fc from 'fast-check';
import { TooManyAttempts } from '../http/errors';
import { SignInThrottle } from './sign-in-throttle';

const clocked = () => {
  let now = 1_000_000;
  const throttle = new SignInThrottle(() => now);
  return { throttle, pass: (seconds: number) => (now += seconds * 1_000) };
};
const fail = (throttle: SignInThrottle, times: number, user = 'anna', address = '10.0.0.1') => {
  for (let i = 0; i < times; i += 1) throttle.enter(user, address);
};
const waitOf = (throttle: SignInThrottle, user = 'anna', address = '10.0.0.1'): number => {
  try {
    throttle.enter(user, address);
    return 0;
  } catch (error) {
    if (error instanceof TooManyAttempts) return error.more.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
};

describe('failed sign-ins', () => {
  it('five are free, then 30 s, then twice as long each time', () => {
    const { throttle, pass } = clocked();
    fail(throttle, 5);
    for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
      expect(waitOf(throttle)).toBe(seconds);
      pass(seconds - 1);
      expect(waitOf(throttle)).toBe(1);
      pass(1);
      // After the longest wait the window is over too, and counting begins anew.
      if (seconds === 900) return;
      throttle.enter('anna', '10.0.0.1');
    }
  });

  it('hold up neither another user at this address nor this user at another', () => {
    const { throttle } = clocked();
    fail(throttle, 5);
    expect(waitOf(throttle)).toBeGreaterThan(0);
    expect(waitOf(throttle, 'bert')).toBe(0);
    expect(waitOf(throttle, 'anna', '10.0.0.2')).toBe(0);
  });

  it('of one user from many addresses, or of many users from one, are held up as well', () => {
    const one = clocked().throttle;
    for (let i = 0; i < 30; i += 1) one.enter('anna', `10.0.0.${i}`);
    expect(waitOf(one, 'anna', '10.9.9.9')).toBeGreaterThan(0);
    const other = clocked().throttle;
    for (let i = 0; i < 60; i += 1) other.enter(`user${i}`, '10.0.0.1');
    expect(waitOf(other, 'someone', '10.0.0.1')).toBeGreaterThan(0);
  });

  it('are forgotten after a success, and after a quarter of an hour', () => {
    const { throttle, pass } = clocked();
    fail(throttle, 5);
    throttle.succeeded('anna', '10.0.0.1');
    fail(throttle, 5);
    expect(waitOf(throttle)).toBe(30);
    pass(15 * 60);
    expect(waitOf(throttle)).toBe(0);
  });

  it('do not count when the database was away', () => {
    const { throttle } = clocked();
    for (let i = 0; i < 100; i += 1) {
      throttle.enter('anna', '10.0.0.1');
      throttle.takeBack('anna', '10.0.0.1');
    }
    expect(waitOf(throttle)).toBe(0);
  });

  it('never let more than five through in the first 30 s, however they are spread', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(29_999), { minLength: 6, maxLength: 40 }), (times) => {
        let now = 0;
        const throttle = new SignInThrottle(() => now);
        let through = 0;
        for (const time of [...times].sort((a, b) => a - b)) {
          now = time;
          if (waitOf(throttle) === 0) through += 1;
        }
        expect(through).toBe(5);
      }),
    );
  });
});
