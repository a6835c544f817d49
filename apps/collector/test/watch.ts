import type { PartStatus } from '@linepack/contracts';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import type { Unwritten } from '../src/alarm/unwritten';
import { randomUUID } from 'node:crypto';
import type { LeaseCopy, OwnershipCopy } from '../src/alarm/ownership-copy';
import { PartitionOwnership } from '../src/alarm/partition-ownership';
import { Peers } from '../src/alarm/peers';
import type { Time, Timer } from '../src/time';
import { quiet } from './house';
import { LeaseModel } from './lease-model';
import { SteppedTime } from './stepped-time';

/** A computer's time that can stand still for one process: what was due runs when it goes on. */
class Pausable implements Time {
  private held: (() => void)[] | null = null;
  private aheadMs = 0;

  constructor(private readonly base: SteppedTime) {}

  now = () => this.base.now();
  monotonicMs = () => this.base.monotonicMs() + this.aheadMs;
  after = (ms: number, run: () => void): Timer => this.base.after(ms, () => this.let(run));
  every = (ms: number, run: () => void): Timer => this.base.every(ms, () => this.let(run));

  get isPaused(): boolean {
    return this.held !== null;
  }

  pause(): void {
    this.held ??= [];
  }

  goOn(): void {
    const due = this.held ?? [];
    this.held = null;
    due.forEach((run) => run());
  }

  /** Resolves when the process runs. */
  running(): Promise<void> {
    return this.held === null ? Promise.resolve() : new Promise((resolve) => this.held?.push(resolve));
  }

  private let(run: () => void): void {
    if (this.held === null) run();
    else this.held.push(run);
  }
}

/** The company's computers: one clock, one database with the leases, one bus; and each collector's way to them. */
export class Company {
  readonly time = new SteppedTime();
  readonly leases = new LeaseModel(() => this.time.monotonicMs());
  readonly collectors: Watch[] = [];
  /** The last word of every collector, kept by the broker. */
  readonly retained = new Map<string, PartStatus>();
  states: StoredAlarm[] = [];

  constructor(readonly partitions: readonly string[]) {}

  start(owner: string, disk = new Disk()): Watch {
    const one = new Watch(this, owner, disk);
    this.collectors.push(one);
    return one;
  }

  publish(status: PartStatus): void {
    this.retained.set(status.instance as string, status);
    for (const one of this.collectors) if (one.bus === 'there') one.hear(status);
  }

  /** Who would say a word of the partition now. */
  speakers(partition: string): { owner: string; epoch: number }[] {
    return this.collectors.flatMap((one) => {
      const epoch = one.speaksUnder(partition);
      return epoch === null ? [] : [{ owner: one.owner, epoch }];
    });
  }
}

/** A data folder, which outlives the process. */
export class Disk {
  leases: LeaseCopy | null = null;
  alarms: OwnershipCopy | null = null;
}

/** One collector's ownership, with an engine that only counts. */
export class Watch {
  private readonly time: Pausable;
  private readonly peers: Peers;
  private readonly timers: Timer[];
  private alive = true;
  readonly ownership: PartitionOwnership;
  database: 'there' | 'away' | 'silent' = 'there';
  bus: 'there' | 'away' = 'there';
  waiting: JournalEntry[] = [];
  /** What the engine was given with each partition. */
  readonly given = new Map<
    string,
    { epoch: number; states: readonly StoredAlarm[]; waiting: readonly Unwritten[] }
  >();
  private readonly copied = new Map<string, OwnershipCopy['partitions'][number]>();
  /** What it was told of partitions that it had from a copy. */
  readonly caughtUp: { name: string; states: readonly StoredAlarm[] }[] = [];
  readonly moves: string[] = [];

  constructor(
    private readonly company: Company,
    readonly owner: string,
    readonly disk: Disk,
  ) {
    this.time = new Pausable(company.time);
    this.peers = new Peers(owner, this.time);
    this.ownership = new PartitionOwnership({
      owner,
      session: randomUUID(),
      leases: {
        round: (request) => this.ask(() => company.leases.round(request)),
        leave: (name) => this.ask(() => company.leases.leave(name)),
      },
      alarms: {
        states: (partition) => this.ask(() => company.states.filter((s) => s.alarm.partition === partition)),
        openPartitions: () => this.ask(() => []),
      },
      waiting: () => this.waiting,
      engine: {
        own: (name, epoch, states, waiting) => {
          this.given.set(name, { epoch, states, waiting });
          this.moves.push(`+${name}`);
          this.copied.set(name, { partition: name, epoch, states });
          disk.alarms = { owner, partitions: [...this.copied.values()] };
        },
        catchUp: (name, states) => this.caughtUp.push({ name, states }),
        disown: (name) => {
          this.moves.push(`-${name}`);
          this.copied.delete(name);
          disk.alarms = { owner, partitions: [...this.copied.values()] };
        },
      },
      peers: this.peers,
      copies: {
        leases: {
          read: () => disk.leases,
          write: (copy) => {
            disk.leases = copy;
            return true;
          },
        },
        alarms: { read: () => disk.alarms },
      },
      time: this.time,
      onOwned: () => this.say(),
      onDatabase: () => undefined,
      onLeases: () => this.say(),
      log: quiet,
    });
    company.retained.forEach((status) => this.hear(status));
    this.timers = [this.time.every(2_000, () => this.say())];
    this.ownership.want(company.partitions);
  }

  hear(status: PartStatus): void {
    if (this.alive) this.peers.take(status);
  }

  /** The bus is there again: the broker gives the last words. */
  reconnect(): void {
    this.bus = 'there';
    this.company.retained.forEach((status) => this.hear(status));
  }

  speaksUnder(partition: string): number | null {
    if (!this.alive || this.time.isPaused || this.ownership.doubt() !== null) return null;
    return this.ownership.epochOf(partition);
  }

  pause(): void {
    this.time.pause();
  }

  goOn(): void {
    this.time.goOn();
  }

  /** kill -9: the broker says that it is lost. */
  kill(): void {
    this.alive = false;
    this.timers.forEach((timer) => timer.cancel());
    this.time.pause();
    if (this.bus === 'there') this.company.publish({ ...this.status(), state: 'down', partitions: [] });
  }

  private say(): void {
    if (this.alive && this.bus === 'there') this.company.publish(this.status());
  }

  private status(): PartStatus {
    return {
      part: 'collector',
      instance: this.owner,
      state: 'up',
      at: this.time.now(),
      detail: '',
      partitions: this.ownership.partitions,
      leases: this.ownership.leases,
    };
  }

  /** A question to the database and its answer; the process may stand still between the two. */
  private async ask<T>(question: () => T): Promise<T> {
    await this.time.running();
    if (this.database === 'silent') return new Promise<never>(() => undefined);
    if (this.database === 'away') throw new Error('ECONNREFUSED');
    const answer = question();
    await Promise.resolve();
    await this.time.running();
    return answer;
  }
}
