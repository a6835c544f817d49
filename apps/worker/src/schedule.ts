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
  private readonly states = new Map<string, { dueAt: number; failures: number; error: string | null }>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly tasks: readonly Task[],
    private readonly onFailure: (task: string, error: unknown) => void,
    private readonly clock: () => number = Date.now,
  ) {
    for (const { name } of tasks) this.states.set(name, { dueAt: 0, failures: 0, error: null });
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

  /** Makes a task due now, for instance because new configuration arrived. */
  hurry(name: string): void {
    const state = this.states.get(name);
    if (!state) throw new RangeError(`task ${name}: expected one of ${[...this.states.keys()].join(', ')}`);
    state.dueAt = 0;
    this.wake?.();
  }

  state(): TaskState[] {
    return [...this.states].map(([name, { failures, error }]) => ({ name, failures, error }));
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const due = this.nextDue();
      const wait = due.dueAt - this.clock();
      if (wait > 0) await this.sleep(wait);
      else await this.runOnce(due.task);
    }
  }

  private nextDue(): { task: Task; dueAt: number } {
    const due = this.tasks.map((task) => ({ task, dueAt: this.states.get(task.name)?.dueAt ?? 0 }));
    return due.reduce((first, other) => (other.dueAt < first.dueAt ? other : first));
  }

  private async runOnce(task: Task): Promise<void> {
    const before = this.states.get(task.name);
    try {
      await task.run(this.stopping.signal);
      this.states.set(task.name, { dueAt: this.clock() + task.everyMs, failures: 0, error: null });
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const failures = (before?.failures ?? 0) + 1;
      const delay = Math.min(LONGEST_BACKOFF_MS, Math.max(task.everyMs, 500 * 2 ** failures));
      this.states.set(task.name, { dueAt: this.clock() + delay, failures, error: String(error) });
      this.onFailure(task.name, error);
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST_BACKOFF_MS));
      this.wake = done;
    });
  }
}
