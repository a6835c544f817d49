import type { SourceState } from '@linepack/contracts';
import type { Micros, SourceId } from '@linepack/network';

export type LinkState = 'connected' | 'lost';
/** `unknown`: nobody says anything of it. */
export type SourceHeard = LinkState | 'unknown';

/**
 * What is known of a source's connection when several collectors stand on one source: lost as soon as one of them has
 * lost it, for then its stations are unheard; connected when all who say something say so. Each collector keeps this
 * for every source, and the owner of the alarms speaks. It is told whenever somebody says something, changed or not: who
 * is told keeps what stands, and may have forgotten it with a source that was away from the configuration for a while.
 */
export class SourceLinks {
  private readonly own = new Map<SourceId, LinkState>();
  private readonly others = new Map<SourceId, LinkState>();
  private ours: ReadonlySet<SourceId> = new Set();

  constructor(private readonly tell: (sourceId: SourceId, heard: SourceHeard, at: Micros) => void) {}

  /** Our own connection's word; one that is being left may speak to its end, and nobody would take back what it said. */
  heard(sourceId: SourceId, state: LinkState, at: Micros): void {
    if (!this.ours.has(sourceId)) return;
    this.own.set(sourceId, state);
    this.combine(sourceId, at);
  }

  /** The sources that this collector connects to now; what it said of others is no word any more. */
  connectsTo(sourceIds: ReadonlySet<SourceId>, at: Micros): void {
    this.ours = sourceIds;
    for (const id of this.own.keys()) {
      if (sourceIds.has(id)) continue;
      this.own.delete(id);
      this.combine(id, at);
    }
  }

  /** What all other living collectors say, each time the whole. */
  othersSay(states: readonly SourceState[], at: Micros): void {
    const before = [...this.others.keys()];
    this.others.clear();
    for (const { sourceId, state, error } of states) {
      const id = sourceId as SourceId;
      if (state === 'connected') this.others.set(id, this.others.get(id) ?? 'connected');
      // One that has only begun to connect has no word yet.
      else if (error !== null) this.others.set(id, 'lost');
    }
    for (const id of new Set([...before, ...this.others.keys(), ...this.own.keys()])) this.combine(id, at);
  }

  private combine(id: SourceId, at: Micros): void {
    const words = [this.own.get(id), this.others.get(id)].filter((word) => word !== undefined);
    this.tell(id, words.includes('lost') ? 'lost' : (words[0] ?? 'unknown'), at);
  }
}
