import { OUR_CLOCK, type Micros, type SourceId, type TagId } from '@linepack/network';
import {
  EARLIEST_COMMISSIONING,
  PresentTag,
  SourceClock,
  dueRepeat,
  staleAgeOf,
  type Circumstances,
  type ClockReading,
  type Place,
  type Sample,
  type StampFault,
  type Word,
} from '@linepack/telemetry';
import type { Received, SourceCapabilities } from '../acquisition/source';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { Heard, HeldWord, Outcome, Placed, Present } from './outcome';
import { PassingWords, wordOf } from './passing-words';

/** A clock of the plant as diagnostics show it. */
export interface ClockState {
  readonly sourceId: SourceId;
  /** Microseconds behind ours; null when not known. */
  readonly skew: number | null;
  readonly steps: number;
}

interface TagState {
  tag: CollectorTag;
  readonly present: PresentTag;
  clock: Clock | null;
  lastStamp: Micros | null;
  /** What its clock said of that stamp. */
  lastReading: ClockReading | null;
}

interface Clock {
  readonly sourceId: SourceId;
  readonly clock: SourceClock;
  readonly held: HeldWord[];
  /** How often it was seen to be set. */
  said: number;
}

interface Source {
  connection: number;
  capabilities: SourceCapabilities;
  /** When it last said that all its values are as told. */
  heardAt: Micros | null;
  staleAge: number;
}

/** A word in doubt is placed after this, whatever its clock did meanwhile, µs. */
const HOLD = 15_000_000;
/** Most words of one clock that are held; then they are placed at their own time. */
const MOST_HELD = 1_000;

const NOTHING: Outcome = { present: [], heard: [], placed: [] };

/**
 * The present value of every tag that this collector hears: what `libs/telemetry` decides of each word, with the clocks
 * and connections of its source.
 */
export class PresentValues {
  private tags = new Map<TagId, TagState>();
  private readonly passing = new PassingWords();
  private readonly sources = new Map<SourceId, Source>();
  private readonly clocks = new Map<string, Clock>();
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
        if (known?.tag.sourceId !== tag.sourceId)
          return [
            tag.tagId,
            { tag, present: this.newTag(tag.tagId), clock: null, lastStamp: null, lastReading: null },
          ];
        known.tag = tag;
        return [tag.tagId, known];
      }),
    );
    for (const source of this.sources.values()) source.staleAge = Infinity;
    for (const { sourceId, config } of tags) {
      const source = this.sourceOf(sourceId);
      source.staleAge = Math.min(source.staleAge, staleAgeOf(config));
    }
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

  received(sourceId: SourceId, values: readonly Received[], now: Micros): Outcome {
    const out = { present: [] as Present[], heard: [] as Heard[], placed: [] as Placed[] };
    for (const value of values) {
      const state = this.tags.get(value.tagId);
      if (!state || state.tag.sourceId !== sourceId) {
        out.heard.push(this.passing.take(sourceId, value, now, this.commissionedAt));
        continue;
      }
      this.take(state, value, now, out);
    }
    return out;
  }

  /** The source cannot be heard any more: each of its tags is Bad, once. */
  sourceLost(sourceId: SourceId, now: Micros): { present: Present[]; rows: Sample[] } {
    return this.gone((state) => state.tag.sourceId === sourceId, now);
  }

  /** These devices cannot be heard any more, though their source can. */
  tagsLost(tagIds: ReadonlySet<TagId>, now: Micros): { present: Present[]; rows: Sample[] } {
    return this.gone((state) => tagIds.has(state.tag.tagId), now);
  }

  /** Repeats that fall due of tags whose source reports only changes and is there, each in the time of its own clock. */
  repeats(isThere: (sourceId: SourceId) => boolean, now: Micros): Sample[] {
    const due: Sample[] = [];
    for (const state of this.tags.values()) {
      const { present, tag } = state;
      if (present.isGone || !this.sources.get(tag.sourceId)?.capabilities.repeats || !isThere(tag.sourceId))
        continue;
      const repeat = dueRepeat(present.newest, present.inItsTime(now, clockOf(state)), tag.config);
      if (repeat === null) continue;
      present.repeated(repeat);
      due.push(repeat);
    }
    return due;
  }

  /** What holds now of tags whose newest sample says something else, once no later word has come for a moment. */
  settle(now: Micros, when: 'due' | 'atOnce'): Sample[] {
    const rows: Sample[] = [];
    for (const state of this.owing) {
      rows.push(...state.present.settle(now, when, { rule: state.tag.config, ...clockOf(state) }));
      if (!state.present.owes) this.owing.delete(state);
    }
    return rows;
  }

  /** Words that were held for long enough, or all of them: each stands at its own time. */
  release(now: Micros, which: 'overdue' | 'all'): Outcome {
    const placed: Placed[] = [];
    for (const clock of this.clocks.values()) {
      const first = clock.held[0];
      if (first && (which === 'all' || now - first.word.receivedAt > HOLD))
        placed.push(...this.place(clock, 'itsOwnTime'));
    }
    return placed.length === 0 ? NOTHING : { ...NOTHING, placed };
  }

  /** Words that could not be made durable and that their source will send again: they must not be taken for known. */
  forget(values: readonly Pick<Received, 'tagId'>[]): void {
    for (const { tagId } of values) this.tags.get(tagId)?.present.forget();
  }

  /** Every tag's present value, with when it was heard. */
  *all(): Generator<Present> {
    for (const { tag, present } of this.tags.values()) {
      const heardAt = this.sources.get(tag.sourceId)?.heardAt;
      if (heardAt != null) present.heard(heardAt);
      if (present.present !== null) yield { tag, value: present.present };
    }
  }

  clockStates(): ClockState[] {
    return [...this.clocks.values()].map(({ sourceId, clock, said }) => ({
      sourceId,
      skew: clock.skew,
      steps: said,
    }));
  }

  /** Stamps that could not be believed, by source and cause. */
  stampFaults(): ReadonlyMap<SourceId, ReadonlyMap<StampFault, number>> {
    return this.faults;
  }

  private take(
    state: TagState,
    value: Received,
    now: Micros,
    out: { present: Present[]; heard: Heard[]; placed: Placed[] },
  ): void {
    const { tag, present } = state;
    const word = wordOf(tag, value, now);
    const clock = this.clockNamed(value.clock, tag.sourceId);
    state.clock = clock;
    const said = this.readClock(state, clock, word);
    const taken = present.take(word, this.around(state, said));
    if (taken.stampFault !== null) this.countFault(tag.sourceId, taken.stampFault);
    const held = taken.held ? { word, clock: value.clock } : null;
    if (present.owes) this.owing.add(state);
    if (held) clock.held.push(held);
    const { verdict, rows } = taken;
    out.heard.push({ tagId: tag.tagId, verdict, rows, held, unreadable: value.unreadable ?? null });
    if (taken.present) out.present.push({ tag, value: taken.present });
    if (said?.stepped) clock.said += 1;
    if (said?.stepped) out.placed.push(...this.place(clock, 'receipt'));
    else if (!clock.clock.isInDoubt || clock.held.length > MOST_HELD)
      out.placed.push(...this.place(clock, 'itsOwnTime'));
  }

  /** A clock learns from live words with a stamp of their own. */
  private readClock(state: TagState, { clock }: Clock, word: Word): ClockReading | null {
    const { sourceTime, receivedAt, origin } = word;
    if (sourceTime === null) return null;
    const isNew = origin === 'change' && sourceTime !== state.lastStamp;
    // Another word under the same stamp stands as the one before it did: both waited, or neither.
    const before = sourceTime === state.lastStamp ? state.lastReading : null;
    state.lastStamp = sourceTime;
    state.lastReading = isNew ? clock.hear(sourceTime, receivedAt) : before;
    if (isNew) return state.lastReading;
    return {
      standing: before?.standing ?? 'fresh',
      age: clock.ageOf(sourceTime, receivedAt),
      stepped: false,
    };
  }

  private place(clock: Clock, where: Place): Placed[] {
    return clock.held.splice(0).map((held) => {
      const state = this.tags.get(held.word.tagId);
      // Its tag may be another collector's by now: the word is stored all the same.
      const rows = state?.present.place(held.word, where) ?? [atItsTime(held.word)];
      if (state?.present.owes) this.owing.add(state);
      return { held, where, rows };
    });
  }

  private gone(isGone: (state: TagState) => boolean, now: Micros): { present: Present[]; rows: Sample[] } {
    const out = { present: [] as Present[], rows: [] as Sample[] };
    for (const state of this.tags.values()) {
      if (state.present.isGone || !isGone(state)) continue;
      const { rows, present } = state.present.gone(now, clockOf(state));
      out.rows.push(...rows);
      if (present) out.present.push({ tag: state.tag, value: present });
    }
    return out;
  }

  private around(state: TagState, reading: ClockReading | null): Circumstances {
    const { config, sourceId } = state.tag;
    const source = this.sourceOf(sourceId);
    return {
      rule: config,
      delivery: source.capabilities.redelivers ? 'weighed' : 'inOrder',
      reading,
      ...clockOf(state),
      connection: source.connection,
      commissionedAt: this.commissionedAt,
    };
  }

  private newTag(tagId: TagId): PresentTag {
    return new PresentTag(tagId, () => (this.sessions += 1));
  }

  private sourceOf(sourceId: SourceId): Source {
    let source = this.sources.get(sourceId);
    if (!source) {
      const capabilities = { repeats: false, redelivers: true, speaksForDevices: false };
      source = { connection: 0, capabilities, heardAt: null, staleAge: Infinity };
      this.sources.set(sourceId, source);
    }
    return source;
  }

  private clockNamed(name: string, sourceId: SourceId): Clock {
    let clock = this.clocks.get(name);
    if (!clock) {
      clock = { sourceId, clock: new SourceClock(this.sourceOf(sourceId).staleAge), held: [], said: 0 };
      this.clocks.set(name, clock);
    }
    return clock;
  }

  private countFault(sourceId: SourceId, fault: StampFault): void {
    let faults = this.faults.get(sourceId);
    if (!faults) this.faults.set(sourceId, (faults = new Map()));
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
  }
}

const clockOf = ({ clock }: TagState): Pick<Circumstances, 'clockSteps' | 'skew'> => ({
  clockSteps: clock?.clock.steps ?? 0,
  skew: clock?.clock.skew ?? null,
});

const atItsTime = ({ tagId, quality, value, sourceTime, receivedAt }: Word): Sample => ({
  tagId,
  ts: sourceTime ?? receivedAt,
  quality,
  value,
});
