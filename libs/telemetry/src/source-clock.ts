import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import type { Instant } from './instant';

/** How a stamp stands to what is known of the clock that made it. */
export type Standing =
  /** Of now, as far as the clock is known. */
  | 'fresh'
  /** Old or ahead by the clock as known: the clock was set, or the word waited somewhere. Not yet known which. */
  | 'doubtful'
  /** It waited somewhere: its source sends what it had kept. */
  | 'backlog';

/** What a word says of the clock that stamped it. */
export interface ClockReading {
  readonly standing: Standing;
  /** receipt − (stamp + skew), µs: how old the word is by its source's own clock, set right. */
  readonly age: number;
  /** Whether this word made it known that the clock was set. */
  readonly stepped: boolean;
  /** Whether the clock begins anew with it: it was set, or nothing was known of it before. */
  readonly begins: boolean;
}

/** Two words of one clock differ by no more than this in how late they come, unless the clock was set. µs */
export const TOLERANCE = 2 * MICROS_PER_SECOND;
/** Sooner than this, a clock that was set is not told from words that waited. µs */
export const SETTLING = 5 * MICROS_PER_SECOND;
/** Ahead of its clock by more than this, a word is no quick network but another time. µs */
export const LEAP = 30 * MICROS_PER_SECOND;
const BUCKET = 60 * MICROS_PER_SECOND;
/** The skew is the least delay of the last ten minutes. */
const WINDOW = 10;

interface Bucket {
  readonly number: number;
  least: number;
}

interface Doubt {
  /** When the first such word came, on our steady clock, and how late it came. */
  readonly since: number;
  readonly offset: number;
  readonly side: 'old' | 'ahead';
  /** The first of such words that came least late, where one later than it began the doubt anew. */
  readonly least: { readonly since: number; readonly offset: number };
  known: 'open' | 'backlog';
  /** How late the latest such word came, and when. */
  lastOffset: number;
  lastAt: number;
}

/**
 * One clock of the plant, as far as its stamps tell: how far it is from ours (SPEC K1), whether a word is old by it
 * (K2), and whether it was set (K3). It takes every live word that carries a new stamp that can be believed, in the
 * order of arrival, and measures on our steady clock: whoever sets our wall clock does not set the plant's.
 */
export class SourceClock {
  /** How often the clock was set. Two stamps may be compared only when it was not set between them. */
  steps = 0;
  private readonly buckets: Bucket[] = [];
  /** Smallest receipt − stamp of the last minutes, on our steady clock. */
  private known: number | null = null;
  private freshAt: number | null = null;
  private doubt: Doubt | null = null;
  private last: {
    readonly stamp: Micros;
    readonly steady: number;
    readonly reading: ClockReading;
  } | null = null;

  /** How far it is behind our wall clock as that reads now, µs; negative when it is ahead, null before any word. */
  skewAt({ wall, steady }: Instant): number | null {
    return this.known === null ? null : this.known + (wall - steady);
  }

  /** Whether the latest old word is still not understood. */
  get isInDoubt(): boolean {
    return this.doubt?.known === 'open';
  }

  /** How old a stamp is by this clock, µs; it teaches nothing. */
  ageOf(stamp: Micros, receipt: Instant): number {
    return receipt.steady - stamp - this.expected(receipt);
  }

  /**
   * Takes the stamp of a live word. Words of one message carry one stamp: they are one reading, and so are messages of
   * one stamp that come one upon the other.
   * @param staleAge a word older than this by the clock's own time is old, µs: of the clock's tags the smallest
   */
  hear(stamp: Micros, receipt: Instant, staleAge: number): ClockReading {
    const { steady } = receipt;
    if (this.last?.stamp === stamp && steady - this.last.steady < TOLERANCE)
      return { ...this.last.reading, stepped: false, begins: false };
    const reading = this.read(stamp, receipt, staleAge);
    this.last = { stamp, steady, reading };
    return reading;
  }

  /** Of a clock of which nothing is known it is expected that it reads as ours does. */
  private expected({ wall, steady }: Instant): number {
    return this.known ?? steady - wall;
  }

  private read(stamp: Micros, receipt: Instant, staleAge: number): ClockReading {
    const at = receipt.steady;
    const offset = at - stamp;
    const age = this.ageOf(stamp, receipt);
    const isOld = age > staleAge;
    const isAhead = age < -LEAP && !(this.known === null && age >= -staleAge);
    if (!isOld && !isAhead) return this.fresh(offset, at, age);
    const { doubt } = this;
    const side = isOld ? 'old' : 'ahead';
    if (doubt?.side !== side || this.isAnother(doubt, offset, at)) return this.begin(offset, at, age, side);
    return this.follow(doubt, offset, at, age);
  }

  private fresh(offset: number, at: number, age: number): ClockReading {
    this.freshAt = at;
    this.learn(offset, at);
    const { doubt } = this;
    // A word of now among doubtful ones: the clock is as it was. Old ones had waited; one that was ahead cannot have.
    if (doubt?.known === 'open') doubt.known = 'backlog';
    if (doubt && (doubt.side === 'ahead' || at - doubt.lastAt > BUCKET)) this.doubt = null;
    return { standing: 'fresh', age, stepped: false, begins: false };
  }

  private begin(
    offset: number,
    at: number,
    age: number,
    side: Doubt['side'],
    least: Doubt['least'] = { since: at, offset },
  ): ClockReading {
    this.doubt = { since: at, offset, side, least, known: 'open', lastOffset: offset, lastAt: at };
    return { standing: 'doubtful', age, stepped: false, begins: false };
  }

  /** Another such word: what waited comes faster than it was made; a clock that was set goes on at its pace. */
  private follow(doubt: Doubt, offset: number, at: number, age: number): ClockReading {
    const { least } = doubt;
    // In step with the latest such word, or again with the first: one between them came late on the way.
    const stepsSince =
      [doubt, least].find((one) => Math.abs(one.offset - offset) <= TOLERANCE)?.since ?? null;
    if (age > 0 && least.offset - offset > TOLERANCE) doubt.known = 'backlog';
    doubt.lastOffset = offset;
    doubt.lastAt = at;
    if (doubt.known === 'backlog') return { standing: 'backlog', age, stepped: false, begins: false };
    // A clock that stands still or goes backwards cannot be believed either: it, too, begins anew.
    const isStill = at - offset <= doubt.since - doubt.offset;
    const since = isStill ? doubt.since : stepsSince;
    // Out of step goes neither a clock nor a backlog that is sent at once, but one late on the way or a clock set once
    // more: what follows from here tells.
    if (since === null)
      return this.begin(offset, at, age, doubt.side, offset < least.offset ? undefined : least);
    if (at - since >= SETTLING) return this.step(offset, at);
    return { standing: 'doubtful', age, stepped: false, begins: false };
  }

  private step(offset: number, at: number): ClockReading {
    const stepped = this.known !== null;
    if (stepped) this.steps += 1;
    this.doubt = null;
    this.buckets.length = 0;
    this.known = null;
    this.learn(offset, at);
    this.freshAt = at;
    return { standing: 'fresh', age: 0, stepped, begins: true };
  }

  /**
   * After a backlog was seen, an old word is doubtful again when it is older still, or does not catch up and no word of
   * now came since the one before it: the clock may have been set meanwhile, and a tag whose words arrive must not stay
   * blind.
   */
  private isAnother(doubt: Doubt, offset: number, at: number): boolean {
    if (doubt.known !== 'backlog' || at <= doubt.lastAt) return false;
    const since = at - doubt.lastAt;
    const catchesUp = doubt.lastOffset - offset > since;
    // What had waited comes in its order.
    const goesBack = offset - doubt.lastOffset > since;
    const isBesideNow = this.freshAt !== null && this.freshAt > doubt.lastAt;
    return goesBack || !(catchesUp || isBesideNow);
  }

  private learn(offset: number, at: number): void {
    const number = Math.floor(at / BUCKET);
    const newest = this.buckets.at(-1);
    if (newest?.number === number) {
      if (offset >= newest.least) return;
      newest.least = offset;
    } else {
      while (this.buckets[0] && this.buckets[0].number < number - WINDOW) this.buckets.shift();
      // After a long silence one late word alone does not say that the clock is late.
      const least = this.buckets.length === 0 ? Math.min(offset, this.known ?? offset) : offset;
      this.buckets.push({ number, least });
    }
    this.known = Math.min(...this.buckets.map((b) => b.least));
  }
}
