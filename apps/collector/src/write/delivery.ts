import type { JournalledEvent } from '@linepack/store';
import type { Time } from '../time';
import { rowsOf, weightOf, type Destination, type Entry } from './entry';

/** Some rows of an entry. */
interface Part {
  readonly entry: Entry;
  readonly from: number;
  readonly to: number;
}

export interface DeliveryOptions {
  readonly destination: Destination;
  readonly time: Time;
  /** One row that the database refuses for what it is, and why; resolves when it was dealt with. */
  readonly onRefused: (row: Entry, error: Error) => Promise<void>;
}

/**
 * Brings entries to the database, in order and in time. A row that the database refuses for what it is, is found by
 * halving and handed aside; everything else of its batch, and of its own entry, is written.
 */
export class Delivery {
  /** Rows that were handed aside, by entry: when the database goes away meanwhile, the batch comes again. */
  private readonly aside = new WeakMap<Entry, Set<number>>();
  private readonly waits = new Set<() => void>();
  private givenUp = false;

  constructor(private readonly options: DeliveryOptions) {}

  /**
   * An answer that comes later than `withinMs` comes too late: what it wrote after all is written again, which is safe.
   *
   * @throws Error when the database is away: any part of the entries may have been written then
   */
  deliver(entries: readonly Entry[], withinMs: number): Promise<JournalledEvent[]> {
    return this.write(
      entries.map((entry) => ({ entry, from: 0, to: weightOf(entry) })),
      withinMs,
    );
  }

  /** How many of an entry's rows were handed aside. */
  refusedRows(entry: Entry): number {
    return this.aside.get(entry)?.size ?? 0;
  }

  /** Whoever waits for an answer now does so no longer. */
  stopWaiting(): void {
    for (const stop of [...this.waits]) stop();
  }

  /** Nobody waits from now on. */
  giveUp(): void {
    this.givenUp = true;
    this.stopWaiting();
  }

  private async write(parts: readonly Part[], withinMs: number): Promise<JournalledEvent[]> {
    try {
      const entries = parts.map(({ entry, from, to }) => rowsOf(entry, from, to));
      return await this.answer(entries, withinMs);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const halves = halved(parts);
      if (halves)
        return [...(await this.write(halves[0], withinMs)), ...(await this.write(halves[1], withinMs))];
      for (const part of parts) await this.handAside(part, error);
      return [];
    }
  }

  private async handAside({ entry, from, to }: Part, error: Error): Promise<void> {
    const rows = this.aside.get(entry) ?? new Set<number>();
    this.aside.set(entry, rows);
    if (rows.has(from)) return;
    rows.add(from);
    await this.options.onRefused(rowsOf(entry, from, to), error);
  }

  private answer(entries: readonly Entry[], withinMs: number): Promise<JournalledEvent[]> {
    if (this.givenUp) return Promise.reject(new Error('the collector is stopping'));
    return new Promise((resolve, reject) => {
      const stop = (): void => end(() => reject(new Error('the database did not answer in time')));
      const timer = this.options.time.after(withinMs, stop);
      const end = (settle: () => void): void => {
        timer.cancel();
        this.waits.delete(stop);
        settle();
      };
      this.waits.add(stop);
      this.options.destination.write(entries).then(
        (journalled) => end(() => resolve(journalled)),
        (error: Error) => end(() => reject(error)),
      );
    });
  }
}

/** Null when there is only one row. */
function halved(parts: readonly Part[]): [Part[], Part[]] | null {
  const middle = Math.ceil(parts.length / 2);
  if (parts.length > 1) return [parts.slice(0, middle), parts.slice(middle)];
  const [part] = parts;
  if (!part || part.to - part.from < 2) return null;
  const cut = Math.ceil((part.from + part.to) / 2);
  return [[{ ...part, to: cut }], [{ ...part, from: cut }]];
}

/**
 * Trying again will not help: SQLSTATE classes 22 (data exception) and 23 (integrity violation), or a number that has no
 * place in the store.
 */
function isRefusal(error: unknown): error is Error {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return name === 'RangeError' || (typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code));
}

/** Why a row was refused, as it is counted. */
export const causeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;
