import { Schedule, type Task } from './schedule';

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

  it('refuses to hurry what is not there', () =>
    expect(() => new Schedule([], () => undefined).hurry('x')).toThrow(/task x/));
});
