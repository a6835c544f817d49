import { OUR_CLOCK, type Micros, type SourceId, type TagId } from '@linepack/network';
import {
  EARLIEST_COMMISSIONING,
  PresentTag,
  TOLERANCE,
  isSurelyAWord,
  stampFault,
  type Circumstances,
  type ClockReading,
  type Instant,
  type Place,
  type PresentValue,
  type Sample,
  type StampFault,
  type Word,
} from '@linepack/telemetry';
import type { Received, SourceCapabilities } from '../acquisition/source';
import { isSameSignal, type CollectorTag } from '../configuration/collector-configuration';
import type { Heard, Outcome, Placed, Present } from './outcome';
import { PassingWords, wordOf } from './passing-words';
import { clockFacts, type ClockState, type PlantClock, type TagState } from './plant-clock';
import { PlantClocks } from './plant-clocks';

interface Source {
  connection: number;
  capabilities: SourceCapabilities;
  /** When it last said that all its values are as told. */
  heardAt: Micros | null;
}

/** What is being told while words are taken. */
interface Telling {
  readonly present: Present[];
  readonly heard: Heard[];
  readonly placed: Placed[];
  /** The clocks that stamped them: whether one was seen to be set, and whether the message waits for one. */
  readonly clocks: Map<
    PlantClock,
    { readonly isSet: boolean; readonly begins: boolean; readonly waits: boolean }
  >;
}

/**
 * The present value of every tag that this collector hears: what `libs/telemetry` decides of each word, with the clocks
 * and connections of its source.
 */
export class PresentValues {
  private tags = new Map<TagId, TagState>();
  private readonly passing = new PassingWords();
  private readonly sources = new Map<SourceId, Source>();
  private readonly clocks = new PlantClocks();
  private readonly faults = new Map<SourceId, Map<StampFault, number>>();
  /** Tags of which something is to be settled. */
  private readonly owing = new Set<TagState>();
  private commissionedAt: Micros = EARLIEST_COMMISSIONING;
  /** Sessions of the sources' clocks so far, of all tags. */
  private sessions = OUR_CLOCK;

  /** @param known every tag there is: what still comes of those that are not listened to is stored */
  configure(
    tags: readonly CollectorTag[],
    commissionedAt: Micros = EARLIEST_COMMISSIONING,
    known: readonly CollectorTag[] = tags,
  ): void {
    const before = this.tags;
    this.passing.configure(known);
    this.commissionedAt = commissionedAt;
    this.tags = new Map(
      tags.map((tag) => {
        const known = before.get(tag.tagId);
        if (!known || !isSameSignal(known.tag, tag)) return [tag.tagId, this.unheard(tag, known)];
        known.tag = tag;
        return [tag.tagId, known];
      }),
    );
    this.clocks.keep([...this.tags.values()]);
  }

  describe(sourceId: SourceId, capabilities: SourceCapabilities): void {
    this.sourceOf(sourceId).capabilities = capabilities;
  }

  connected(sourceId: SourceId): void {
    this.sourceOf(sourceId).connection += 1;
  }

  /** The source says that these values, or all it told, are as last told. */
  heard(sourceId: SourceId, at: Micros, tagIds: readonly TagId[] | 'all'): void {
    if (tagIds === 'all') this.sourceOf(sourceId).heardAt = at;
    else for (const id of tagIds) this.tags.get(id)?.present.heard(at);
  }

  /** What a source says at once: of a broker, one message. */
  received(sourceId: SourceId, values: readonly Received[], now: Instant): Outcome {
    const out: Telling = { present: [], heard: [], placed: [], clocks: new Map() };
    for (const value of values) {
      const state = this.tags.get(value.tagId);
      if (state?.tag.sourceId === sourceId) this.take(state, value, now, out);
      else out.heard.push(this.passing.take(sourceId, value, now, this.commissionedAt));
    }
    // Only now: every tag of the message has said its own.
    for (const clock of out.clocks.keys()) this.clear(clock, now, out);
    return out;
  }

  /** The source cannot be heard any more: each of its tags is Bad, once. */
  sourceLost(sourceId: SourceId, now: Instant): { present: Present[]; rows: Sample[] } {
    return this.gone((state) => state.tag.sourceId === sourceId, now);
  }

  /** These devices cannot be heard any more, though their source can. */
  tagsLost(tagIds: ReadonlySet<TagId>, now: Instant): { present: Present[]; rows: Sample[] } {
    return this.gone((state) => tagIds.has(state.tag.tagId), now);
  }

  /** Repeats that fall due of tags whose source reports only changes and is there, each in the time of its own clock. */
  repeats(isThere: (sourceId: SourceId) => boolean, now: Instant): Sample[] {
    const due: Sample[] = [];
    for (const { present, tag, clock } of this.tags.values()) {
      // What it has not said to us, as it is configured now, is not said again in its name.
      const hasSpoken = present.present !== null && !present.isGone;
      if (!hasSpoken || !this.sources.get(tag.sourceId)?.capabilities.repeats || !isThere(tag.sourceId))
        continue;
      const repeat = present.repeat(now.wall, { rule: tag.config, ...clockFacts(clock, now) });
      if (repeat !== null) due.push(repeat);
    }
    return due;
  }

  /** What holds now of tags whose newest sample says something else, once no later word has come for a moment. */
  settle(now: Instant, when: 'due' | 'atOnce'): Sample[] {
    const rows: Sample[] = [];
    for (const state of this.owing) {
      rows.push(...state.present.settle(when, placing(state, now)));
      if (!state.present.owes) this.owing.delete(state);
    }
    return rows;
  }

  /** Words that were held until their tag is stale, or all of them: each stands at its own time. */
  release(now: Instant, which: 'overdue' | 'all'): Placed[] {
    const placed: Placed[] = [];
    for (const clock of this.clocks.all())
      if (which === 'all' || clock.held.some(({ until }) => until <= now.steady))
        placed.push(...this.place(clock, 'itsOwnTime', now));
    return placed;
  }

  /** What an earlier run, or another collector, stored of a tag: the newest sample, and the newest that was a word. */
  knows(newest: Sample, word: Micros | null, now: Instant): void {
    const state = this.tags.get(newest.tagId);
    state?.present.knows(newest, word, now.steady);
    if (state?.present.owes) this.owing.add(state);
  }

  /** These rows are durable. */
  confirm(rows: readonly Sample[]): void {
    for (const row of rows) this.tags.get(row.tagId)?.present.confirm(row);
  }

  /**
   * These rows could not be made durable.
   * @param comesAgain whether their source sends again what they were made of; else what holds now is owed
   */
  refuse(rows: readonly Sample[], comesAgain: boolean, now: Instant): void {
    for (const row of rows) {
      const state = this.tags.get(row.tagId);
      if (!state) continue;
      state.present.refuse(row);
      if (comesAgain) continue;
      state.present.owe(now.steady);
      this.owing.add(state);
    }
  }

  /** Every tag's present value, with when it was heard. */
  *all(): Generator<Present> {
    for (const { tag, present } of this.tags.values()) {
      const heardAt = this.sources.get(tag.sourceId)?.heardAt;
      if (heardAt != null) present.heard(heardAt);
      if (present.present !== null) yield { tag, value: present.present };
    }
  }

  clockStates(sourceId: SourceId, now: Instant): ClockState[] {
    return this.clocks.states(sourceId, now);
  }

  /** Stamps that could not be believed, by source and cause. */
  stampFaults(): ReadonlyMap<SourceId, ReadonlyMap<StampFault, number>> {
    return this.faults;
  }

  private take(state: TagState, value: Received, now: Instant, out: Telling): void {
    const { tag, present } = state;
    const word = wordOf(tag, value, now.wall);
    const clock = this.clocks.named(value.clock, tag.sourceId);
    if (state.clock !== clock) clock.stamps(state);
    state.clock = clock;
    const said = this.readClock(state, clock, word, now);
    // A first value tells nothing of its clock; that its time is covered, it does.
    const isSetBack = said?.begins === true && present.isInCoveredTime(word, clockFacts(clock, now));
    const isSet = said?.stepped === true || isSetBack;
    if (isSet) clock.wasSet();
    const taken = present.take(word, this.around(state, said, now));
    if (taken.stampFault !== null) this.countFault(tag.sourceId, taken.stampFault);
    const held = taken.held ? clock.hold(state, word, said?.age ?? 0, now.steady) : null;
    if (!held && taken.verdict === 'present') clock.doubting.delete(state);
    if (present.owes) this.owing.add(state);
    const { verdict, rows } = taken;
    const isOfNow = verdict === 'present' || (verdict === 'repetition' && value.origin === 'change');
    out.heard.push({ tagId: tag.tagId, verdict, isOfNow, rows, held, unreadable: value.unreadable ?? null });
    if (taken.present) out.present.push({ tag, value: taken.present });
    // What repeats a held word is durable when that is.
    const waits = held !== null || (rows.length === 0 && clock.holds(tag.tagId));
    const before = out.clocks.get(clock);
    out.clocks.set(clock, {
      isSet: isSet || before?.isSet === true,
      begins: said?.begins || before?.begins === true,
      waits: waits || before?.waits === true,
    });
  }

  /** What waits is placed when its clock is understood, or when too much waits. */
  private clear(clock: PlantClock, now: Instant, out: Telling): void {
    const said = out.clocks.get(clock);
    if (said?.waits) clock.messages += 1;
    if (clock.held.length === 0 && clock.doubting.size === 0) return;
    if (said?.isSet) out.placed.push(...this.place(clock, 'receipt', now));
    else if (said?.begins) out.placed.push(...this.place(clock, 'afterEarlierRuns', now));
    else if (!clock.clock.isInDoubt) {
      out.placed.push(...this.place(clock, 'itsOwnTime', now));
      for (const { tag, present } of clock.doubting) {
        const value: PresentValue | null = present.waited();
        if (value) out.present.push({ tag, value });
      }
    } else {
      const longest = this.clocks.longestOfTooMany(clock.sourceId);
      if (longest) out.placed.push(...this.place(longest, 'itsOwnTime', now));
      return;
    }
    clock.doubting.clear();
  }

  /** A clock learns from live words with a stamp that can be believed. */
  private readClock(state: TagState, plant: PlantClock, word: Word, now: Instant): ClockReading | null {
    const { sourceTime, origin } = word;
    if (sourceTime === null) return null;
    const fault = stampFault(sourceTime, word.receivedAt, this.commissionedAt);
    if (fault !== null) {
      if (fault === 'stampAhead' || origin === 'change') plant.disbelieved = word.receivedAt - sourceTime;
      return null;
    }
    // An old stamp again says nothing of the clock, but for a tag that could not be heard: somebody may have kept it.
    if (origin === 'change' && (state.present.isGone || !state.present.restates(word))) {
      plant.disbelieved = null;
      // Of a clock of which nothing is known, such a word was late on its way, or the clock was set: what follows tells.
      const isOdd = plant.clock.skewAt(now) === null && state.present.isOfEarlierRuns(word);
      return plant.clock.hear(sourceTime, now, isOdd ? TOLERANCE : plant.staleAge);
    }
    const standing = plant.clock.isInDoubt ? 'doubtful' : 'fresh';
    return { standing, age: plant.clock.ageOf(sourceTime, now), stepped: false, begins: false };
  }

  private place(clock: PlantClock, where: Place, now: Instant): Placed[] {
    const placed = clock.held.map((held) => {
      // Its tag may be another collector's by now: the word is stored all the same.
      const state = this.tags.get(held.word.tagId);
      const present = state?.present ?? this.newTag(held.word.tagId);
      const rule = state?.tag.config ?? { deadband: 0, maxReportS: 0 };
      const around = { rule, now, ...clockFacts(clock, now) };
      const rows = present.place(held.word, held.isAhead ? 'receipt' : where, held.heard, around);
      if (state?.present.owes) this.owing.add(state);
      return { held, rows };
    });
    clock.held = [];
    clock.messages = 0;
    return placed;
  }

  private gone(isGone: (state: TagState) => boolean, now: Instant): { present: Present[]; rows: Sample[] } {
    const out = { present: [] as Present[], rows: [] as Sample[] };
    for (const state of this.tags.values()) {
      if (state.present.isGone || !isGone(state)) continue;
      const { rows, present } = state.present.gone(now.wall, clockFacts(state.clock, now));
      state.clock?.doubting.delete(state);
      out.rows.push(...rows);
      if (present) out.present.push({ tag: state.tag, value: present });
    }
    return out;
  }

  private around(state: TagState, reading: ClockReading | null, now: Instant): Circumstances {
    const source = this.sourceOf(state.tag.sourceId);
    return {
      ...placing(state, now),
      delivery: source.capabilities.redelivers ? 'weighed' : 'inOrder',
      reading,
      connection: source.connection,
      commissionedAt: this.commissionedAt,
    };
  }

  /** @param former what it was heard as before, as another signal: what was stored of that stays where it stands */
  private unheard(tag: CollectorTag, former?: TagState): TagState {
    const present = this.newTag(tag.tagId);
    const newest = former?.present.newest;
    if (newest) present.knows(newest, isSurelyAWord(newest) ? newest.ts : null, 0);
    return { tag, present, clock: null };
  }

  private newTag(tagId: TagId): PresentTag {
    return new PresentTag(tagId, () => (this.sessions += 1));
  }

  private sourceOf(sourceId: SourceId): Source {
    let source = this.sources.get(sourceId);
    if (!source) {
      const capabilities = { repeats: false, redelivers: true, speaksForDevices: false };
      source = { connection: 0, capabilities, heardAt: null };
      this.sources.set(sourceId, source);
    }
    return source;
  }

  private countFault(sourceId: SourceId, fault: StampFault): void {
    let faults = this.faults.get(sourceId);
    if (!faults) this.faults.set(sourceId, (faults = new Map()));
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
  }
}

const placing = ({ tag, clock }: TagState, now: Instant) => ({
  rule: tag.config,
  now,
  ...clockFacts(clock, now),
});
