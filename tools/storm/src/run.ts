import type { Undo } from './breaks/patch';
import { identitiesFrom } from './kernel/identity';
import { Kernel } from './kernel/kernel';
import { Random } from './kernel/random';
import { Trace } from './kernel/trace';
import { Oracle, type Violation } from './oracle/oracle';
import { judge } from './oracle/settled';
import { judgeWork } from './oracle/work';
import { guardReality } from './reality';
import { World } from './world/world';

/** 2026-11-24 08:00 in Shanghai: where every storm begins, microseconds. */
const START_US = Date.UTC(2026, 10, 24) * 1_000;

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Equal hashes: the same story to the last step. */
  readonly hash: string;
  readonly steps: number;
  readonly claims: number;
  readonly trace: string;
}

/**
 * Plays one seed's story from beginning to end.
 * @param putBack a fault that was mended and is put back for this run
 */
export async function runSeed(
  seed: number,
  keep: 'lines' | 'hash',
  putBack: () => Undo = () => () => undefined,
): Promise<Outcome> {
  const random = new Random(seed, 'storm');
  const trace = new Trace(keep);
  const kernel = new Kernel(random, trace, START_US);
  identitiesFrom(random.stream('identity'));
  const undo = putBack();
  const release = guardReality((what) => kernel.broke(what));
  try {
    const oracle = new Oracle();
    const world = new World(kernel, oracle);
    oracle.watch(world);
    await kernel.runUntil(world.endUs);
    judge(world, oracle);
    judgeWork(world, oracle);
    const { violations, claims } = oracle;
    return { seed, violations, hash: trace.hash, steps: trace.count, claims, trace: trace.text() };
  } finally {
    release();
    undo();
  }
}
