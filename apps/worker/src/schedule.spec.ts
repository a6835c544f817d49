import { Schedule, type Task } from './schedule';
import { systemTime } from './time';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const task = (name: string, run: Task['run'], everyMs = 1): Task => ({ name, everyMs, run });

describe('schedule', () => {
  it('runs everything again and again, never two at a time', async () => {
    const runs = { a: 0, b: 0 };
    let at = 0;
    let most = 0;
    const work = (key: 'a' | 'b') => async () => {
      most = Math.max(most, ++at);
      await new Promise((resolve) => setTimeout(resolve, 2));
      at -= 1;
      runs[key] += 1;
    };
    const schedule = new Schedule([task('a', work('a')), task('b', work('b'))], () => undefined);
    schedule.start();
    await until(() => runs.a > 3 && runs.b > 3);
    await schedule.stop();
    expect(most).toBe(1);
  });

  it('a failing task is told once a run, shows in the state, and stops nobody', async () => {
    let failing = true;
    let others = 0;
    const told: string[] = [];
    const schedule = new Schedule(
      [
        task('weak', () => (failing ? Promise.reject(new Error('no database')) : Promise.resolve())),
        task('strong', () => Promise.resolve(void (others += 1))),
      ],
      (name, error) => told.push(`${name}: ${(error as Error).message}`),
    );
    schedule.start();
    await until(() => told.length > 0 && others > 2);
    expect(told[0]).toBe('weak: no database');
    expect(schedule.state().find((s) => s.name === 'weak')?.error).toContain('no database');
    failing = false;
    schedule.hurry('weak');
    await until(() => schedule.state().every((s) => s.failures === 0));
    await schedule.stop();
  });

  it('stop waits for the running task and tells it so', async () => {
    let started = false;
    let ended = false;
    const schedule = new Schedule(
      [
        task('long', async (signal) => {
          started = true;
          await until(() => signal.aborted);
          ended = true;
        }),
      ],
      () => undefined,
    );
    schedule.start();
    await until(() => started);
    await schedule.stop();
    expect(ended).toBe(true);
  });

  it('a task that hurries itself runs again at once, and so does one that others hurry while it runs', async () => {
    const HOUR = 3_600_000;
    let chunks = 42;
    let closes = 0;
    const schedule: Schedule = new Schedule(
      [
        task(
          'compression',
          async () => {
            if (chunks === 40) schedule.hurry('close');
            chunks -= 1;
            if (chunks > 0) schedule.hurry('compression');
          },
          HOUR,
        ),
        task('close', async () => void (closes += 1), HOUR),
        task('others', () => Promise.resolve()),
      ],
      () => undefined,
    );
    schedule.start();
    await until(() => chunks === 0 && closes === 2);
    await schedule.stop();
  });

  it('a task that hurries itself and fails keeps its pause', async () => {
    const runs: number[] = [];
    let now = 0;
    const schedule: Schedule = new Schedule(
      [
        task('weak', () => {
          runs.push(now);
          schedule.hurry('weak');
          return Promise.reject(new Error('still none'));
        }),
        task(
          'clock',
          async () => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            now += 100;
          },
          0,
        ),
      ],
      () => undefined,
      { ...systemTime, monotonicMs: () => now },
    );
    schedule.start();
    await until(() => runs.length >= 2);
    await schedule.stop();
    expect(runs[0]).toBe(0);
    expect(runs[1]).toBeGreaterThanOrEqual(1_000);
  });

  it('refuses to hurry what is not there', () =>
    expect(() => new Schedule([], () => undefined).hurry('x')).toThrow(/task x/));
});
