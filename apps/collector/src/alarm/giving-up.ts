import type { LeaseAnswer } from '@linepack/store';
import { elapsedMs, momentOf, type Moment } from '../elapsed';
import type { Time } from '../time';

/** What is given up waits for the journal at most this long. */
const GIVE_UP_MS = 5_000;
/** The part of what it holds that a collector gives up at a time, so that not all of it is between two owners. */
const GIVE_UP_PART = 0.1;

/**
 * What a collector hands over to others, because it holds more than its share while they live: spoken for no more, then
 * journalled, then released.
 */
export class GivingUp {
  private readonly since = new Map<string, Moment>();

  constructor(private readonly time: Time) {}

  has(partition: string): boolean {
    return this.since.has(partition);
  }

  /** What is not held any more is given up. */
  holds(held: ReadonlySet<string>): void {
    for (const partition of this.since.keys()) if (!held.has(partition)) this.since.delete(partition);
  }

  /** @returns what is to be spoken for no more from now on, to make room for others; `partitions` is how many there are */
  makeRoom({ held, others, share }: LeaseAnswer, partitions: number): readonly string[] {
    const mine = held.filter(({ partition }) => !this.has(partition));
    const free = partitions - held.length - others.filter((l) => l.runs).length;
    const atATime = Math.ceil(held.length * GIVE_UP_PART) - this.since.size;
    const excess = Math.min(mine.length - share - free, atATime);
    const given = excess > 0 ? mine.slice(-excess).map(({ partition }) => partition) : [];
    for (const partition of given) this.since.set(partition, momentOf(this.time));
    return given;
  }

  /** What can be released: all that was said of it is in the journal, or has waited for long enough. */
  ready(waiting: () => ReadonlySet<string>): string[] {
    if (this.since.size === 0) return [];
    const unwritten = waiting();
    return [...this.since]
      .filter(([partition, since]) => !unwritten.has(partition) || elapsedMs(since, this.time) > GIVE_UP_MS)
      .map(([partition]) => partition);
  }
}
