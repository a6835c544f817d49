import type { Log } from '../log';
import { weightOf, type Entry } from './entry';
import { SpoolFullError } from './spool';

/** Counts the rows that will never be in the database, by cause and by tag, and says each cause once in a row. */
export class Losses {
  readonly byCause = new Map<string, number>();
  /** Samples by tag id. */
  readonly byTag = new Map<number, number>();
  /** Rows that the database refused for what they are. */
  refused = 0;
  /** Rows that there was no room for. */
  lostToFullSpool = 0;
  private said: string | null = null;

  constructor(private readonly log: Log) {}

  /** An entry that was not taken: whoever put it knows, and may put it again. */
  notTaken(entry: Entry, error: Error): void {
    if (error instanceof SpoolFullError) this.lostToFullSpool += weightOf(entry);
    this.count(entry, error.name);
    if (this.said !== error.name) this.log.error(error.message);
    this.said = error.name;
  }

  /** A row that the database refused. */
  setAside(row: Entry, cause: string): void {
    this.refused += weightOf(row);
    this.count(row, cause);
  }

  /** The next loss is said again. */
  ended(): void {
    this.said = null;
  }

  private count(entry: Entry, cause: string): void {
    this.byCause.set(cause, (this.byCause.get(cause) ?? 0) + weightOf(entry));
    if (entry.kind !== 'samples') return;
    for (const [tagId] of entry.samples) this.byTag.set(tagId, (this.byTag.get(tagId) ?? 0) + 1);
  }
}
