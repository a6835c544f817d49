import { weightOf, type Entry } from './entry';

/** Where an entry was when its promise resolved: durable in either. */
export type Durable = 'journal' | 'spool';

export interface Waiting {
  readonly entry: Entry;
  readonly resolve: (durable: Durable) => void;
  readonly reject: (error: Error) => void;
}

/** Rows of samples that wait in memory at most: about 100 MB. */
const MOST_SAMPLES = 500_000;
/** Rows of all else, above all of the journal: more than a plant's alarms raise in a day without a database or a disk. */
const MOST_KEPT = 100_000;

/** What waits in memory, in order, for the database or the spool. */
export class WaitingRoom {
  private waiting: Waiting[] = [];
  private samples = 0;
  private kept = 0;

  get rows(): number {
    return this.samples + this.kept;
  }
  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  hasRoomFor(entry: Entry): boolean {
    return entry.kind === 'samples' ? this.samples < MOST_SAMPLES : this.kept < MOST_KEPT;
  }

  add(waiting: Waiting): void {
    this.waiting.push(waiting);
    this.count(waiting.entry, weightOf(waiting.entry));
  }

  /** The oldest, at least one, until they weigh `rows`. */
  take(rows: number): Waiting[] {
    let count = 0;
    for (let weight = 0; count < this.waiting.length && weight < rows; count += 1)
      weight += weightOf((this.waiting[count] as Waiting).entry);
    const taken = this.waiting.splice(0, count);
    for (const { entry } of taken) this.count(entry, -weightOf(entry));
    return taken;
  }

  /** They could not be delivered: to the front again, in their order. */
  giveBack(taken: readonly Waiting[]): void {
    this.waiting = [...taken, ...this.waiting];
    for (const { entry } of taken) this.count(entry, weightOf(entry));
  }

  private count(entry: Entry, rows: number): void {
    if (entry.kind === 'samples') this.samples += rows;
    else this.kept += rows;
  }
}
