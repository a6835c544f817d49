import type { AlarmRepository, Lease, LeaseAnswer, LeaseRepository, StoredAlarm } from '@linepack/store';
import type { KeptCopy } from '../configuration/kept-copy';
import { momentOf, type Moment } from '../elapsed';
import type { Log } from '../log';
import { sleep, within, type Time, type Timer } from '../time';
import type { AlarmEngine } from './alarm-engine';
import { ComingBack } from './coming-back';
import { GivingUp } from './giving-up';
import { LEASE_TTL_MS, LeaseTerm } from './lease-term';
import { lastHeld, type LeaseCopy, type OwnershipCopy } from './ownership-copy';
import type { Peers } from './peers';
import { entriesOf, partitionsOf, statesAfter, type Unwritten } from './unwritten';
import { WantedPartitions } from './wanted-partitions';

export interface OwnershipParts {
  /** Names this data folder, which one process at a time has locked: after a crash the same owner goes on at once. */
  readonly owner: string;
  /** Names this process: a UUID. */
  readonly session: string;
  readonly leases: Pick<LeaseRepository, 'round' | 'leave'>;
  readonly alarms: Pick<AlarmRepository, 'states' | 'openPartitions'>;
  /** Journal entries and states that the database may not have yet, oldest first. */
  readonly waiting: () => readonly Unwritten[];
  readonly engine: Pick<AlarmEngine, 'own' | 'catchUp' | 'disown'>;
  readonly peers: Peers;
  readonly copies: {
    readonly alarms: Pick<KeptCopy<OwnershipCopy>, 'read'>;
    readonly leases: Pick<KeptCopy<LeaseCopy>, 'read' | 'write'>;
  };
  readonly time: Time;
  /** What is owned has changed. */
  readonly onOwned: () => void;
  readonly onDatabase: (state: 'up' | 'away', error?: Error) => void;
  /** What others let run out can be taken from now on, or cannot any more: they want to know. */
  readonly onLeases: () => void;
  readonly log: Log;
}

const ROUND_MS = 1_500;
/** A round without an answer for this long: the leases are away. Sooner than they run out, so that others can be told. */
export const LEASE_ANSWER_MS = 3_000;
const BEAT_MS = 1_000;

/**
 * Holds the leases of the partitions, and with them the right to their alarms; `LeaseTerm` says how long. What is not
 * certain any more is given up, and what was seen under another epoch is void. A process that stood still asks before
 * it says another word.
 */
export class PartitionOwnership {
  private readonly wanted: WantedPartitions;
  /** Epochs of what the engine owns. */
  private readonly owned = new Map<string, number>();
  /** Epochs under which partitions were owned last. */
  private readonly lastEpochs: Map<string, number>;
  /** What the copies say that this owner held last; each is void as soon as the database says something else. */
  private readonly remembered: Map<string, OwnershipCopy['partitions'][number]>;
  /** What is owned since a start without the database, from the copy alone. */
  private readonly fromCopy = new Set<string>();
  private readonly givingUp: GivingUp;
  private readonly comingBack: ComingBack;
  /** Partitions that another collector holds, at the last round. */
  private elsewhere: ReadonlySet<string> = new Set();
  private readonly term: LeaseTerm;
  private running: Promise<void> | null = null;
  private checking: Promise<void> | null = null;
  private timer: Timer | null = null;
  private readonly beating: Timer;
  private stopped = false;

  constructor(private readonly parts: OwnershipParts) {
    const { owner, peers, copies, time, alarms } = parts;
    const known = lastHeld(owner, copies.leases.read(), copies.alarms.read());
    this.wanted = new WantedPartitions(alarms, time);
    this.givingUp = new GivingUp(time);
    this.comingBack = new ComingBack(time);
    this.term = new LeaseTerm({ owner, peers, time, copy: copies.leases }, known?.copy ?? null);
    this.remembered = new Map((known?.partitions ?? []).map((p) => [p.partition, p]));
    this.lastEpochs = new Map((known?.partitions ?? []).map((p) => [p.partition, p.epoch]));
    this.beating = time.every(BEAT_MS, () => void this.doubt());
  }

  /** Every partition of the configuration. */
  want(partitions: readonly string[]): void {
    this.wanted.configure(partitions);
    this.soon(0);
  }

  /** Whether this collector can take what others let run out. */
  get leases(): 'up' | 'away' {
    return this.comingBack.leases;
  }

  get partitions(): string[] {
    return [...this.owned.keys()].sort();
  }

  /** What the copies say was held last, while the database has not said what is so. */
  get heldBefore(): string[] {
    return [...this.remembered.keys()];
  }

  /** Whether the database said last that another collector holds it. */
  isElsewhere(partition: string): boolean {
    return this.elsewhere.has(partition);
  }

  /** Null when the partition is not owned. */
  epochOf(partition: string): number | null {
    return this.owned.get(partition) ?? null;
  }

  /** Under which it is owned, or was last; 0: it never was. */
  lastEpochOf(partition: string): number {
    return this.lastEpochs.get(partition) ?? 0;
  }

  /** Null when what is owned is certain; otherwise resolves when that has been asked, and what is lost given up. */
  doubt(): Promise<void> | null {
    if (this.checking || this.stopped || this.allIsCertain()) return this.checking;
    const check = this.check().finally(() => {
      if (this.checking === check) this.checking = null;
    });
    this.checking = check;
    return check;
  }

  /** Gives the leases back, so that another collector may take over without waiting. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.beating.cancel();
    this.timer?.cancel();
    await this.running;
    const { leases, time, owner, log } = this.parts;
    await within(time, LEASE_ANSWER_MS, leases.leave(owner)).catch((error: Error) => {
      log.warn(`the leases run out by themselves: ${error.message}`);
    });
  }

  private allIsCertain(): boolean {
    return [...this.owned.keys()].every((partition) => this.term.isCertain(partition));
  }

  /** Waits for a round that began after the doubt; one that began before says nothing of the time since. */
  private async check(): Promise<void> {
    const asked = (this.running ?? Promise.resolve()).then(() =>
      this.allIsCertain() ? undefined : this.ask(),
    );
    await Promise.race([asked, sleep(this.parts.time, LEASE_ANSWER_MS)]);
    this.giveUpUncertain();
  }

  private soon(delayMs: number): void {
    if (this.stopped || this.running) return;
    this.timer?.cancel();
    this.timer = this.parts.time.after(delayMs, () => void this.ask());
  }

  private ask(): Promise<void> {
    this.running ??= this.round().finally(() => {
      this.running = null;
      this.soon(ROUND_MS);
    });
    return this.running;
  }

  private async round(): Promise<void> {
    if (!this.wanted.areConfigured() || this.stopped) return;
    const { leases, time, owner, session } = this.parts;
    try {
      const partitions = await this.wanted.all((question) => within(time, LEASE_ANSWER_MS, question));
      const asked = momentOf(time);
      const giveUp = [
        ...this.givingUp.ready(() => partitionsOf(this.parts.waiting())),
        ...this.leftToOthers(),
      ];
      const request = { owner, session, partitions, giveUp, ttlMs: LEASE_TTL_MS };
      const answer = await within(time, LEASE_ANSWER_MS, leases.round(request));
      this.reached('up');
      // An answer that was slept over grants nothing any more.
      if (this.term.runs(asked)) await this.take(asked, answer, partitions.length);
    } catch (error) {
      this.reached('away', error as Error);
      this.giveUpUncertain();
      this.goOnAlone();
    }
  }

  /** What others speak for whose leases may have run out, as long as they may be coming back. */
  private leftToOthers(): string[] {
    if (this.comingBack.leases === 'up') return [];
    return this.parts.peers.partitions().filter((p) => !this.owned.has(p) && !this.remembered.has(p));
  }

  private async take(asked: Moment, answer: LeaseAnswer, partitions: number): Promise<void> {
    this.term.grant(asked, answer);
    const held = new Map(answer.held.map((lease) => [lease.partition, lease.epoch]));
    this.elsewhere = new Set(answer.others.filter((l) => l.runs).map((l) => l.partition));
    for (const [partition, { epoch }] of this.remembered)
      if (held.get(partition) !== epoch) this.remembered.delete(partition);
    const lost = [...this.owned].filter(([partition, epoch]) => held.get(partition) !== epoch);
    this.disown(
      lost.map(([partition]) => partition),
      'the lease was lost',
    );
    this.givingUp.holds(new Set(held.keys()));
    this.disown(this.givingUp.makeRoom(answer, partitions), 'handed over to another collector');
    await this.adopt(
      answer.held.filter(({ partition }) => !this.owned.has(partition) && !this.givingUp.has(partition)),
    );
    await this.catchUp();
  }

  /** The copy may be a second older than what was journalled: an acknowledgement that was told as durable stands. */
  private async catchUp(): Promise<void> {
    const { alarms, time, engine } = this.parts;
    for (const partition of this.fromCopy) {
      const states = await within(time, LEASE_ANSWER_MS, alarms.states(partition));
      if (this.fromCopy.delete(partition)) engine.catchUp(partition, states);
    }
  }

  /** Takes over what was granted: as the journal has it, with what waits for the journal under the same epoch. */
  private async adopt(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    const { alarms, time } = this.parts;
    // Asked before the states are read: what is journalled meanwhile is then in one of the two, or in both.
    const before = this.parts.waiting();
    const stored = new Map<string, StoredAlarm[]>();
    for (const { partition } of leases)
      stored.set(partition, await within(time, LEASE_ANSWER_MS, alarms.states(partition)));
    const after = this.parts.waiting();
    for (const { partition, epoch } of leases) {
      const states = statesAfter(stored.get(partition) ?? [], entriesOf(before, partition, epoch));
      if (!this.stopped && this.term.isCertain(partition)) this.own(partition, epoch, states, after);
    }
    this.parts.onOwned();
  }

  /** The database is away since the start: goes on from the copy, where no other collector could have taken over. */
  private goOnAlone(): void {
    const going = [...this.remembered.values()].filter(
      ({ partition }) =>
        this.wanted.isConfigured(partition) && this.term.mayGoOn() && this.term.isCertain(partition),
    );
    if (going.length === 0) return;
    const waiting = this.parts.waiting();
    for (const { partition, epoch, states } of going) {
      this.parts.log.warn(`partition ${partition}: goes on from the copy on disk while the database is away`);
      this.own(partition, epoch, states, waiting);
      this.fromCopy.add(partition);
    }
    this.parts.onOwned();
  }

  private own(
    partition: string,
    epoch: number,
    states: readonly StoredAlarm[],
    waiting: readonly Unwritten[],
  ): void {
    this.owned.set(partition, epoch);
    this.lastEpochs.set(partition, epoch);
    this.remembered.delete(partition);
    this.parts.engine.own(partition, epoch, states, entriesOf(waiting, partition, epoch));
  }

  private giveUpUncertain(): void {
    const uncertain = [...this.owned.keys()].filter((partition) => !this.term.isCertain(partition));
    this.disown(uncertain, 'the lease ran out, and another collector may have it');
  }

  private disown(partitions: readonly string[], why: string): void {
    for (const partition of partitions) {
      this.parts.log.warn(`partition ${partition}: ${why}`);
      this.owned.delete(partition);
      this.fromCopy.delete(partition);
      this.parts.engine.disown(partition);
    }
    if (partitions.length > 0) this.parts.onOwned();
  }

  private reached(state: 'up' | 'away', error?: Error): void {
    this.parts.onDatabase(state, error);
    if (this.comingBack.reached(state)) this.parts.onLeases();
  }
}
