import { keyOf, TAGS } from '../world/network';
import type { World } from '../world/world';
import { clockSince, hearsSince, type Calm } from './calm';

/** A source that is there again is heard within this, s. */
const HEARD_WITHIN_S = 25;
/** What became so is known, and kept, when it could be heard by those who own for so long, s. */
const KEPT_AFTER_S = 5;

/**
 * When the delay of a condition is up. A steady value that was heard when it became so holds since then, whoever is
 * restarted meanwhile. What became so while nobody could hear it may begin when it is heard, and so may each message of a
 * device, which stamps anew; a clock that is set leaves only ours.
 */
export class Delays {
  /** Steps of steady values, by key and true time, that were heard while they were of now. */
  private readonly known = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly calm: Calm,
  ) {}

  /** Looks at the world now; often enough that no step passes between two looks. */
  look(): void {
    const { world, calm } = this;
    const longAgo = world.kernel.now - KEPT_AFTER_S * 1e6;
    for (const key of TAGS.map(keyOf)) {
      const at = world.plant.truth.stepsOf(key).at(-1)?.at ?? 0;
      if (world.plant.deviceOf(key) !== undefined || at > longAgo) continue;
      const heard = Math.max(
        calm.since(),
        calm.hearing((c) => hearsSince(world, c, key)),
      );
      if (heard + HEARD_WITHIN_S * 1e6 < at) this.known.add(`${key} ${at}`);
    }
  }

  dueAt(key: string, { since, delayS }: { since: number; delayS: number }, heard: number): number {
    if (delayS === 0) return since;
    const { world, calm } = this;
    const isKnown = this.known.has(`${key} ${since}`) && world.plant.plc.clockSince === 0;
    const atLast = Math.max(heard, calm.since(), clockSince(world, key)) + HEARD_WITHIN_S * 1e6;
    const begins = isKnown ? since : Math.max(since, atLast);
    return begins + delayS * 1e6;
  }
}
