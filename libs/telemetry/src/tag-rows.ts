import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import type { Instant } from './instant';
import type { Sample } from './quality';
import { dueRepeat, isWorthStoring, type ReportRule } from './report-filter';
import { TOLERANCE } from './source-clock';
import type { PresentValue, Word } from './word';

/** A word of now that stands before the newest sample is stored again after it when nothing newer comes for so long. µs */
export const SETTLING_OF_NOW = 2 * MICROS_PER_SECOND;
/** Words stored elsewhere than at their stamp, remembered by tag for when they are sent again. */
const MOST_ELSEWHERE = 32;

/**
 * Whether a stored sample came from its source, with its time. Of a Bad one without a value nobody knows: that a source
 * went, refuses a node or never sent a value we have said, at our time.
 */
export const isSurelyAWord = ({ quality, value }: Pick<Sample, 'quality' | 'value'>): boolean =>
  quality >= 0 || value !== null;

/** What is known of a tag's clock. */
export interface ClockFacts {
  /** Names the clock and when it was set last: two stamps may be compared only within one era. */
  readonly era: number;
  /** How far it is behind our wall clock now, µs; null when not known. */
  readonly skew: number | null;
}

/** What the placing of a word has to know besides the word. */
export interface Placing extends ClockFacts {
  readonly rule: ReportRule;
  readonly now: Instant;
}

/** A word that stands elsewhere than at its stamp. */
interface Elsewhere {
  readonly word: Pick<Word, 'sourceTime' | 'value' | 'quality'>;
  /** Where it stands; null while that is not known. */
  readonly ts: Micros | null;
}

const isSame = (a: Elsewhere['word'], b: Elsewhere['word']): boolean =>
  a.sourceTime === b.sourceTime && a.value === b.value && a.quality === b.quality;
/**
 * When a word was said, on our clock. Nothing is heard before it is said: by a skew that takes it there, its clock has been
 * set since.
 */
const saidAt = (stamp: Micros, skew: number, receivedAt: Micros): Micros =>
  Math.min(Math.round(stamp + skew), receivedAt) as Micros;
const sampleOf = ({ tagId, quality, value }: Word, ts: Micros): Sample => ({ tagId, ts, quality, value });

/**
 * The rows of one tag: where its words stand in time (SPEC P8, P9). The newest stored sample says what holds now; what
 * is older stands at its own time.
 */
export class TagRows {
  /** The newest sample there is, or is on its way. */
  private stored: Sample | null = null;
  /** The newest that is known to be durable: what stands when one on its way is refused. */
  private durable: Sample | null = null;
  /** The newest sample may say something else than `stored`: the next one is stored whatever it says. */
  private isUnsure = false;
  /** The newest stamp that stands at its own time, and in which era of its clock. */
  private own: { readonly stamp: Micros; readonly era: number } | null = null;
  /** The same of what had waited: it covers its clock's time where nothing else is known of it. */
  private waited: { readonly stamp: Micros; readonly era: number } | null = null;
  /**
   * The newest sample does not say what holds now: since when, and when the latest word came. On our steady clock: the
   * other one may be set before it is stored.
   */
  private owed: { readonly since: number; readonly heard: number } | null = null;
  /** Where a value was stored again last because it held: a word that is older by its stamp may have held there. */
  private again: Micros | null = null;
  /** The latest word that stands before the newest sample. */
  private late: Sample | null = null;
  private elsewhere: Elsewhere[] = [];
  /** Up to here an earlier run stored words of this tag; whether its clock was set then is not known. */
  private floor = -Infinity;

  get newest(): Sample | null {
    return this.stored;
  }
  /** Whether `settle` has something to say later. */
  get owes(): boolean {
    return this.owed !== null;
  }

  /**
   * What an earlier run, or another collector, stored of this tag.
   * @param word its newest sample that is a word of the source
   */
  knows(newest: Sample, word: Micros | null): void {
    this.confirm(newest);
    this.floor = Math.max(this.floor, word ?? -Infinity);
    // Whether that was its own time is as little known as if this had come first.
    if (this.own !== null && this.own.stamp < this.floor) this.own = null;
  }

  /** A sample of this tag is durable. */
  confirm(sample: Sample): void {
    if (this.durable === null || sample.ts > this.durable.ts) this.durable = sample;
    if (this.stored === null || sample.ts > this.stored.ts) this.stored = sample;
  }

  /** A sample of this tag was not taken, and never will be. */
  refuse({ ts }: Sample): void {
    this.stored = this.durable;
    this.isUnsure = true;
    this.elsewhere = this.elsewhere.filter((one) => one.ts !== ts);
  }

  /**
   * Whether a word's stamp lies in time that an earlier run covered by another time than its clock's: what that stored
   * last is still to come by this clock. Of a clock of which nothing is known it is expected that it reads as ours.
   */
  isCoveredBefore(word: Word, { skew }: ClockFacts): boolean {
    return this.isOfEarlierRuns(word) && this.floor > word.receivedAt - (skew ?? 0) + TOLERANCE;
  }

  /** Whether a word's stamp is not after what an earlier run stored last. */
  isOfEarlierRuns({ sourceTime }: Word): boolean {
    return sourceTime !== null && sourceTime <= this.floor;
  }

  /** Whether something later of the same clock, which had waited, stands at its own time. */
  isBehindWhatWaited({ sourceTime }: Word, { era }: ClockFacts): boolean {
    return sourceTime !== null && this.waited?.era === era && sourceTime < this.waited.stamp;
  }

  /** Whether this very word was stored elsewhere than at its stamp. */
  isElsewhere(word: Word): boolean {
    return this.elsewhere.some((one) => isSame(one.word, word));
  }

  /** The word is, or will be, stored elsewhere than at its stamp. */
  putsElsewhere(word: Word, ts: Micros | null): void {
    if (word.sourceTime === null) return;
    this.elsewhere = this.elsewhere.filter((one) => !isSame(one.word, word));
    this.elsewhere.push({ word, ts });
    if (this.elsewhere.length > MOST_ELSEWHERE) this.elsewhere.shift();
  }

  /** What cannot be heard is Bad from now on, after all that is stored. */
  marker(sample: Omit<Sample, 'ts'>, at: Micros, clock: ClockFacts): Sample {
    const ts = Math.max(this.inItsTime(at, clock), this.next()) as Micros;
    this.owed = null;
    this.isUnsure = false;
    this.stored = { ...sample, ts };
    return this.stored;
  }

  /**
   * A word of now: at its own time, and where that is not after everything stored, what holds now is owed. A word that
   * cannot stand at its own time stands at its receipt.
   * @param stamp its source's time when it can be believed
   * @param isOfNow whether that is young enough to be the time of now
   * @param isTold whether the same, with the same stamp, stands at its own time already
   */
  live(word: Word, stamp: Micros | null, isOfNow: boolean, isTold: boolean, around: Placing): Sample[] {
    const { receivedAt, origin } = word;
    const { rule, era, now } = around;
    if (stamp !== null && isOfNow && stamp >= this.next()) {
      const before = this.heldBefore(stamp, rule);
      this.own = { stamp, era };
      this.owed = null;
      if (origin === 'first' && receivedAt - stamp > rule.maxReportS * MICROS_PER_SECOND)
        this.owe(now.steady);
      return [...before, ...this.keep(sampleOf(word, stamp), rule)];
    }
    if (stamp !== null && this.mayStandBehind(word, stamp, isOfNow, around)) {
      this.owe(now.steady);
      this.late = sampleOf(word, stamp);
      if (isTold) return [];
      if (stamp > (this.own?.stamp ?? 0)) this.own = { stamp, era };
      // Two values under one stamp: the writer moves the second on, and which is the newest then is not known here.
      if (stamp === this.stored?.ts) this.isUnsure = true;
      return [this.late];
    }
    const setRight = stamp !== null && isOfNow ? this.setRight(stamp, receivedAt, around) : null;
    if (setRight !== null && setRight < this.next()) {
      this.putsElsewhere(word, setRight);
      this.owe(now.steady);
      return this.past(sampleOf(word, setRight), now.steady, around);
    }
    this.owed = null;
    const placed = setRight ?? (stamp === null ? receivedAt : this.inItsTime(receivedAt, around));
    const ts = Math.max(placed, this.next()) as Micros;
    this.putsElsewhere(word, ts);
    return this.keep(sampleOf(word, ts), rule);
  }

  /**
   * A word of the past, at its own time.
   * @param heard when it came, on our steady clock
   */
  history(word: Word, heard: number, around: Placing): Sample[] {
    const stamp = word.sourceTime as Micros;
    const isFree = this.own === null && !this.isCoveredBefore(word, around);
    const isOfItself = word.origin === 'historical' || this.isItsOwn(around) || isFree;
    const ts = isOfItself ? stamp : saidAt(stamp, around.skew ?? 0, word.receivedAt);
    if (isOfItself && word.origin !== 'historical' && stamp > (this.waited?.stamp ?? -Infinity))
      this.waited = { stamp, era: around.era };
    return this.past(sampleOf(word, ts), heard, around);
  }

  /** A sample of the past. Where it is newer than all that is stored, what holds now is owed. */
  past(sample: Sample, heard: number, { now }: Placing): Sample[] {
    const newest = this.stored?.ts ?? -Infinity;
    if (sample.ts < newest) return [sample];
    if (sample.ts > newest) this.stored = sample;
    else this.isUnsure = true;
    this.owe(now.steady, heard);
    return [sample];
  }

  /**
   * What holds now, after the newest sample, where that says something else and no later word has come meanwhile.
   * @param isInItsTime whether `present.at` is of the source's clock
   */
  settle(
    present: PresentValue,
    isInItsTime: boolean,
    when: 'due' | 'atOnce',
    around: Placing,
  ): readonly Sample[] {
    const { owed } = this;
    const { wall, steady } = around.now;
    if (owed === null || (when === 'due' && steady - owed.since < SETTLING_OF_NOW)) return [];
    this.owed = null;
    const heardAt = Math.round(wall - (steady - owed.heard)) as Micros;
    const isOwn = isInItsTime && present.at >= this.next();
    const since = isOwn ? present.at : this.inItsTime(heardAt, around);
    const { tagId, quality, value } = present;
    const rows = this.keep(
      { tagId, quality, value, ts: Math.max(since, this.next()) as Micros },
      around.rule,
    );
    if (rows[0]) this.again = rows[0].ts;
    return rows;
  }

  /** The repeat of the newest sample that falls due, in the time of the tag's own clock. */
  repeat(at: Micros, around: Omit<Placing, 'now'>): Sample | null {
    // The newest sample does not say what holds now, or may not.
    if (this.owed !== null) return null;
    const repeat = dueRepeat(this.stored, this.inItsTime(at, around), around.rule);
    if (repeat !== null) this.stored = repeat;
    return repeat;
  }

  /** What holds now is to be stored when no later word comes. */
  owe(steady: number, heard = steady): void {
    this.owed = { since: this.owed?.since ?? steady, heard: Math.max(heard, this.owed?.heard ?? heard) };
  }

  /** What held from where an older value was stored again, until the stamp of a later word. */
  private heldBefore(stamp: Micros, rule: ReportRule): Sample[] {
    const { late, owed } = this;
    if (late === null || owed === null || this.stored?.ts !== this.again || this.next() >= stamp) return [];
    return this.keep({ ...late, ts: this.next() as Micros }, rule);
  }

  private next(): number {
    return this.stored === null ? -Infinity : this.stored.ts + 1;
  }

  /** A true word of a clock that was not set, which comes late, stands where it belongs. */
  private mayStandBehind(word: Word, stamp: Micros, isOfNow: boolean, around: Placing): boolean {
    const isFirst = word.origin === 'first';
    if (this.own === null) {
      // A first value was stored by the run that heard it become so.
      if (isFirst) return stamp > this.floor;
      const wasSetSince = this.waited !== null && this.waited.era !== around.era && stamp < this.waited.stamp;
      return isOfNow && !wasSetSince && !this.isCoveredBefore(word, around);
    }
    if (this.own.era !== around.era) return false;
    // What became so while nobody could hear became so after what was told before.
    return isFirst ? stamp >= this.own.stamp : isOfNow;
  }

  /**
   * An instant of our clock as the tag's source would stamp it. Where a tag stands at its source's time, what we stamp
   * must stand there too: otherwise every true word of a clock that is behind would come after it.
   */
  private inItsTime(at: Micros, clock: ClockFacts): Micros {
    return this.isItsOwn(clock) ? ((at - (clock.skew ?? 0)) as Micros) : at;
  }

  /** When a word was said whose clock was set, on our clock; null when its clock was not set, or is not known. */
  private setRight(stamp: Micros, receivedAt: Micros, clock: ClockFacts): Micros | null {
    if (this.isItsOwn(clock) || clock.skew === null) return null;
    return saidAt(stamp, clock.skew, receivedAt);
  }

  private isItsOwn({ era }: ClockFacts): boolean {
    return this.own?.era === era;
  }

  private keep(sample: Sample, rule: ReportRule): Sample[] {
    if (!this.isUnsure && !isWorthStoring(this.stored, sample, rule)) return [];
    this.isUnsure = false;
    this.stored = sample;
    return [sample];
  }
}
