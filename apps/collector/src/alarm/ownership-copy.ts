import type { Alarm } from '@linepack/contracts';
import { isMisplaced, type JournalEntry, type StoredAlarm } from '@linepack/store';
import { ofNetwork } from './unwritten';

/** The alarms of what was owned, as they were when one of them changed last. */
export interface OwnershipCopy {
  readonly owner: string;
  readonly partitions: readonly {
    readonly partition: string;
    readonly epoch: number;
    readonly states: readonly StoredAlarm[];
  }[];
  /**
   * Journal entries that led to these states and were not durable yet: whoever goes on from the states puts them into
   * the journal, which takes each once. Missing in copies of earlier versions.
   */
  readonly underWay?: readonly JournalEntry[];
}

type Copied = OwnershipCopy['partitions'][number];

/** The leases as the database granted them last, for a start while it is away. */
export interface LeaseCopy {
  readonly format: 1;
  readonly owner: string;
  /** When they were asked for, microseconds of this computer's clock: they ran from then on. */
  readonly askedAt: number;
  readonly ttlMs: number;
  /** The other collectors that lived then. */
  readonly members: readonly string[];
  readonly partitions: readonly { readonly partition: string; readonly epoch: number }[];
}

/**
 * What the copies say this owner held last. Nothing where there is no copy of the leases: those of the first version
 * were kept without their end, so nobody knows whether they are over.
 */
export function lastHeld(
  owner: string,
  leases: LeaseCopy | null,
  alarms: OwnershipCopy | null,
): { copy: LeaseCopy; partitions: OwnershipCopy['partitions'] } | null {
  if (leases === null || leases.format !== 1 || leases.owner !== owner) return null;
  const known = alarms?.owner === owner ? alarms.partitions.map(lifted) : [];
  return {
    copy: leases,
    partitions: leases.partitions.flatMap(({ partition, epoch }) => {
      const states = statesOf(known, partition, epoch);
      return states ? [{ partition, epoch, states }] : [];
    }),
  };
}

/** Null where it was granted and its alarms were not read yet: who went on would count their occurrences anew. */
function statesOf(known: readonly Copied[], partition: string, epoch: number): StoredAlarm[] | null {
  const own = known.find((p) => p.partition === partition && p.epoch === epoch)?.states;
  if (!own) return null;
  const misplaced = known.flatMap((p) => p.states).filter((s) => isMisplaced(s.alarm));
  const placed = own.filter((s) => !isMisplaced(s.alarm));
  return partition === 'network' ? [...placed, ...misplaced.map((s) => ofNetwork(s, epoch))] : placed;
}

/** A copy written before delays were kept has the alarms alone, under the name `alarms`. */
export function lifted(
  copied: Copied | (Omit<Copied, 'states'> & { readonly alarms: readonly Alarm[] }),
): Copied {
  if ('states' in copied) return copied;
  const { partition, epoch, alarms } = copied;
  const noDelay = { pendingSince: null, pendingReceivedAt: null, pendingKind: null, ownerEpoch: epoch };
  return { partition, epoch, states: alarms.map((alarm) => ({ alarm, ...noDelay })) };
}
