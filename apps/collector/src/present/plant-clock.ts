import type { SourceId, TagId } from '@linepack/network';
import {
  SourceClock,
  staleAgeOf,
  type ClockFacts,
  type Instant,
  type PresentTag,
  type Word,
} from '@linepack/telemetry';
import type { CollectorTag } from '../configuration/collector-configuration';

/** What is known of a tag: its words so far, and the clock of the latest. */
export interface TagState {
  tag: CollectorTag;
  readonly present: PresentTag;
  clock: PlantClock | null;
}

/** A word whose clock is in doubt. */
export interface HeldWord {
  readonly word: Word;
  readonly clock: PlantClock;
  /** When it came, on our steady clock. */
  readonly heard: number;
  /** Then it is placed, whatever its clock did meanwhile: its tag is stale without another word. Steady, µs. */
  readonly until: number;
  /** It is ahead of its clock, and so has not waited anywhere. */
  readonly isAhead: boolean;
}

/** A clock of the plant as diagnostics show it. */
export interface ClockState {
  /** Microseconds behind ours; null when not known. */
  readonly skew: number | null;
  readonly steps: number;
}

/** One clock of the plant with the words that wait until it is understood. */
export class PlantClock {
  readonly clock = new SourceClock();
  /** Another one of all clocks, every time that this one was set. */
  era: number;
  /** Of its tags the smallest, µs. */
  staleAge = Infinity;
  held: HeldWord[] = [];
  /** Messages that wait for it: those that the held words, and what repeats them, came by. */
  messages = 0;
  /** Tags that show a word which may have waited. */
  readonly doubting = new Set<TagState>();
  /** receipt − stamp of the latest live word whose stamp cannot be believed; null when it can. */
  disbelieved: number | null = null;

  constructor(
    readonly sourceId: SourceId,
    private readonly nextEra: () => number,
  ) {
    this.era = nextEra();
  }

  wasSet(): void {
    this.era = this.nextEra();
  }

  /** A tag's latest word is stamped by it. */
  stamps({ tag }: TagState): void {
    this.staleAge = Math.min(this.staleAge, staleAgeOf(tag.config));
  }

  holds(tagId: TagId): boolean {
    return this.held.some(({ word }) => word.tagId === tagId);
  }

  hold(state: TagState, word: Word, age: number, steady: number): HeldWord {
    const until = steady + staleAgeOf(state.tag.config);
    const held = { word, clock: this, heard: steady, until, isAhead: age < 0 };
    this.held.push(held);
    if (!held.isAhead) this.doubting.add(state);
    return held;
  }

  state(now: Instant): ClockState {
    return { steps: this.clock.steps, skew: this.disbelieved ?? this.clock.skewAt(now) };
  }
}

/** What is known of a tag's clock at an instant. */
export const clockFacts = (clock: PlantClock | null, now: Instant): ClockFacts => ({
  era: clock?.era ?? 0,
  skew: clock?.clock.skewAt(now) ?? null,
});
