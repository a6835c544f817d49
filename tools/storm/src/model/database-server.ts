import type { SimulatedProcess } from '../kernel/process';
import type { Kernel } from '../kernel/kernel';
import { CoverageTable } from './coverage';
import { JournalTable } from './journal';
import { LeaseModel } from '../../../../apps/collector/test/lease-model';
import { SampleTable } from './samples';
import { WorkTables } from './work-tables';
import type { NetworkSnapshot } from '@linepack/store';

/** What the server does with a call: answers, refuses connections, or takes it and says nothing until it goes on. */
export type ServerMood = 'up' | 'away' | 'hanging';

/** What may happen to a single call. */
export type CallFate = 'answered' | 'rolledBack' | 'committedUnanswered';

/**
 * The database: its tables, and how it behaves towards those who call. Each call is one transaction, executed at one
 * instant between request and answer.
 */
export class DatabaseServer {
  readonly samples: SampleTable = new SampleTable((rows) => this.work.markLate(rows));
  readonly journal = new JournalTable((partition) => this.leases.epochOf(partition));
  readonly coverage = new CoverageTable((source, change) => this.work.coverageChanged(source, change));
  readonly work: WorkTables = new WorkTables(this.samples, this.coverage, () => this.clock);
  readonly leases = new LeaseModel(() => this.clock / 1_000);
  /** True time at which each owner asked for its leases last. */
  readonly askedAt = new Map<string, number>();
  /** True time at which each process was told last what was stored of a tag before, by process and tag. */
  readonly toldBefore = new Map<string, number>();
  network: NetworkSnapshot | null = null;
  mood: ServerMood = 'up';
  /** True time since when it has been answering everybody at its usual pace. */
  wellSince: number;
  /** Extra time a call takes, ms. */
  slowMs = 0;
  /** How often a call fails, 0 to 1. */
  failing = 0;
  /** Names of computers it cannot be reached from. */
  readonly cutOff = new Set<string>();
  private waiting: { readonly run: () => void; readonly lost: () => void }[] = [];
  private readonly random;

  constructor(
    readonly kernel: Kernel,
    readonly clockOffset: number,
  ) {
    this.random = kernel.random.stream('database');
    this.wellSince = kernel.now;
  }

  get clock(): number {
    return this.kernel.now + this.clockOffset;
  }

  get isWell(): boolean {
    return this.mood === 'up' && this.slowMs === 0 && this.failing === 0;
  }

  /** Whether a call from there is answered, at whatever pace. */
  answers(computer: string): boolean {
    return this.mood === 'up' && !this.cutOff.has(computer);
  }

  slow(byMs: number): void {
    this.kernel.note('database', `slow by up to ${byMs} ms`);
    this.slowMs = byMs;
    this.wellSince = this.kernel.now;
  }

  failSometimes(share: number): void {
    this.kernel.note('database', `fails ${share}`);
    this.failing = share;
    this.wellSince = this.kernel.now;
  }

  setMood(mood: ServerMood): void {
    if (mood === this.mood) return;
    this.kernel.note('database', mood);
    this.mood = mood;
    this.wellSince = this.kernel.now;
    const waiting = this.waiting;
    this.waiting = [];
    // A server that only hung does them all, however late; one that crashed has forgotten them, and their lines break.
    waiting.forEach(({ run, lost }) => (mood === 'up' ? run() : lost()));
  }

  fate(): CallFate {
    if (!this.random.chance(this.failing)) return 'answered';
    return this.random.chance(0.5) ? 'rolledBack' : 'committedUnanswered';
  }

  latencyMs(): number {
    return this.random.between(0.5, 4) + (this.slowMs > 0 ? this.random.between(0, this.slowMs) : 0);
  }

  /** Runs when the server takes its next call. */
  whenItGoesOn(run: () => void, lost: () => void): void {
    this.waiting.push({ run, lost });
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** One process's connection to the database. */
export class DatabaseLink {
  constructor(
    readonly process: SimulatedProcess,
    private readonly server: DatabaseServer,
  ) {}

  /** One transaction. Its answer may be late, missing, or an error though it was committed. */
  call<T>(what: string, transaction: () => T): Promise<T> {
    const { process, server } = this;
    if (!process.acts()) return never();
    return new Promise<T>((resolve, reject) => {
      const fail = (message: string, afterMs: number): void =>
        void server.kernel.after(afterMs, () => process.deliver(() => reject(new Error(message))));
      server.kernel.after(server.latencyMs(), () => {
        if (server.mood === 'away' || server.cutOff.has(process.computer.name))
          return fail('connect ECONNREFUSED', 1);
        if (server.mood === 'hanging')
          return server.whenItGoesOn(
            () => this.execute(what, transaction, resolve, reject),
            () => fail('Connection terminated unexpectedly', 1),
          );
        this.execute(what, transaction, resolve, reject);
      });
    });
  }

  private execute<T>(
    what: string,
    transaction: () => T,
    resolve: (answer: T) => void,
    reject: (error: Error) => void,
  ): void {
    const { process, server } = this;
    const fate = server.fate();
    const answer = (settle: () => void): void =>
      void server.kernel.after(server.latencyMs(), () => process.deliver(settle));
    const lost = (): void => answer(() => reject(new Error('Connection terminated unexpectedly')));
    if (fate === 'rolledBack') {
      server.kernel.note('database', `${process.name} ${what}: rolled back`);
      return lost();
    }
    try {
      const result = transaction();
      server.kernel.note('database', `${process.name} ${what}${fate === 'answered' ? '' : ': no answer'}`);
      if (fate === 'committedUnanswered') return lost();
      answer(() => {
        // A server that went away, or a line that was cut, meanwhile takes the answer with it.
        if (server.mood === 'away' || server.cutOff.has(process.computer.name))
          reject(new Error('Connection terminated unexpectedly'));
        else resolve(result);
      });
    } catch (error) {
      server.kernel.note('database', `${process.name} ${what}: ${(error as Error).message}`);
      answer(() => reject(error as Error));
    }
  }
}
