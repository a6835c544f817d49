import type { Micros } from '@linepack/network';
import { Reconnection, type Attempt } from '../src/acquisition/reconnection';
import type { Time, Timer } from '../src/time';

/** A clock whose timers run when they are told to. */
class ToldTime implements Time {
  readonly pauses: number[] = [];
  private waiting: (() => void) | null = null;

  now = (): Micros => 0 as Micros;
  monotonicMs = (): number => 0;
  after(ms: number, run: () => void): Timer {
    this.pauses.push(ms);
    this.waiting = run;
    return { cancel: () => (this.waiting = null) };
  }
  every(): Timer {
    throw new Error('not used here');
  }
  run(): void {
    const run = this.waiting;
    this.waiting = null;
    run?.();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('connecting again', () => {
  let time: ToldTime;
  let attempts: (Attempt & { fail: (reason: string) => void; delivered: boolean })[];
  let reconnection: Reconnection<(typeof attempts)[number]>;
  const ended: string[] = [];

  beforeEach(() => {
    time = new ToldTime();
    attempts = [];
    ended.length = 0;
    reconnection = new Reconnection({
      begin: () => {
        let end: (reason: string) => void = () => undefined;
        let fail: (reason: string) => void = () => undefined;
        const over = new Promise<string>((resolve, reject) => {
          end = resolve;
          fail = (reason) => reject(new Error(reason));
        });
        const attempt = { delivered: false, run: () => over, end, fail };
        attempts.push(attempt);
        return attempt;
      },
      onEnded: (reason) => void ended.push(reason),
      time,
    });
    reconnection.start();
  });

  const fails = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i += 1) {
      attempts.at(-1)?.fail('refused\nsecond line');
      await settled();
      time.run();
      await settled();
    }
  };

  test('never waits longer than two seconds, however long the plant was away', async () => {
    await fails(50);
    expect(attempts).toHaveLength(51);
    expect(Math.max(...time.pauses)).toBe(2_000);
    expect(time.pauses.slice(0, 4)).toEqual([500, 1_000, 2_000, 2_000]);
    expect(ended[0]).toBe('refused');
  });

  test('begins quickly again after a session that delivered data', async () => {
    await fails(5);
    const last = attempts.at(-1);
    if (last) last.delivered = true;
    await fails(1);
    expect(time.pauses.at(-1)).toBe(500);
  });

  test('has one attempt at a time, and none once it is stopped, nor a word of it', async () => {
    await settled();
    expect(attempts).toHaveLength(1);
    await reconnection.stop();
    time.run();
    await settled();
    expect(attempts).toHaveLength(1);
    expect(ended).toEqual([]);
  });

  test('is stopped during a pause at once', async () => {
    attempts[0]?.fail('refused');
    await settled();
    await reconnection.stop();
    expect(attempts).toHaveLength(1);
  });
});
