import type { LeaseAnswer } from '@linepack/store';
import type { Micros } from '@linepack/network';
import type { KeptCopy } from '../configuration/kept-copy';
import { elapsedMs, momentOf, type Moment } from '../elapsed';
import type { Time } from '../time';
import type { LeaseCopy } from './ownership-copy';
import type { Peers } from './peers';

/** How long a lease runs. With a round every 1.5 s a successor has it 8 s after its holder died, at the latest. */
export const LEASE_TTL_MS = 6_000;
/** The copy on disk may be this much older than the leases; it is then the more cautious. */
const COPY_MS = LEASE_TTL_MS / 2;
/** So long a new process listens whether others speak, before it goes on from a lease that may be over. */
const LISTEN_MS = 3_000;

/**
 * How long what the last round granted is certain: for `LEASE_TTL_MS` from the moment that round was begun, and after that
 * only as long as no other collector could have taken it: none lived at that round and none is heard since, or each of
 * them has left or says itself that it cannot reach the leases.
 */
export class LeaseTerm {
  /** Null before the first round, without a copy. */
  private granted: { readonly at: Moment; readonly members: readonly string[] } | null;
  private copied: { readonly text: string; readonly at: Moment } | null = null;
  private readonly started: Moment;

  constructor(
    private readonly parts: {
      readonly owner: string;
      readonly peers: Peers;
      readonly copy: Pick<KeptCopy<LeaseCopy>, 'write'>;
      readonly time: Time;
    },
    copy: LeaseCopy | null,
  ) {
    this.started = momentOf(parts.time);
    this.granted = copy && {
      at: { wall: copy.askedAt as Micros, monotonicMs: null },
      members: copy.members,
    };
  }

  isCertain(partition: string): boolean {
    if (this.granted === null) return false;
    return this.runs(this.granted.at) || this.parts.peers.nobodyCouldTake(partition, this.granted.members);
  }

  /** Whether leases asked for at that moment still run. */
  runs(asked: Moment): boolean {
    return elapsedMs(asked, this.parts.time) < LEASE_TTL_MS;
  }

  /** Whether a process that began without the database knows enough of the others to go on from its copy. */
  mayGoOn(): boolean {
    if (this.granted === null) return false;
    return this.runs(this.granted.at) || elapsedMs(this.started, this.parts.time) >= LISTEN_MS;
  }

  grant(asked: Moment, { held, members }: LeaseAnswer): void {
    this.granted = { at: asked, members };
    const partitions = held.map(({ partition, epoch }) => ({ partition, epoch }));
    const text = JSON.stringify({ members, partitions });
    const { time, owner, copy } = this.parts;
    if (this.copied?.text === text && elapsedMs(this.copied.at, time) < COPY_MS) return;
    const leases = {
      format: 1 as const,
      owner,
      askedAt: asked.wall,
      ttlMs: LEASE_TTL_MS,
      members,
      partitions,
    };
    if (copy.write(leases)) this.copied = { text, at: asked };
  }
}
