import { OUR_CLOCK, type Micros, type TagId } from '@linepack/network';
import { QUALITY, qualityClass, type Quality, type Sample } from './quality';
import { staleAgeOf } from './report-filter';
import type { ClockReading } from './source-clock';
import { stampFault, type StampFault } from './source-time';
import { TagRows, type ClockFacts, type Placing } from './tag-rows';
import type { PresentValue, Word } from './word';

/** What is known of a word besides itself. */
export interface Circumstances extends Placing {
  /** `inOrder`: the source keeps nothing back, so a change is of now; `weighed`: a word may have waited somewhere. */
  readonly delivery: 'inOrder' | 'weighed';
  /** What its clock says of it; null when it carries no stamp, or none that can be believed. */
  readonly reading: ClockReading | null;
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

/** Where a held word turned out to belong; `afterEarlierRuns`: at its own time unless an earlier run has covered that. */
export type Place = 'itsOwnTime' | 'afterEarlierRuns' | 'receipt';

const isSentAgain = ({ origin }: Word): boolean => origin === 'redelivered' || origin === 'retained';

const uncertain = (quality: Quality): Quality =>
  qualityClass(quality) === 'good' ? QUALITY.Uncertain : quality;

/**
 * The present value of one tag: takes every word of its source in the order of arrival and says what it is (SPEC P1–P7,
 * P10, P11).
 */
export class PresentTag {
  private readonly rows = new TagRows();
  private now: PresentValue | null = null;
  private last: Pick<Word, 'sourceTime' | 'value' | 'quality'> | null = null;
  /** What held before words came that may have waited. */
  private beforeDoubt: PresentValue | null = null;
  /** The newest stamp that was told live, and in which era of its clock. */
  private told: { readonly stamp: Micros; readonly era: number } | null = null;
  private session = { connection: -1, era: -1, clock: 'none' as 'none' | 'source' | 'ours' };
  private away = false;
  /** What holds now is a word whose place in time is not known yet. */
  private isHeld = false;

  /** @param nextSession numbers the sessions of a source's clock: none comes again, of this tag or of another */
  constructor(
    readonly tagId: TagId,
    private readonly nextSession: () => number,
  ) {}

  get present(): PresentValue | null {
    return this.now;
  }
  /** The newest sample stored. */
  get newest(): Sample | null {
    return this.rows.newest;
  }
  /** Whether its source, or the device behind it, cannot be heard. */
  get isGone(): boolean {
    return this.away;
  }
  /** Whether `settle` has something to say later. */
  get owes(): boolean {
    return this.rows.owes && this.now !== null;
  }

  take(word: Word, around: Circumstances): Taken {
    const fault = stampFault(word.sourceTime, word.receivedAt, around.commissionedAt);
    if (word.origin === 'historical') return this.history(word, fault, around);
    if (this.isRepetition(word)) return this.repetition(word);
    const age = fault === null ? (around.reading?.age ?? 0) : 0;
    const isOld = age > staleAgeOf(around.rule);
    if (isSentAgain(word) && fault === null) {
      // Old by a clock that may have been set: nothing of now, and where it belongs is not known yet.
      if (isOld && around.reading?.standing === 'doubtful') return this.waits(word);
      if (isOld || this.isBehind(word, around)) return this.history(word, fault, around);
    }
    // Said once, nobody knows when: whoever says it may be dead long since.
    if (word.origin === 'retained' && fault !== null && this.now !== null)
      return this.history(word, fault, around);
    if (word.origin === 'change' && around.delivery === 'weighed' && fault === null) {
      // By the clock alone: what one tag of a message makes doubtful is doubtful for all.
      const { standing } = around.reading ?? { standing: 'fresh' };
      if (standing === 'backlog') return this.backlog(word, around);
      if (standing === 'doubtful') return this.doubtful(word, age > 0, around);
    }
    return this.live(word, fault, isOld, around);
  }

  /** Its source says that it is still as told. */
  heard(at: Micros): void {
    if (this.now !== null && !this.away && at > this.now.heardAt) this.now = { ...this.now, heardAt: at };
  }

  /** Its source, or the device behind it, cannot be heard from now on. @returns the Bad sample that says so */
  gone(at: Micros, clock: ClockFacts): Taken {
    const marker = { tagId: this.tagId, quality: QUALITY.BadNoCommunication, value: null };
    this.away = true;
    this.beforeDoubt = null;
    this.isHeld = false;
    const present = this.become({
      quality: marker.quality,
      value: null,
      at,
      receivedAt: at,
      heardAt: this.now?.heardAt ?? at,
      clock: 'ours',
      around: null,
    });
    const rows = [this.rows.marker(marker, at, clock)];
    return { verdict: 'present', present, rows, held: false, stampFault: null };
  }

  /**
   * What holds now, after the newest sample, where that says something else and no later word has come meanwhile.
   * @param when `due` waits for later words, `atOnce` does not
   */
  settle(when: 'due' | 'atOnce', around: Placing): readonly Sample[] {
    // Where a held word stands is not known yet: until then nothing says what holds now.
    if (this.now === null || this.isHeld) return [];
    return this.rows.settle(this.now, this.session.clock === 'source', when, around);
  }

  /** The repeat that falls due of the newest sample, on behalf of a source that reports only changes. */
  repeat(at: Micros, around: Omit<Placing, 'now'>): Sample | null {
    return this.rows.repeat(at, around);
  }

  /**
   * A held word's place is known.
   * @param heard when it came, on our steady clock
   * @returns what is to be stored of it
   */
  place(word: Word, where: Place, heard: number, around: Placing): readonly Sample[] {
    this.isHeld = false;
    const { tagId, receivedAt, value } = word;
    const sample = { tagId, ts: receivedAt, quality: uncertain(word.quality), value };
    const isItsOwn =
      where === 'itsOwnTime' ||
      isSentAgain(word) ||
      (where === 'afterEarlierRuns' && !this.rows.isCoveredBefore(word, around));
    const rows = isItsOwn ? this.rows.history(word, heard, around) : this.rows.past(sample, heard, around);
    this.rows.putsElsewhere(word, rows[0]?.ts ?? null);
    return rows;
  }

  /** Something newer of the same clock was told before. */
  isBehind({ sourceTime }: Word, { era }: ClockFacts): boolean {
    return sourceTime !== null && this.told?.era === era && sourceTime < this.told.stamp;
  }

  /** Something newer of the same clock was told before, or stands at its own time since it had waited. */
  isInCoveredTime(word: Word, clock: ClockFacts): boolean {
    return this.isBehind(word, clock) || this.rows.isBehindWhatWaited(word, clock);
  }

  /** Its stamp is not after what an earlier run stored last. */
  isOfEarlierRuns(word: Word): boolean {
    return this.rows.isOfEarlierRuns(word);
  }

  /** What its clock said in doubt had waited. @returns what held before and holds again, if it was taken for the present */
  waited(): PresentValue | null {
    const before = this.beforeDoubt;
    this.beforeDoubt = null;
    if (before === null || this.now === null) return null;
    const clockSession = before.clockSession === OUR_CLOCK ? OUR_CLOCK : this.nextSession();
    this.now = { ...before, heardAt: this.now.heardAt, clockSession };
    this.session = { connection: -1, era: -1, clock: 'none' };
    this.away = before.quality === QUALITY.BadNoCommunication;
    return this.now;
  }

  /** A sample of this tag is durable. */
  confirm(sample: Sample): void {
    this.rows.confirm(sample);
  }

  /** A sample of this tag could not be made durable: what its source sends again of it is news. */
  refuse(sample: Sample): void {
    this.last = null;
    this.rows.refuse(sample);
  }

  /** What holds now is to be stored when no later word comes. */
  owe(steady: number): void {
    this.rows.owe(steady);
  }

  /**
   * What an earlier run, or another collector, stored of it: the newest sample, and the newest that was a word. When that
   * is newer than what was told meanwhile, what holds now is to be stored again after it.
   */
  knows(newest: Sample, word: Micros | null, steady: number): void {
    this.rows.knows(newest, word);
    if (this.now !== null && this.rows.newest === newest) this.rows.owe(steady);
  }

  private isRepetition(word: Word): boolean {
    const { origin, sourceTime } = word;
    if (origin === 'first' || sourceTime === null) return false;
    if (isSentAgain(word)) return this.repeats(word) || this.rows.isElsewhere(word);
    return this.repeats(word) && !this.away;
  }

  private repetition({ receivedAt, origin }: Word): Taken {
    if (origin === 'change') this.heard(receivedAt);
    return { verdict: 'repetition', present: null, rows: [], held: false, stampFault: null };
  }

  private history(word: Word, fault: StampFault | null, around: Placing): Taken {
    const nothing = { present: null, held: false, stampFault: fault };
    // Old, and nobody knows of when: it can stand nowhere.
    if (fault !== null) return { verdict: 'discarded', rows: [], ...nothing };
    const rows = this.rows.history(word, around.now.steady, around);
    return { verdict: 'history', rows, ...nothing };
  }

  private waits(word: Word): Taken {
    this.rows.putsElsewhere(word, null);
    return { verdict: 'history', present: null, rows: [], held: true, stampFault: null };
  }

  /** What had waited: where an earlier word of it was taken for the present in doubt, that is taken back. */
  private backlog(word: Word, around: Placing): Taken {
    const present = this.waited();
    return { ...this.history(word, null, around), present };
  }

  private doubtful(word: Word, isOld: boolean, around: Circumstances): Taken {
    const { quality, value, receivedAt } = word;
    // A word that is ahead cannot have waited: it is not taken back.
    if (isOld) this.beforeDoubt ??= this.now;
    this.away = false;
    this.last = word;
    // Its copies, should it be sent again meanwhile, are no words of their own.
    this.rows.putsElsewhere(word, null);
    this.isHeld = true;
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
    const stamp = fault === null ? (word.sourceTime as Micros) : null;
    const quality = fault === null ? word.quality : uncertain(word.quality);
    const rows = this.rows.live({ ...word, quality }, stamp, !isOld, this.repeats(word), around);
    this.beforeDoubt = null;
    this.isHeld = false;
    this.away = false;
    this.last = word;
    if (stamp !== null && !this.isBehind(word, around)) this.told = { stamp, era: around.era };
    const at = isOld ? null : stamp;
    const present = this.become({
      quality,
      value,
      at: at ?? receivedAt,
      receivedAt,
      heardAt: receivedAt,
      clock: at === null ? 'ours' : 'source',
      around,
    });
    return { verdict: 'present', present, rows, held: false, stampFault: fault };
  }

  /**
   * The latest word's stamp and value, whatever its quality: what its source thinks of it has changed, and the stamp is
   * as old as it was.
   */
  restates({ sourceTime, value }: Word): boolean {
    const { last } = this;
    const isSameValue = last?.value === value || last?.value === null || value === null;
    return last !== null && last.sourceTime === sourceTime && isSameValue;
  }

  /** The same with the same stamp as the latest word: it stands at its own time already. */
  repeats({ sourceTime, value, quality }: Word): boolean {
    const { last } = this;
    return last?.sourceTime === sourceTime && last.value === value && last.quality === quality;
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
    const era = around?.era ?? this.session.era;
    const isSame =
      this.session.connection === connection && this.session.era === era && this.session.clock === clock;
    const before = this.now;
    const clockSession =
      clock === 'ours' ? OUR_CLOCK : before !== null && isSame ? before.clockSession : this.nextSession();
    this.session = { connection, era, clock };
    const heardAt = Math.max(value.heardAt, before?.heardAt ?? 0) as Micros;
    this.now = { tagId: this.tagId, ...value, heardAt, clockSession };
    return this.now;
  }
}
