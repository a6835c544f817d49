import type { Kernel } from '../kernel/kernel';
import type { Random } from '../kernel/random';
import { TAGS, keyOf } from './network';

/** One value of the plant and when, in true time, it became so. */
export interface Step {
  readonly at: number;
  readonly value: number;
}

/** Where values stand: well inside, near the limits on both sides, and beyond them. */
const LEVELS = [3, 3, 3, 3.5, 3.95, 4, 4.05, 4.5, 5.5, 2.05, 1.99, 1.5, 0.5];

/**
 * What is really so in the plant, in true time, whether anybody hears it or not. Every value is told apart from every
 * other of its tag by its last digits, so that it can be found again in the database.
 */
export class PlantTruth {
  readonly steps = new Map<string, Step[]>();
  private readonly listeners: ((key: string, value: number) => void)[] = [];
  private isQuiet = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly random: Random,
  ) {
    for (const tag of TAGS) {
      const key = keyOf(tag);
      this.steps.set(key, [{ at: kernel.now, value: 3 }]);
      this.plan(key);
    }
  }

  onStep(listener: (key: string, value: number) => void): void {
    this.listeners.push(listener);
  }

  valueOf(key: string): number {
    return (this.stepsOf(key).at(-1) as Step).value;
  }

  stepsOf(key: string): Step[] {
    return this.steps.get(key) as Step[];
  }

  /** From now on everything stays as it is. */
  quiet(): void {
    this.isQuiet = true;
  }

  private plan(key: string): void {
    // Now and then short, so that delays are broken off; mostly long enough for a claim.
    const seconds = this.random.chance(0.25) ? this.random.between(0.5, 8) : this.random.between(12, 60);
    this.kernel.after(seconds * 1_000, () => {
      if (this.isQuiet) return;
      this.step(key, this.random.pick(LEVELS));
      this.plan(key);
    });
  }

  step(key: string, value: number): void {
    const steps = this.stepsOf(key);
    if (this.valueOf(key) === value) return;
    steps.push({ at: this.kernel.now, value });
    this.kernel.note('plant', `${key} = ${value}`);
    this.listeners.forEach((listen) => listen(key, value));
  }
}
