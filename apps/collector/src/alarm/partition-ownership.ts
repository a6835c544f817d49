import type { Alarm } from '@linepack/contracts';
import type { AlarmRepository, JournalEntry, Lease, LeaseRepository, StoredAlarm } from '@linepack/store';
import { MICROS_PER_MS, type Micros } from '@linepack/network';
import type { JsonFile } from '../configuration/json-file';
import type { Log } from '../log';
import { sleep, type Time, type Timer } from '../time';
import type { AlarmEngine } from './alarm-engine';

export interface OwnershipCopy {
  readonly owner: string;
  readonly partitions: readonly {
    readonly partition: string;
    readonly epoch: number;
    readonly states: readonly StoredAlarm[];
  }[];
}

type Copied = OwnershipCopy['partitions'][number];

/** A copy written before delays were kept has the alarms alone, under the name `alarms`. */
function lifted(copied: Copied | (Omit<Copied, 'states'> & { readonly alarms: readonly Alarm[] })): Copied {
  if ('states' in copied) return copied;
  const { partition, epoch, alarms } = copied;
  const noDelay = { pendingSince: null, pendingReceivedAt: null, pendingKind: null, ownerEpoch: epoch };
  return { partition, epoch, states: alarms.map((alarm) => ({ alarm, ...noDelay })) };
}

export interface OwnershipParts {
  /** Names this data folder, which one process at a time has locked: after a crash the same owner goes on at once. */
  readonly owner: string;
  readonly leases: Pick<LeaseRepository, 'acquire' | 'renew' | 'release'>;
  readonly alarms: Pick<AlarmRepository, 'states'>;
  /** Alarm events that wait for the database, oldest first. */
  readonly spooled: () => JournalEntry[];
  readonly engine: AlarmEngine;
  readonly copy: Pick<JsonFile<OwnershipCopy>, 'read'>;
  readonly time: Time;
  readonly onDatabase: (state: 'up' | 'away', error?: Error) => void;
  readonly log: Log;
}

const LEASE_TTL_MS = 30_000;
const RENEW_MS = 5_000;
const UNOWNED_MS = 1_000;
/** A process that stood still this long may have lost its leases meanwhile. */
const SLEPT_MS = LEASE_TTL_MS / 2;
const BEAT_MS = 1_000;
/** After this the database is taken for away, and whoever held a lease goes on. */
const CHECK_MS = 5_000;

/**
 * Holds the leases of the partitions, and with them the right to their alarms. While the database is away nobody can
 * take a lease, so whoever held one goes on; when it is back and the lease is somebody else's, he stops at once. A
 * process that starts while the database is away goes on with what this data folder held last; one that stood still
 * (suspended, starved) for long asks whether its leases are still its own before it says another word.
 */
export class PartitionOwnership {
  private wanted: readonly string[] = [];
  private readonly held = new Map<string, Lease>();
  private timer: Timer | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;
  private spooled: JournalEntry[] | null = null;
  private beatAt: Micros;
  private readonly beating: Timer;
  private checking: Promise<void> | null = null;
  private readonly remembered: Map<string, OwnershipCopy['partitions'][number]>;

  constructor(private readonly parts: OwnershipParts) {
    const copy = parts.copy.read();
    const mine = copy?.owner === parts.owner ? copy.partitions : [];
    this.remembered = new Map(mine.map((p) => [p.partition, lifted(p)]));
    this.beatAt = parts.time.now();
    this.beating = parts.time.every(BEAT_MS, () => this.beat());
  }

  /** Null when what the engine owns is ours for all we know; otherwise resolves when that has been asked. */
  doubt(): Promise<void> | null {
    this.beat();
    return this.checking;
  }

  want(partitions: readonly string[]): void {
    this.wanted = partitions;
    this.soon(0);
  }

  get leases(): readonly Lease[] {
    return [...this.held.values()];
  }

  /** Gives the leases back, so that another collector may take over without waiting. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.beating.cancel();
    this.timer?.cancel();
    await this.running;
    for (const lease of this.held.values())
      await this.parts.leases.release(lease).catch((error: Error) => {
        this.parts.log.warn(`lease of ${lease.partition} runs out by itself: ${error.message}`);
      });
  }

  private soon(delayMs: number): void {
    if (this.stopped || this.running) return;
    this.timer?.cancel();
    this.timer = this.parts.time.after(delayMs, () => void this.ask());
  }

  private ask(): Promise<void> {
    this.running ??= this.round().finally(() => {
      this.running = null;
      this.soon(this.wanted.every((p) => this.held.has(p)) ? RENEW_MS : UNOWNED_MS);
    });
    return this.running;
  }

  private beat(): void {
    const now = this.parts.time.now();
    const slept = now - this.beatAt > SLEPT_MS * MICROS_PER_MS;
    this.beatAt = now;
    if (!slept || this.stopped) return;
    this.parts.log.warn('this process stood still: asks whether its leases are still its own');
    // A round that began before says nothing of what it asked before the pause.
    const round = (this.running ?? Promise.resolve()).then(() => this.ask());
    const asked = Promise.race([round, sleep(this.parts.time, CHECK_MS)]);
    const check = asked.finally(() => {
      if (this.checking === check) this.checking = null;
    });
    this.checking = check;
  }

  private async round(): Promise<void> {
    this.spooled = null;
    try {
      for (const partition of this.wanted) if (!this.stopped) await this.hold(partition);
      this.parts.onDatabase('up');
    } catch (error) {
      this.parts.onDatabase('away', error as Error);
      this.goOnAlone();
    }
  }

  private async hold(partition: string): Promise<void> {
    const { leases, engine, log, owner } = this.parts;
    const lease = this.held.get(partition);
    if (lease && (await leases.renew(lease, LEASE_TTL_MS))) return;
    if (lease) {
      log.warn(`partition ${partition}: the lease was lost, another collector has it`);
      this.held.delete(partition);
      engine.disown(partition);
    }
    const taken = await leases.acquire(partition, owner, LEASE_TTL_MS);
    if (taken === null) return;
    // Owned already, alone, while the database was away: the state in memory is the newest there is.
    const alone = this.remembered.get(partition);
    const goesOn = engine.owns(partition) && alone !== undefined && taken.epoch === alone.epoch;
    if (!goesOn) {
      const stored = await this.parts.alarms.states(partition);
      engine.own(partition, taken.epoch, stored, this.waiting(partition));
    }
    this.held.set(partition, taken);
  }

  /** The database is away since the start: what this folder held last is still ours, nobody could take it. */
  private goOnAlone(): void {
    const { engine, log } = this.parts;
    for (const partition of this.wanted) {
      const last = this.remembered.get(partition);
      if (engine.owns(partition) || !last) continue;
      log.warn(`partition ${partition}: goes on from the copy on disk while the database is away`);
      engine.own(partition, last.epoch, last.states, this.waiting(partition));
    }
  }

  /** Read once a round: a large spool takes its time. */
  private waiting(partition: string): JournalEntry[] {
    this.spooled ??= this.parts.spooled();
    return this.spooled.filter(({ event }) => event.partition === partition);
  }
}
