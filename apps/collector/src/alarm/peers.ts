import type { PartStatus, SourceState } from '@linepack/contracts';
import type { Time } from '../time';

interface Peer {
  /** Whether it could take what others let run out when it spoke last. */
  readonly leases: 'up' | 'away';
  readonly left: boolean;
  readonly partitions: ReadonlySet<string>;
  readonly sources: readonly SourceState[];
  readonly heardMs: number;
}

/**
 * A collector speaks every two seconds; one not heard for this long is not known to be in any state. Long enough for a
 * bus that is started again.
 */
const SILENT_AFTER_MS = 20_000;

/**
 * The other collectors, as each of them says on the bus how it is. One that took its leave, or of which the broker says
 * that it was lost, has left.
 */
export class Peers {
  private readonly peers = new Map<string, Peer>();

  constructor(
    private readonly own: string,
    private readonly time: Time,
  ) {}

  take({ part, instance, state, leases, partitions, sources }: PartStatus): void {
    if (part !== 'collector' || instance === undefined || instance === this.own) return;
    this.peers.set(instance, {
      leases: leases ?? 'up',
      left: state === 'down',
      partitions: new Set(partitions),
      sources: sources ?? [],
      heardMs: this.time.monotonicMs(),
    });
  }

  /**
   * Whether none of these collectors, nor any other that is heard, could have taken the partition: each has left, or
   * says that the leases are away for it, too, and that it does not own the partition.
   */
  nobodyCouldTake(partition: string, members: readonly string[]): boolean {
    const heard = [...this.peers].filter(([, peer]) => this.isHeard(peer)).map(([name]) => name);
    return [...new Set([...members, ...heard])].every((name) => {
      const peer = this.peers.get(name);
      if (name === this.own || peer?.left) return true;
      return (
        peer !== undefined && this.isHeard(peer) && peer.leases === 'away' && !peer.partitions.has(partition)
      );
    });
  }

  /** Whether one of them owns the partition and hears all the sources that it stands on. */
  listensTo(partition: string, sourceIds: readonly string[]): boolean {
    return this.alive().some(
      (peer) =>
        peer.partitions.has(partition) &&
        sourceIds.every((id) => peer.sources.some((s) => s.sourceId === id && s.state === 'connected')),
    );
  }

  /** What the living ones speak for. */
  partitions(): string[] {
    return [...new Set(this.alive().flatMap((peer) => [...peer.partitions]))];
  }

  /** What the living ones say of their sources. */
  sources(): SourceState[] {
    return this.alive().flatMap((peer) => peer.sources);
  }

  private alive(): Peer[] {
    return [...this.peers.values()].filter((peer) => !peer.left && this.isHeard(peer));
  }

  private isHeard(peer: Peer): boolean {
    return this.time.monotonicMs() - peer.heardMs <= SILENT_AFTER_MS;
  }
}
