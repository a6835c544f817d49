/** When a task is due, in the milliseconds of whatever clock its user has. */
export interface Appointment {
  readonly name: string;
  readonly dueAt: number;
}

interface Entry {
  dueAt: number;
  /** Which run of all it was last; breaks ties, so that nobody is passed over. */
  lastRun: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Who is due next. A task that was asked to hurry while it ran is due again at its end, and behind everybody who was
 * due before: whoever hurries himself on and on delays the others by one run each, no more.
 */
export class Agenda {
  private readonly entries = new Map<string, Entry>();
  private runs = 0;

  /** All of `names` are due at `now`, in their order. */
  constructor(names: readonly string[], now: number) {
    for (const name of names) this.entries.set(name, { dueAt: now, lastRun: 0 });
  }

  /** The earliest due; of those due together, the one that has waited longest for a run. */
  next(): Appointment {
    let first: [string, Entry] | undefined;
    for (const entry of this.entries)
      if (
        !first ||
        entry[1].dueAt < first[1].dueAt ||
        (entry[1].dueAt === first[1].dueAt && entry[1].lastRun < first[1].lastRun)
      )
        first = entry;
    return first ? { name: first[0], dueAt: first[1].dueAt } : { name: '', dueAt: NEVER };
  }

  /** The task's run begins: what is asked of it from now on is asked of its next run. */
  started(name: string): void {
    const entry = this.entry(name);
    entry.lastRun = ++this.runs;
    entry.dueAt = NEVER;
  }

  /** The task's run ended well; it is due again at `again`, or when it was asked to hurry meanwhile. */
  ended(name: string, again: number): void {
    const entry = this.entry(name);
    entry.dueAt = Math.min(entry.dueAt, again);
  }

  /** The task's run failed; it waits until `again` even if it was asked to hurry, or it would fail without a pause. */
  failed(name: string, again: number): void {
    this.entry(name).dueAt = again;
  }

  /** Makes a task due at `now`, if it is not due already. @throws RangeError for a name that is not there */
  hurry(name: string, now: number): void {
    const entry = this.entry(name);
    entry.dueAt = Math.min(entry.dueAt, now);
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new RangeError(`task ${name}: expected one of ${[...this.entries.keys()].join(', ')}`);
    return entry;
  }
}
