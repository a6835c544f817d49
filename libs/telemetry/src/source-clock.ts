import { MICROS_PER_SECOND, type Micros } from '@linepack/network';

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
  /** Our time at which the first such word came, and how late it came. */
  readonly since: Micros;
  readonly offset: number;
  known: 'open' | 'backlog';
  /** How late the latest such word came, and when. */
  lastOffset: number;
  lastAt: Micros;
}

/**
 * One clock of the plant, as far as its stamps tell: how far it is from ours (SPEC K1), whether a word is old by it
 * (K2), and whether it was set (K3). It takes every live word that carries a new stamp, in the order of arrival.
 */
export class SourceClock {
  /** How often the clock was set. Two stamps may be compared only when it was not set between them. */
  steps = 0;
  private readonly buckets: Bucket[] = [];
  private known: number | null = null;
  private freshAt: Micros | null = null;
  private doubt: Doubt | null = null;
  private last: {
    readonly stamp: Micros;
    readonly receivedAt: Micros;
    readonly reading: ClockReading;
  } | null = null;

  /**
   * @param staleAge a word older than this by the clock's own time is old, µs: of the clock's tags the smallest
   */
  constructor(private readonly staleAge: number) {}

  /** Smallest receipt − stamp of the last minutes, µs: positive when the clock is behind ours. Null before any word. */
  get skew(): number | null {
    return this.known;
  }

  /** Whether the latest old word is still not understood. */
  get isInDoubt(): boolean {
    return this.doubt?.known === 'open';
  }

  /** How old a stamp is by this clock, µs; it teaches nothing. */
  ageOf(stamp: Micros, receivedAt: Micros): number {
    return receivedAt - stamp - (this.skew ?? 0);
  }

  /** Takes the stamp of a live word. Words of one message carry one stamp: they are one reading. */
  hear(stamp: Micros, receivedAt: Micros): ClockReading {
    if (this.last?.stamp === stamp && this.last.receivedAt === receivedAt)
      return { ...this.last.reading, stepped: false };
    const reading = this.read(receivedAt - stamp, receivedAt);
    this.last = { stamp, receivedAt, reading };
    return reading;
  }

  private read(offset: number, at: Micros): ClockReading {
    const skew = this.skew;
    const age = offset - (skew ?? 0);
    const isOld = age > this.staleAge;
    const isAhead = age < -LEAP && !(skew === null && age >= -this.staleAge);
    if (!isOld && !isAhead) return this.fresh(offset, at, age);
    const { doubt } = this;
    if (doubt === null || this.isAnother(doubt, offset, at)) return this.begin(offset, at, age);
    return this.follow(doubt, offset, at, age);
  }

  private fresh(offset: number, at: Micros, age: number): ClockReading {
    this.freshAt = at;
    this.learn(offset, at);
    // A word of now among old ones: the clock is as it was, and they had waited.
    if (this.doubt?.known === 'open') this.doubt.known = 'backlog';
    if (this.doubt && at - this.doubt.lastAt > BUCKET) this.doubt = null;
    return { standing: 'fresh', age, stepped: false };
  }

  private begin(offset: number, at: Micros, age: number): ClockReading {
    this.doubt = { since: at, offset, known: 'open', lastOffset: offset, lastAt: at };
    return { standing: 'doubtful', age, stepped: false };
  }

  /** Another old word: what waited comes faster than it was made; a clock that was set goes on at its pace. */
  private follow(doubt: Doubt, offset: number, at: Micros, age: number): ClockReading {
    const caughtUp = doubt.offset - offset;
    const pace = Math.abs(caughtUp) <= TOLERANCE;
    if (age > 0 && caughtUp > TOLERANCE) doubt.known = 'backlog';
    doubt.lastOffset = offset;
    doubt.lastAt = at;
    if (doubt.known === 'backlog') return { standing: 'backlog', age, stepped: false };
    // A clock that stands still or goes backwards cannot be believed either: it, too, begins anew.
    const isSet = at - doubt.since >= SETTLING && (pace || caughtUp < 0);
    return isSet ? this.step(offset, at) : { standing: 'doubtful', age, stepped: false };
  }

  private step(offset: number, at: Micros): ClockReading {
    const stepped = this.known !== null;
    if (stepped) this.steps += 1;
    this.doubt = null;
    this.forget();
    this.learn(offset, at);
    this.freshAt = at;
    return { standing: 'fresh', age: 0, stepped };
  }

  /**
   * After a backlog was seen, an old word is doubtful again when it does not catch up and no word of now came since the
   * one before it: the clock may have been set meanwhile, and a tag whose words arrive must not stay blind.
   */
  private isAnother(doubt: Doubt, offset: number, at: Micros): boolean {
    if (doubt.known !== 'backlog' || at <= doubt.lastAt) return false;
    const catchesUp = doubt.lastOffset - offset > at - doubt.lastAt;
    const isBesideNow = this.freshAt !== null && this.freshAt > doubt.lastAt;
    return !catchesUp && !isBesideNow;
  }

  private learn(offset: number, at: Micros): void {
    const number = Math.floor(at / BUCKET);
    const newest = this.buckets.at(-1);
    if (newest?.number === number) {
      if (offset >= newest.least) return;
      newest.least = offset;
    } else {
      // Our own clock was set back: what it had measured is of another time.
      if (newest && number < newest.number) this.forget();
      while (this.buckets[0] && this.buckets[0].number < number - WINDOW) this.buckets.shift();
      // After a long silence one late word alone does not say that the clock is late.
      const least = this.buckets.length === 0 ? Math.min(offset, this.known ?? offset) : offset;
      this.buckets.push({ number, least });
    }
    this.known = Math.min(...this.buckets.map((b) => b.least));
  }

  private forget(): void {
    this.buckets.length = 0;
    this.known = null;
  }
}
