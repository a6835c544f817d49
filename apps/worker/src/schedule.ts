import { Agenda } from './agenda';
import { systemTime, type Time } from './time';

/** One piece of recurring work. It must be safe to run again after it failed half way. */
export interface Task {
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** How a task's last run ended. */
export interface TaskState {
  readonly name: string;
  readonly failures: number;
  readonly error: string | null;
}

const LONGEST_BACKOFF_MS = 60_000;

/**
 * Runs tasks one after the other, never two at a time: the embedded database has one backend, and a heavy task must
 * not stand in front of the live screens twice over. A task that fails is logged once per run, put back with growing
 * delay, and stops nobody else.
 */
export class Schedule {
  private readonly tasks: ReadonlyMap<string, Task>;
  private readonly agenda: Agenda;
  private readonly states = new Map<string, Omit<TaskState, 'name'>>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wake: (() => void) | undefined;

  constructor(
    tasks: readonly Task[],
    private readonly onFailure: (task: string, error: unknown) => void,
    private readonly time: Pick<Time, 'monotonicMs' | 'after'> = systemTime,
  ) {
    this.tasks = new Map(tasks.map((task) => [task.name, task]));
    this.agenda = new Agenda([...this.tasks.keys()], this.time.monotonicMs());
    for (const { name } of tasks) this.states.set(name, { failures: 0, error: null });
  }

  start(): void {
    this.running ??= this.loop();
  }

  /** Lets the running task finish its current step and ends. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake?.();
    await this.running;
  }

  /**
   * Makes a task due now, for instance because new configuration arrived; one that runs is due again at its end, so a
   * task may say it of itself. After a failure its pause is kept.
   */
  hurry(name: string): void {
    this.agenda.hurry(name, this.time.monotonicMs());
    this.wake?.();
  }

  state(): TaskState[] {
    return [...this.states].map(([name, { failures, error }]) => ({ name, failures, error }));
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const { name, dueAt } = this.agenda.next();
      const wait = dueAt - this.time.monotonicMs();
      const task = this.tasks.get(name);
      if (wait > 0 || !task) await this.sleep(wait);
      else await this.runOnce(task);
    }
  }

  private async runOnce(task: Task): Promise<void> {
    const { name, everyMs } = task;
    this.agenda.started(name);
    try {
      await task.run(this.stopping.signal);
      this.states.set(name, { failures: 0, error: null });
      this.agenda.ended(name, this.time.monotonicMs() + everyMs);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const failures = (this.states.get(name)?.failures ?? 0) + 1;
      const delay = Math.min(LONGEST_BACKOFF_MS, Math.max(everyMs, 500 * 2 ** failures));
      this.states.set(name, { failures, error: String(error) });
      this.agenda.failed(name, this.time.monotonicMs() + delay);
      this.onFailure(name, error);
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        resolve();
      };
      const timer = this.time.after(Math.min(ms, LONGEST_BACKOFF_MS), done);
      this.wake = done;
    });
  }
}
