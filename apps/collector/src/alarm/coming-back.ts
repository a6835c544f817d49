import { elapsedMs, momentOf, type Moment } from '../elapsed';
import type { Time } from '../time';

/** So long who can reach the leases again leaves the others the time to do so, too: two rounds and their answers. */
const COMING_BACK_MS = 8_000;

/**
 * When the leases can be reached after they were away, all may have run out, and who asks first could take everything.
 * For a moment he takes nothing that another one speaks for, and says meanwhile that he cannot take it, so that the other
 * goes on with it. Only when he has said that he can take it, does he.
 */
export class ComingBack {
  private since: Moment | null = null;
  private said: 'up' | 'away' = 'away';

  constructor(private readonly time: Time) {}

  /** Whether it may be taken what another speaks for without a lease; as it is told to the others. */
  get leases(): 'up' | 'away' {
    return this.said;
  }

  /** @returns whether the others have to be told something else from now on */
  reached(state: 'up' | 'away'): boolean {
    const before = this.said;
    this.since = state === 'away' ? null : (this.since ?? momentOf(this.time));
    const isOver = this.since !== null && elapsedMs(this.since, this.time) >= COMING_BACK_MS;
    this.said = isOver ? 'up' : 'away';
    return this.said !== before;
  }
}
