import type { Micros, TagId } from '@linepack/network';
import type { LateMark, LateMarkRepository } from './late-mark.repository';
import type { RollupState } from './watermark';

export interface RollOptions {
  /** Only these tags; default all. */
  readonly tagIds?: readonly TagId[];
  /** How long a value holds (s), where samples were made sparser than their tags' maximum reporting interval. */
  readonly holdS?: number;
  /**
   * Width of the buckets (s), whole minutes that divide an hour; default 60. Where samples are ten minutes apart, one
   * row in ten says the same, and the hours made of them are as exact.
   */
  readonly widthS?: number;
}

export interface RollStep {
  /** Up to where samples are rolled up. */
  readonly rolledTo: Micros;
  /** Late marks worked off. */
  readonly late: number;
  /** False when there is more to do at once. */
  readonly done: boolean;
}

const MINUTE_US = 60_000_000;
const HOUR_US = 3_600_000_000;
/** A statement holds the embedded server up, so each takes a bounded window. */
const MINUTES_SLICE_US = 15 * MINUTE_US;
const HOURS_SLICE_US = 24 * HOUR_US;
/** Buckets of computed history, which are cheaper. */
const GRID_SLICE = 30;
const MARKS_A_STEP = 500;

const floorTo = (width: number, at: number): Micros => (Math.floor(at / width) * width) as Micros;
const ceilTo = (width: number, at: number): Micros => (Math.ceil(at / width) * width) as Micros;

/** What the roll-up asks of the database; each call is one transaction. */
export interface RollupTables {
  /** Claims the next window up to `until`, or gives the one that a crash left unrolled. */
  claim(until: Micros): Promise<RollupState>;
  claimIsRolled(to: Micros): Promise<void>;
  /** Up to `minute` it is rolled up by another hand. */
  beginAt(minute: Micros): Promise<void>;
  watermark(): Promise<Micros | null>;
  /** Replaces the minutes of [from, to), computed from the samples. */
  minutes(
    tagIds: readonly TagId[],
    from: Micros,
    to: Micros,
    how: { readonly widthS: number; readonly holdS: number | null },
  ): Promise<void>;
  /** The same where samples stand at each bucket's start. @returns how many rows that gave */
  grid(tagIds: readonly TagId[], from: Micros, to: Micros, widthS: number): Promise<number>;
  /** Replaces the hours of [from, to), computed from their minutes. */
  hours(tagIds: readonly TagId[], from: Micros, to: Micros): Promise<void>;
  /** How long a value of one of these tags holds at most. */
  longestHoldUs(tagIds: readonly TagId[], at: Micros): Promise<number>;
  allTags(): Promise<TagId[]>;
}

/** Whether there is time to be claimed. A claim that a crash left unrolled is rolled first. */
export const isClaimable = ({ claimedTo, rolledTo }: RollupState, until: Micros): boolean =>
  claimedTo <= rolledTo && claimedTo < until;

/**
 * The next claim. Time in which nothing was measured is passed over at once: one stamp of a clock that was never set must
 * not cost a step for every quarter of an hour since.
 * @param next from when on something was measured; null when nothing was before `until`
 */
export function claimFrom(next: Micros | null, until: Micros): RollupState {
  const rolledTo = floorTo(MINUTE_US, next ?? until);
  return { claimedTo: Math.min(until, rolledTo + MINUTES_SLICE_US) as Micros, rolledTo };
}

/** Fills sample_minute and sample_hour; every bucket is computed whole, so that rolling again changes nothing. */
export class RollUp {
  constructor(
    private readonly tables: RollupTables,
    private readonly marks: Pick<LateMarkRepository, 'toRoll' | 'rolled'>,
  ) {}

  /** Computes the minutes of [from, to), widened to whole minutes, from the samples. */
  async rollMinutes(from: Micros, to: Micros, options: RollOptions = {}): Promise<void> {
    const tagIds = options.tagIds ?? (await this.tables.allTags());
    const widthS = options.widthS ?? 60;
    const width = widthS * 1_000_000;
    const slice = (MINUTES_SLICE_US / MINUTE_US) * width;
    const end = ceilTo(width, to);
    for (let at: number = floorTo(width, from); at < end; at += slice)
      await this.tables.minutes(tagIds, at as Micros, Math.min(at + slice, end) as Micros, {
        widthS,
        holdS: options.holdS ?? null,
      });
  }

  /**
   * The same where every tag has a sample at each bucket's start, as a computed history has, at half the cost: each
   * holds for its bucket. A slice in which a tag has none somewhere is rolled like any other.
   */
  async rollGrid(
    from: Micros,
    to: Micros,
    { tagIds, widthS, holdS }: RollOptions & Required<Pick<RollOptions, 'tagIds' | 'widthS'>>,
  ): Promise<void> {
    const width = widthS * 1_000_000;
    const end = ceilTo(width, to);
    for (let at: number = floorTo(width, from); at < end; at += GRID_SLICE * width) {
      const until = Math.min(at + GRID_SLICE * width, end) as Micros;
      const rows = await this.tables.grid(tagIds, at as Micros, until, widthS);
      if (rows === (tagIds.length * (until - at)) / width) continue;
      await this.tables.minutes(tagIds, at as Micros, until, { widthS, holdS: holdS ?? null });
    }
  }

  /** Computes the hours of [from, to), widened to whole hours, from their minutes. */
  async rollHours(from: Micros, to: Micros, options: Pick<RollOptions, 'tagIds'> = {}): Promise<void> {
    const tagIds = options.tagIds ?? (await this.tables.allTags());
    const end = ceilTo(HOUR_US, to);
    for (let at: number = floorTo(HOUR_US, from); at < end; at += HOURS_SLICE_US)
      await this.tables.hours(tagIds, at as Micros, Math.min(at + HOURS_SLICE_US, end) as Micros);
  }

  /**
   * One bounded step of the standing work: the next window up to `until` (now, less a grace of a minute or so for
   * samples on their way), then late marks. Call it until it says `done`, and again every minute. One caller at a time.
   */
  async step(until: Micros): Promise<RollStep> {
    const { claimedTo, rolledTo } = await this.tables.claim(floorTo(MINUTE_US, until));
    if (claimedTo > rolledTo) {
      await this.rollMinutes(rolledTo, claimedTo);
      await this.rollHours(rolledTo, claimedTo);
      await this.tables.claimIsRolled(claimedTo);
    }
    const marks = await this.marks.toRoll(MARKS_A_STEP);
    await this.rollLate(marks, claimedTo);
    return {
      rolledTo: claimedTo,
      late: marks.length,
      done: claimedTo + MINUTE_US > until && marks.length < MARKS_A_STEP,
    };
  }

  /** What was measured before `at` is rolled up by another hand. */
  async beginAt(at: Micros): Promise<void> {
    await this.tables.beginAt(floorTo(MINUTE_US, at));
  }

  /** Up to where samples are rolled up; null before the first step. */
  async watermark(): Promise<Micros | null> {
    return this.tables.watermark();
  }

  /** Marks that begin in the same hour are rolled together: a source that was away comes back with all its tags. */
  private async rollLate(marks: readonly LateMark[], rolledTo: Micros): Promise<void> {
    const hours = new Map<Micros, LateMark[]>();
    for (const mark of marks) {
      const hour = floorTo(HOUR_US, mark.from);
      hours.set(hour, [...(hours.get(hour) ?? []), mark]);
    }
    for (const together of hours.values()) {
      const tagIds = [...new Set(together.map((m) => m.tagId))];
      // Whole hours: older history may stand in buckets wider than a minute, and half of one must not stay.
      const from = floorTo(HOUR_US, Math.min(...together.map((m) => m.from)));
      // A late value holds on into the buckets after it.
      const last = Math.max(...together.map((m) => m.to)) + (await this.tables.longestHoldUs(tagIds, from));
      const to = Math.min(ceilTo(HOUR_US, last + 1), rolledTo) as Micros;
      if (to > from) {
        await this.rollMinutes(from, to, { tagIds });
        await this.rollHours(from, to, { tagIds });
      }
      await this.marks.rolled(together);
    }
  }
}
