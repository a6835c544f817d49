import type { Micros, TagId } from '@linepack/network';
import { inTransaction, onlyRow, type Pool } from './database';

import { LateMarkRepository, type LateMark } from './late-mark.repository';
import { nextSampleTime } from './sample-gaps';
import { lockedRollup, ROLLUP_JOB, saveRollup, type RollupState } from './watermark';

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

const COLUMNS = `bucket, tag_id, min, max, first, first_ts, last, last_ts, integral, covered_s, good, uncertain, bad,
  worst_quality`;

const HOURS = `
  select date_bin('1 hour', bucket, 'epoch'::timestamptz), tag_id, min(min), max(max),
    first(first, first_ts) filter (where first_ts is not null), min(first_ts),
    last(last, last_ts) filter (where last_ts is not null), max(last_ts),
    sum(integral), sum(covered_s), sum(good)::int, sum(uncertain)::int, sum(bad)::int,
    worst_of(max(worst_quality::bigint & 4294967295))
  from sample_minute
  where tag_id = any ($1::int[]) and bucket >= instant($2::bigint) and bucket < instant($3::bigint)
  group by 1, 2`;

const MINUTES = `
  select ${COLUMNS} from roll_samples($1::int[], instant($2::bigint), instant($3::bigint), $5 * interval '1 second', $4)`;

/** A sample that stands at its bucket's start and holds to its end is the bucket: nothing to cut, nothing carried in. */
const GRID = `
  select ts, tag_id, v, v, v, v_ts, v, v_ts, coalesce(v * $4::float8, 0), case when v is null then 0 else $4::float8 end,
    (quality >= 0 and quality < 1073741824)::int, (quality >= 1073741824)::int, (quality < 0)::int, quality
  from (
    select ts, tag_id, quality, case when quality >= 0 then value end as v,
      case when quality >= 0 and value is not null then ts end as v_ts
    from sample
    where tag_id = any ($1::int[]) and ts >= instant($2::bigint) and ts < instant($3::bigint)
      and ts = date_bin($4::float8 * interval '1 second', ts, 'epoch'::timestamptz)
  ) s`;

/** Fills sample_minute and sample_hour; every bucket is computed whole, so that rolling again changes nothing. */
export class RollupRepository {
  private readonly marks: LateMarkRepository;

  constructor(private readonly pool: Pool) {
    this.marks = new LateMarkRepository(pool);
  }

  /** Computes the minutes of [from, to), widened to whole minutes, from the samples. */
  async rollMinutes(from: Micros, to: Micros, options: RollOptions = {}): Promise<void> {
    const tagIds = options.tagIds ?? (await this.allTags());
    const widthS = options.widthS ?? 60;
    const width = widthS * 1_000_000;
    const slice = (MINUTES_SLICE_US / MINUTE_US) * width;
    const end = ceilTo(width, to);
    for (let at: number = floorTo(width, from); at < end; at += slice)
      await this.replace('sample_minute', MINUTES, [
        tagIds,
        at,
        Math.min(at + slice, end),
        options.holdS ?? null,
        widthS,
      ]);
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
      const until = Math.min(at + GRID_SLICE * width, end);
      const rows = await this.replace('sample_minute', GRID, [tagIds, at, until, widthS]);
      if (rows === (tagIds.length * (until - at)) / width) continue;
      await this.replace('sample_minute', MINUTES, [tagIds, at, until, holdS ?? null, widthS]);
    }
  }

  /** Computes the hours of [from, to), widened to whole hours, from their minutes. */
  async rollHours(from: Micros, to: Micros, options: Pick<RollOptions, 'tagIds'> = {}): Promise<void> {
    const tagIds = options.tagIds ?? (await this.allTags());
    const end = ceilTo(HOUR_US, to);
    for (let at: number = floorTo(HOUR_US, from); at < end; at += HOURS_SLICE_US)
      await this.replace('sample_hour', HOURS, [tagIds, at, Math.min(at + HOURS_SLICE_US, end)]);
  }

  /**
   * One bounded step of the standing work: the next window up to `until` (now, less a grace of a minute or so for
   * samples on their way), then late marks. Call it until it says `done`, and again every minute. One caller at a time.
   */
  async step(until: Micros): Promise<RollStep> {
    const { claimedTo, rolledTo } = await this.claim(floorTo(MINUTE_US, until));
    if (claimedTo > rolledTo) {
      await this.rollMinutes(rolledTo, claimedTo);
      await this.rollHours(rolledTo, claimedTo);
      await this.pool.query(
        `update job_state set state = state || jsonb_build_object('rolledTo', $2::bigint), updated_at = now()
         where name = $1`,
        [ROLLUP_JOB, claimedTo],
      );
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
    await inTransaction(this.pool, async (client) => {
      const { rolledTo } = await lockedRollup(client);
      const to = Math.max(rolledTo, floorTo(MINUTE_US, at)) as Micros;
      await saveRollup(client, { claimedTo: to, rolledTo: to });
    });
  }

  /** Up to where samples are rolled up; null before the first step. */
  async watermark(): Promise<Micros | null> {
    const { rows } = await this.pool.query<{ at: Micros }>(
      `select (state ->> 'rolledTo')::float8 as at from job_state where name = $1`,
      [ROLLUP_JOB],
    );
    return rows[0]?.at ?? null;
  }

  /**
   * Moves the claim on in a transaction of its own. Writers share the row's lock until they commit, so that every sample
   * before the claim is either to be seen by now, or comes later and leaves a mark. A claim that a crash left unrolled
   * is rolled first. Time in which nothing was measured is passed over at once: one stamp of a clock that was never set
   * must not cost a step for every quarter of an hour since.
   */
  private async claim(until: Micros): Promise<RollupState> {
    return inTransaction(this.pool, async (client) => {
      const state = await lockedRollup(client);
      if (state.claimedTo > state.rolledTo || state.claimedTo >= until) return state;
      const next = await nextSampleTime(client, state.claimedTo, until);
      const rolledTo = floorTo(MINUTE_US, next ?? until);
      const claimedTo = Math.min(until, rolledTo + MINUTES_SLICE_US) as Micros;
      await saveRollup(client, { claimedTo, rolledTo });
      return { claimedTo, rolledTo };
    });
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
      const last = Math.max(...together.map((m) => m.to)) + (await this.longestHoldUs(tagIds, from));
      const to = Math.min(ceilTo(HOUR_US, last + 1), rolledTo) as Micros;
      if (to > from) {
        await this.rollMinutes(from, to, { tagIds });
        await this.rollHours(from, to, { tagIds });
      }
      await this.marks.rolled(together);
    }
  }

  private async longestHoldUs(tagIds: readonly TagId[], at: Micros): Promise<number> {
    const { rows } = await this.pool.query<{ hold: number }>(
      `select coalesce(max(3 * (c.config ->> 'maxReportS')::float8), 180) as hold
       from tag t join config_at('tag', instant($2::bigint)) c on c.entity_id = t.key where t.tag_id = any ($1)`,
      [tagIds, at],
    );
    return onlyRow(rows).hold * 1_000_000;
  }

  private async allTags(): Promise<TagId[]> {
    const { rows } = await this.pool.query<{ tagId: TagId }>(
      'select tag_id as "tagId" from tag order by tag_id',
    );
    return rows.map((r) => r.tagId);
  }

  private async replace(
    table: 'sample_minute' | 'sample_hour',
    select: string,
    params: unknown[],
  ): Promise<number> {
    const [tagIds, from, to] = params;
    return inTransaction(this.pool, async (client) => {
      await client.query(
        `delete from ${table}
         where tag_id = any ($1::int[]) and bucket >= instant($2::bigint) and bucket < instant($3::bigint)`,
        [tagIds, from, to],
      );
      const { rowCount } = await client.query(`insert into ${table} (${COLUMNS}) ${select}`, params);
      return rowCount ?? 0;
    });
  }
}
