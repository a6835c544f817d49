import { MICROS_PER_SECOND, OUR_CLOCK, type Micros, type TagId } from '@linepack/network';
import { QUALITY, qualityClass, type Quality, type Sample } from './quality';
import { isWorthStoring, type ReportRule } from './report-filter';
import type { ClockReading } from './source-clock';
import { stampFault, type StampFault } from './source-time';
import type { PresentValue, Word } from './word';

/** Reporting intervals without a word after which a value is stale. */
export const STALE_INTERVALS = 3;
/** How old a word may be and still be of now, µs. */
export const staleAgeOf = ({ maxReportS }: Pick<ReportRule, 'maxReportS'>): number =>
  STALE_INTERVALS * maxReportS * MICROS_PER_SECOND;

/** What is known of a word besides itself. */
export interface Circumstances {
  readonly rule: ReportRule;
  /** `inOrder`: the source keeps nothing back, so a change is of now; `weighed`: a word may have waited somewhere. */
  readonly delivery: 'inOrder' | 'weighed';
  /** What its clock says of it; null when it carries no stamp, or none that the clock learns from. */
  readonly reading: ClockReading | null;
  /** How often its clock was set before, and how far it is behind ours now, µs. */
  readonly clockSteps: number;
  readonly skew: number | null;
  /** Counts the connections of its source. */
  readonly connection: number;
  readonly commissionedAt: Micros;
}

/** What a word is, and what follows from it. */
export interface Taken {
  readonly verdict: 'present' | 'history' | 'repetition' | 'discarded';
  /** What holds now, when this word changed it. */
  readonly present: PresentValue | null;
  /** What is to be stored of it. */
  readonly rows: readonly Sample[];
  /** Where it stands in time is not known yet: `place` it when its clock is understood. */
  readonly held: boolean;
  readonly stampFault: StampFault | null;
}

/** Where a held word turned out to belong. */
export type Place = 'itsOwnTime' | 'receipt';

/** A word of now that stands before the newest sample is stored again after it when nothing newer comes for so long. µs */
export const SETTLING_OF_NOW = 2 * MICROS_PER_SECOND;

const uncertain = (quality: Quality): Quality =>
  qualityClass(quality) === 'good' ? QUALITY.Uncertain : quality;

/**
 * The present value of one tag: takes every word of its source in the order of arrival and says what it is (SPEC P1–P9).
 * The newest stored sample always says what holds now; what is older stands at its own time.
 */
export class PresentTag {
  private now: PresentValue | null = null;
  /** The newest sample stored. */
  private stored: Sample | null = null;
  /** The newest stamp that stands at its own time, and how often its clock had been set. */
  private own: { readonly stamp: Micros; readonly steps: number } | null = null;
  private last: Pick<Word, 'sourceTime' | 'value' | 'quality'> | null = null;
  private beforeDoubt: PresentValue | null = null;
  private session = { connection: -1, steps: -1, clock: 'none' as 'none' | 'source' | 'ours' };
  private away = false;
  /** The newest sample does not say what holds now: since when, and when the latest word of now came. */
  private owed: { readonly since: Micros; readonly receivedAt: Micros } | null = null;

  /** @param nextSession numbers the sessions of a source's clock: none comes again, of this tag or of another */
  constructor(
    readonly tagId: TagId,
    private readonly nextSession: () => number,
  ) {}

  get present(): PresentValue | null {
    return this.now;
  }
  /** The newest sample stored, for repeats. */
  get newest(): Sample | null {
    return this.stored;
  }
  /** Whether its source, or the device behind it, cannot be heard. */
  get isGone(): boolean {
    return this.away;
  }

  /** Whether `settle` has something to say later. */
  get owes(): boolean {
    return this.owed !== null;
  }

  take(word: Word, around: Circumstances): Taken {
    const fault = stampFault(word.sourceTime, word.receivedAt, around.commissionedAt);
    if (word.origin === 'historical') return this.history(word, fault);
    if (this.isRepetition(word)) return this.repetition(word);
    const age = fault === null ? (around.reading?.age ?? 0) : 0;
    const isOld = age > staleAgeOf(around.rule);
    if (word.origin === 'redelivered' && fault === null && (isOld || this.isBehind(word, around)))
      return this.history(word, fault);
    if (word.origin === 'change' && around.delivery === 'weighed' && fault === null) {
      const { standing } = around.reading ?? { standing: 'fresh' };
      if (standing === 'backlog' && isOld) return this.backlog(word);
      if (standing !== 'fresh' && (isOld || age < 0)) return this.doubtful(word, around);
    }
    return this.live(word, fault, isOld, around);
  }

  /** Its source says that it is still as told. */
  heard(at: Micros): void {
    if (this.now !== null && !this.away && at > this.now.heardAt) this.now = { ...this.now, heardAt: at };
  }

  /** Its source, or the device behind it, cannot be heard from now on. @returns the Bad sample that says so */
  gone(at: Micros, clock: Pick<Circumstances, 'clockSteps' | 'skew'>): Taken {
    const ts = Math.max(this.inItsTime(at, clock), (this.stored?.ts ?? 0) + 1) as Micros;
    const marker: Sample = { tagId: this.tagId, ts, quality: QUALITY.BadNoCommunication, value: null };
    this.away = true;
    this.owed = null;
    this.stored = marker;
    this.beforeDoubt = null;
    const present = this.become({
      quality: marker.quality,
      value: null,
      at,
      receivedAt: at,
      heardAt: this.now?.heardAt ?? at,
      clock: 'ours',
      around: null,
    });
    return { verdict: 'present', present, rows: [marker], held: false, stampFault: null };
  }

  /**
   * What holds now, after the newest sample, where that says something else and no later word has come meanwhile.
   * @param when `due` waits for later words, `atOnce` does not
   */
  settle(
    at: Micros,
    when: 'due' | 'atOnce',
    around: Pick<Circumstances, 'rule' | 'clockSteps' | 'skew'>,
  ): readonly Sample[] {
    const { owed, now, stored } = this;
    if (owed === null || now === null || (when === 'due' && at - owed.since < SETTLING_OF_NOW)) return [];
    this.owed = null;
    const newest = stored?.ts ?? -Infinity;
    const isAfter = this.session.clock === 'source' && now.at > newest;
    const since = isAfter ? now.at : this.inItsTime(owed.receivedAt, around);
    const { quality, value } = now;
    const ts = Math.max(since, newest + 1) as Micros;
    return this.keep({ tagId: this.tagId, quality, value, ts }, around.rule);
  }

  /** A held word's place is known. @returns what is to be stored of it */
  place(word: Word, where: Place): readonly Sample[] {
    const { receivedAt, sourceTime } = word;
    const sample =
      where === 'itsOwnTime'
        ? this.sampleOf(word, sourceTime as Micros)
        : { ...this.sampleOf(word, receivedAt), quality: uncertain(word.quality) };
    return this.past(sample, receivedAt);
  }

  /** What was told last could not be stored and comes again: it must not be taken for known then. */
  forget(): void {
    this.last = null;
    this.stored = this.away ? this.stored : null;
    this.own = null;
  }

  /** The repeat of the newest sample is stored. */
  repeated(sample: Sample): void {
    this.stored = sample;
  }

  private isRepetition(word: Word): boolean {
    const { origin, sourceTime } = word;
    if (origin === 'first' || this.last === null || sourceTime === null) return false;
    return this.isTold(word) && (origin === 'redelivered' || !this.away);
  }

  /** Sent again, and something newer of the same clock was told since. */
  private isBehind({ sourceTime }: Word, { clockSteps }: Circumstances): boolean {
    return this.own !== null && this.own.steps === clockSteps && (sourceTime as Micros) < this.own.stamp;
  }

  private repetition({ receivedAt, origin }: Word): Taken {
    if (origin === 'change') this.heard(receivedAt);
    return { verdict: 'repetition', present: null, rows: [], held: false, stampFault: null };
  }

  private history(word: Word, fault: StampFault | null): Taken {
    const nothing = { present: null, held: false, stampFault: fault };
    // Old, and nobody knows of when: it can stand nowhere.
    if (fault !== null) return { verdict: 'discarded', rows: [], ...nothing };
    const rows = this.past(this.sampleOf(word, word.sourceTime as Micros), word.receivedAt);
    return { verdict: 'history', rows, ...nothing };
  }

  /** A sample of the past. Where it is newer than all that is stored, what holds now is owed. */
  private past(sample: Sample, receivedAt: Micros): Sample[] {
    if (this.stored !== null && sample.ts <= this.stored.ts) return [sample];
    this.stored = sample;
    if (this.now !== null) this.owe(receivedAt);
    return [sample];
  }

  private owe(receivedAt: Micros): void {
    this.owed = { since: this.owed?.since ?? receivedAt, receivedAt };
  }

  /** What had waited: where an earlier word of it was taken for the present in doubt, that is taken back. */
  private backlog(word: Word): Taken {
    const before = this.beforeDoubt;
    this.beforeDoubt = null;
    if (before !== null && this.now !== null) {
      const clockSession = before.clockSession === OUR_CLOCK ? OUR_CLOCK : this.nextSession();
      this.now = { ...before, heardAt: this.now.heardAt, clockSession };
      this.session = { connection: -1, steps: -1, clock: 'none' };
      this.away = before.quality === QUALITY.BadNoCommunication;
    }
    return { ...this.history(word, null), present: before === null ? null : this.now };
  }

  private doubtful(word: Word, around: Circumstances): Taken {
    const { quality, value, receivedAt } = word;
    this.beforeDoubt ??= this.now;
    this.away = false;
    this.last = word;
    const present = this.become({
      quality: uncertain(quality),
      value,
      at: receivedAt,
      receivedAt,
      heardAt: receivedAt,
      clock: 'ours',
      around,
    });
    return { verdict: 'present', present, rows: [], held: true, stampFault: null };
  }

  private live(word: Word, fault: StampFault | null, isOld: boolean, around: Circumstances): Taken {
    const { receivedAt, value } = word;
    const stamp = fault === null && !isOld ? (word.sourceTime as Micros) : null;
    const quality = fault === null ? word.quality : uncertain(word.quality);
    const rows = this.rowsOf({ ...word, quality }, fault, stamp, around);
    this.beforeDoubt = null;
    this.away = false;
    this.last = word;
    const present = this.become({
      quality,
      value,
      at: stamp ?? receivedAt,
      receivedAt,
      heardAt: receivedAt,
      clock: stamp === null ? 'ours' : 'source',
      around,
    });
    return { verdict: 'present', present, rows, held: false, stampFault: fault };
  }

  /**
   * Where a word of now is stored: at its own time, and where that is not after everything stored, what holds now is
   * owed. A word that cannot stand at its own time stands at its receipt.
   */
  private rowsOf(
    word: Word,
    fault: StampFault | null,
    stamp: Micros | null,
    { rule, clockSteps, skew }: Circumstances,
  ): Sample[] {
    const { receivedAt, origin } = word;
    const newest = this.stored?.ts ?? -Infinity;
    const ownTime = fault === null ? (word.sourceTime as Micros) : null;
    const isItsClock = this.own === null || this.own.steps === clockSteps;
    if (stamp !== null && stamp > newest) {
      this.own = { stamp, steps: clockSteps };
      this.owed = null;
      if (origin === 'first' && receivedAt - stamp > rule.maxReportS * MICROS_PER_SECOND)
        this.owe(receivedAt);
      return this.keep(this.sampleOf(word, stamp), rule);
    }
    if (ownTime !== null && isItsClock && (stamp !== null || origin === 'first')) {
      this.owe(receivedAt);
      if (this.isTold(word)) return [];
      if (ownTime > (this.own?.stamp ?? 0)) this.own = { stamp: ownTime, steps: clockSteps };
      return [this.sampleOf(word, ownTime)];
    }
    this.owed = null;
    const now = fault === null ? this.inItsTime(receivedAt, { clockSteps, skew }) : receivedAt;
    return this.keep(this.sampleOf(word, Math.max(now, newest + 1) as Micros), rule);
  }

  /**
   * An instant of our clock as the tag's source would stamp it. Where a tag stands at its source's time, what we stamp
   * must stand there too: otherwise every true word of a clock that is behind would come after it.
   */
  inItsTime(at: Micros, { clockSteps, skew }: Pick<Circumstances, 'clockSteps' | 'skew'>): Micros {
    const isItsOwn = this.own !== null && this.own.steps === clockSteps;
    return isItsOwn ? ((at - (skew ?? 0)) as Micros) : at;
  }

  /** The same with the same stamp: it stands at its own time already. */
  private isTold({ sourceTime, value, quality }: Word): boolean {
    const { last } = this;
    return last?.sourceTime === sourceTime && last.value === value && last.quality === quality;
  }

  private keep(sample: Sample, rule: ReportRule): Sample[] {
    if (!isWorthStoring(this.stored, sample, rule)) return [];
    this.stored = sample;
    return [sample];
  }

  private sampleOf({ tagId, quality, value }: Word, ts: Micros): Sample {
    return { tagId, ts, quality, value };
  }

  private become(next: {
    quality: Quality;
    value: number | null;
    at: Micros;
    receivedAt: Micros;
    heardAt: Micros;
    clock: 'source' | 'ours';
    around: Circumstances | null;
  }): PresentValue {
    const { clock, around, ...value } = next;
    const connection = around?.connection ?? this.session.connection;
    const steps = around?.clockSteps ?? this.session.steps;
    const isSame =
      this.session.connection === connection && this.session.steps === steps && this.session.clock === clock;
    const before = this.now;
    const clockSession =
      clock === 'ours' ? OUR_CLOCK : before !== null && isSame ? before.clockSession : this.nextSession();
    this.session = { connection, steps, clock };
    const heardAt = Math.max(value.heardAt, before?.heardAt ?? 0) as Micros;
    this.now = { tagId: this.tagId, ...value, heardAt, clockSession };
    return this.now;
  }
}
