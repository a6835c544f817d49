import type { Micros } from '@linepack/network';
import type { Time, Timer } from '../../../../apps/collector/src/time';
import type { Kernel } from './kernel';

/** A computer with its own idea of the time; processes come and go on it, its clock stays. */
export class Computer {
  /** What its wall clock is ahead of true time, microseconds. */
  clockOffset = 0;
  constructor(
    readonly name: string,
    readonly kernel: Kernel,
  ) {}

  get wallClock(): number {
    return this.kernel.now + this.clockOffset;
  }
}

/**
 * One life of a process. When it is killed, everything it waits for never comes: its timers are gone and what its ports
 * owe it is not delivered. While it is paused (SIGSTOP, a starved machine) what falls due waits for it to go on.
 */
export class SimulatedProcess {
  isAlive = true;
  isPaused = false;
  /** True time since when it has been running without a pause. */
  runningSince: number;
  /** True time at which it died, or began to stand still. */
  stoppedAt = 0;
  private readonly held: (() => void)[] = [];
  private dieAfter = Infinity;
  private readonly endings = new Set<() => void>();
  private readonly pauses = new Set<() => void>();

  constructor(
    readonly computer: Computer,
    readonly number: number,
  ) {
    this.runningSince = computer.kernel.now;
  }

  get name(): string {
    return `${this.computer.name}#${this.number}`;
  }
  get kernel(): Kernel {
    return this.computer.kernel;
  }

  /** Called when it dies, whatever it dies of. @returns how to be told no more */
  onEnd(run: () => void): () => void {
    this.endings.add(run);
    return () => this.endings.delete(run);
  }

  /** Called when it begins to stand still. @returns how to be told no more */
  onPause(run: () => void): () => void {
    this.pauses.add(run);
    return () => this.pauses.delete(run);
  }

  kill(why: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.stoppedAt = this.kernel.now;
    this.held.length = 0;
    this.kernel.note(this.name, `dies: ${why}`);
    for (const run of [...this.endings]) run();
  }

  /** Dies in the middle of what it does: the `count`th thing from now that it asks of the world never leaves it. */
  killAfterActions(count: number): void {
    this.dieAfter = count;
  }

  /** Whether it still can do something to the world outside; asked before each deed. */
  acts(): boolean {
    if (!this.isAlive) return false;
    if (this.dieAfter-- > 0) return true;
    this.kill('in the middle of its work');
    return false;
  }

  pause(): void {
    if (!this.isAlive || this.isPaused) return;
    this.isPaused = true;
    this.stoppedAt = this.kernel.now;
    this.kernel.note(this.name, 'stands still');
    for (const run of [...this.pauses]) run();
  }

  goOn(): void {
    if (!this.isAlive || !this.isPaused) return;
    this.isPaused = false;
    this.runningSince = this.kernel.now;
    this.kernel.note(this.name, 'goes on');
    // One after the other, each with the promises it lets go on.
    for (const run of this.held.splice(0)) this.kernel.after(0, () => this.deliver(run));
  }

  /** Something reaches it now: at once, when it goes on, or never. */
  deliver(run: () => void): void {
    if (!this.isAlive) return;
    if (this.isPaused) {
      this.held.push(run);
      return;
    }
    try {
      run();
    } catch (error) {
      // Nobody catches what a timer throws: the process ends by it.
      this.kernel.broke(error);
      this.kill('an error that nobody caught');
    }
  }

  /** Its clock and its timers. */
  readonly time: Time = {
    now: () => Math.round(this.computer.wallClock) as Micros,
    monotonicMs: () => (this.kernel.now - this.kernel.startUs) / 1_000,
    after: (ms, run) => {
      const timer = new SimulatedTimer();
      timer.wait(this, ms, run);
      return timer;
    },
    every: (ms, run) => {
      const timer = new SimulatedTimer();
      const again = (): void => {
        timer.wait(this, ms, again);
        run();
      };
      timer.wait(this, ms, again);
      return timer;
    },
  };
}

class SimulatedTimer implements Timer {
  private planned: { run: (() => void) | null } | null = null;
  private isCancelled = false;

  wait(process: SimulatedProcess, ms: number, run: () => void): void {
    if (!process.isAlive || this.isCancelled) return;
    this.planned = process.kernel.after(ms, () =>
      process.deliver(() => {
        if (!this.isCancelled) run();
      }),
    );
  }

  cancel(): void {
    this.isCancelled = true;
    if (this.planned) this.planned.run = null;
  }
}
