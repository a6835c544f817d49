import type { History, HistorySeries, LatestValue } from '@linepack/contracts';
import type { Micros, TagId } from '@linepack/network';
import type { Quality, Sample } from '@linepack/telemetry';
import { onlyRow, type Queryable } from './database';
import { ROLLUP_JOB } from './watermark';

/** The usable readings around an instant. */
export interface ReadingsAround {
  readonly tagId: TagId;
  readonly at: Micros;
  /** Last usable sample at or before the instant, within the age asked for. */
  readonly before: { readonly ts: Micros; readonly value: number } | null;
  /** First usable sample at or after the instant, within the age asked for. */
  readonly after: { readonly ts: Micros; readonly value: number } | null;
}

export interface HistoryRequest {
  /** At most 16. */
  readonly tags: readonly TagId[];
  readonly from: Micros;
  readonly to: Micros;
  /** Most points a tag. */
  readonly points: number;
}

const MINUTE_US = 60_000_000;
const HOUR_US = 3_600_000_000;
const WEEK_US = 7 * 24 * HOUR_US;
/** What is not rolled up yet is computed when it is asked for, up to this much. */
const LONGEST_TAIL_US = HOUR_US;

interface PointRow {
  tagId: TagId;
  ts: Micros;
  value: number | null;
  min: number | null;
  max: number | null;
  quality: number;
  usable: number;
}

/** SQL for the share of [from, to) that `covered_s` seconds are; a value may hold beyond the end, which counts once. */
const usableShare = (from: string, to: string): string =>
  `coalesce(least(1, covered_s / nullif(greatest(0, date_part('epoch', ${to} - ${from})), 0)), (covered_s > 0)::int)`;

/** Reads samples and their aggregates; every read is bounded. */
export class SampleRepository {
  constructor(private readonly db: Queryable) {}

  /**
   * The newest sample of each tag that has one, with the last usable one beside it when it is not usable itself. When it
   * was heard is not stored: its own time stands in for that.
   * @param since how far back to look; default a week before now
   */
  async latest(tagIds: readonly TagId[], since?: Micros): Promise<LatestValue[]> {
    const { rows } = await this.db.query<LatestValue>(
      `select w.tag_id as "tagId", micros(n.ts) as ts, n.quality, n.value, micros(n.ts) as "heardAt",
         case when g.ts is not null then jsonb_build_object('ts', micros(g.ts), 'value', g.value) end as "lastGood"
       from unnest($1::int[]) as w (tag_id)
       cross join lateral (
         select s.ts, s.quality, s.value from sample s
         where s.tag_id = w.tag_id and s.ts >= coalesce(instant($2::bigint), now() - $3 * interval '1 microsecond')
         order by s.ts desc limit 1
       ) n
       left join lateral (
         select s.ts, s.value from sample s
         where (n.quality < 0 or n.value is null) and s.tag_id = w.tag_id and s.quality >= 0 and s.value is not null
           and s.ts >= coalesce(instant($2::bigint), now() - $3 * interval '1 microsecond')
         order by s.ts desc limit 1
       ) g on true
       order by w.tag_id`,
      [tagIds, since ?? null, WEEK_US],
    );
    return rows;
  }

  /**
   * History of tags over [from, to), by the coarsest of raw, minute and hour that still gives the points asked for.
   * Minimum and maximum of every bucket are kept, its worst quality, and the share of it that was usable. Raw samples
   * come as they are when they are few enough; their own value then is minimum and maximum, too.
   */
  async history({ tags, from, to, points }: HistoryRequest): Promise<History> {
    const stepUs = Math.max(1, Math.ceil((to - from) / points));
    const answer = (resolution: History['resolution'], rows: readonly PointRow[]): History => ({
      from,
      to,
      resolution,
      series: tags.map((tagId) => seriesOf(tagId, rows)),
    });
    if (stepUs >= HOUR_US) {
      const width = Math.ceil(stepUs / HOUR_US) * HOUR_US;
      const known = Math.min(to, await this.rolledTo()) as Micros;
      return answer('hour', await this.aggregated('sample_hour', { tags, from, to }, width, to, known));
    }
    if (stepUs >= MINUTE_US) {
      const width = Math.ceil(stepUs / MINUTE_US) * MINUTE_US;
      const rolledTo = await this.rolledTo();
      const tailFrom = Math.max(from, Math.min(to, rolledTo), to - LONGEST_TAIL_US) as Micros;
      return answer(
        'minute',
        await this.aggregated('sample_minute', { tags, from, to }, width, tailFrom, to),
      );
    }
    const raw = await this.raw({ tags, from, to }, points);
    return answer('raw', raw ?? (await this.binned({ tags, from, to }, stepUs)));
  }

  /** The usable readings around each of some instants, none further than `maxAgeUs` from it: what a cut-off is interpolated from. */
  async around(
    tagIds: readonly TagId[],
    instants: readonly Micros[],
    maxAgeUs: number,
  ): Promise<ReadingsAround[]> {
    if (instants.length === 0) return [];
    // The outer bounds let the planner leave out chunks; the inner ones are what is asked.
    const { rows } = await this.db.query<ReadingsAround>(
      `select w.tag_id as "tagId", i.us::float8 as at,
         case when b.ts is not null then jsonb_build_object('ts', micros(b.ts), 'value', b.value) end as before,
         case when a.ts is not null then jsonb_build_object('ts', micros(a.ts), 'value', a.value) end as after
       from unnest($1::int[]) as w (tag_id)
       cross join unnest($2::bigint[]) as i (us)
       left join lateral (
         select s.ts, s.value from sample s
         where s.tag_id = w.tag_id and s.quality >= 0 and s.value is not null
           and s.ts between instant($4::bigint - $3::bigint) and instant($5::bigint)
           and s.ts <= instant(i.us) and s.ts >= instant(i.us - $3::bigint)
         order by s.ts desc limit 1
       ) b on true
       left join lateral (
         select s.ts, s.value from sample s
         where s.tag_id = w.tag_id and s.quality >= 0 and s.value is not null
           and s.ts between instant($4::bigint) and instant($5::bigint + $3::bigint)
           and s.ts >= instant(i.us) and s.ts <= instant(i.us + $3::bigint)
         order by s.ts limit 1
       ) a on true
       order by w.tag_id, i.us`,
      [tagIds, instants, maxAgeUs, Math.min(...instants), Math.max(...instants)],
    );
    return rows;
  }

  /** The samples of a tag in [from, to), ascending in time; at most `limit`. */
  async range(tagId: TagId, from: Micros, to: Micros, limit = 200_000): Promise<Sample[]> {
    return (await this.ranges([tagId], from, to, limit)).get(tagId) ?? [];
  }

  /** The samples of several tags in [from, to), each ascending in time; at most `limit` in all. Every tag has an entry. */
  async ranges(
    tagIds: readonly TagId[],
    from: Micros,
    to: Micros,
    limit = 500_000,
  ): Promise<Map<TagId, Sample[]>> {
    const { rows } = await this.db.query<[TagId, Micros, Quality, number | null]>({
      text: `select tag_id, micros(ts), quality, value from sample
             where tag_id = any ($1::int[]) and ts >= instant($2::bigint) and ts < instant($3::bigint)
             order by tag_id, ts limit $4`,
      values: [tagIds, from, to, limit],
      rowMode: 'array',
    });
    const byTag = new Map<TagId, Sample[]>(tagIds.map((id) => [id, []]));
    for (const [tagId, ts, quality, value] of rows) byTag.get(tagId)?.push({ tagId, ts, quality, value });
    return byTag;
  }

  /** Source times of the first and the last sample of all, or null when there are none. */
  async extent(): Promise<{ first: Micros; last: Micros } | null> {
    const { rows } = await this.db.query<{ first: Micros | null; last: Micros | null }>(
      'select micros(min(ts)) as first, micros(max(ts)) as last from sample',
    );
    const { first, last } = onlyRow(rows);
    return first === null || last === null ? null : { first, last };
  }

  /** Compresses chunks of samples that ended before an instant, at most `max` of them, oldest first. @returns how many */
  async compressBefore(before: Micros, max: number): Promise<number> {
    const { rows } = await this.db.query<{ chunk: string }>(
      `select format('%I.%I', chunk_schema, chunk_name) as chunk from timescaledb_information.chunks
       where hypertable_name = 'sample' and not is_compressed and range_end <= instant($1::bigint)
       order by range_start limit $2`,
      [before, max],
    );
    for (const { chunk } of rows) await this.db.query('select compress_chunk($1::regclass)', [chunk]);
    return rows.length;
  }

  private async rolledTo(): Promise<number> {
    const { rows } = await this.db.query<{ at: number }>(
      `select (state ->> 'rolledTo')::float8 as at from job_state where name = $1`,
      [ROLLUP_JOB],
    );
    return rows[0]?.at ?? 0;
  }

  /**
   * Buckets of the aggregates, put together to `widthUs`; from `tailFrom` on computed from the samples. The usable share
   * is of that part of a bucket that was read, is over, and is known: not before the first part inside [from, to), and
   * not after `knownTo`.
   */
  private async aggregated(
    table: 'sample_minute' | 'sample_hour',
    { tags, from, to }: Omit<HistoryRequest, 'points'>,
    widthUs: number,
    tailFrom: Micros,
    knownTo: Micros,
  ): Promise<PointRow[]> {
    const partUs = table === 'sample_hour' ? HOUR_US : MINUTE_US;
    const firstPart = Math.ceil(from / partUs) * partUs;
    const { rows } = await this.db.query<PointRow>(
      `with parts as (
         select bucket, tag_id, min, max, integral, covered_s, worst_quality from ${table}
         where tag_id = any ($1::int[]) and bucket >= instant($2::bigint) and bucket < instant($5::bigint)
         union all
         select bucket, tag_id, min, max, integral, covered_s, worst_quality
         from roll_samples($1::int[], instant($5::bigint), instant($3::bigint), interval '1 minute', null)
       ), points as (
         select tag_id, date_bin($4 * interval '1 microsecond', bucket, 'epoch'::timestamptz) as start,
           sum(integral) as integral, sum(covered_s) as covered_s, min(min) as min, max(max) as max,
           worst_of(max(worst_quality::bigint & 4294967295)) as quality
         from parts group by 1, 2
       )
       select tag_id as "tagId", micros(start) as ts, integral / nullif(covered_s, 0) as value, min, max, quality,
         ${usableShare('greatest(start, instant($6::bigint))', "least(start + $4 * interval '1 microsecond', instant($7::bigint), now())")} as usable
       from points order by 1, 2`,
      [tags, from, to, widthUs, tailFrom, firstPart, knownTo],
    );
    return rows;
  }

  /** Samples as they are, or null when a tag has more than `points` of them. */
  private async raw(
    { tags, from, to }: Omit<HistoryRequest, 'points'>,
    points: number,
  ): Promise<PointRow[] | null> {
    const { rows } = await this.db.query<PointRow & { place: number }>(
      `select w.tag_id as "tagId", micros(s.ts) as ts, s.value, s.value as min, s.value as max, s.quality,
         (s.quality >= 0 and s.value is not null)::int as usable
       from unnest($1::int[]) as w (tag_id)
       cross join lateral (
         select ts, quality, value from sample
         where tag_id = w.tag_id and ts >= instant($2::bigint) and ts < instant($3::bigint)
         order by ts limit $4::int + 1
       ) s
       order by 1, 2`,
      [tags, from, to, points],
    );
    const perTag = new Map<TagId, number>();
    for (const { tagId } of rows) perTag.set(tagId, (perTag.get(tagId) ?? 0) + 1);
    return Math.max(0, ...perTag.values()) > points ? null : rows;
  }

  /** Buckets finer than a minute, computed from the samples. */
  private async binned(
    { tags, from, to }: Omit<HistoryRequest, 'points'>,
    widthUs: number,
  ): Promise<PointRow[]> {
    const { rows } = await this.db.query<PointRow>(
      `select tag_id as "tagId", micros(bucket) as ts, integral / nullif(covered_s, 0) as value, min, max,
         worst_quality as quality,
         ${usableShare('greatest(bucket, instant($2::bigint))', "least(bucket + $4 * interval '1 microsecond', instant($3::bigint), now())")} as usable
       from roll_samples($1::int[], instant($2::bigint), instant($3::bigint), $4 * interval '1 microsecond', null)
       order by 1, 2`,
      [tags, from, to, widthUs],
    );
    return rows;
  }
}

function seriesOf(tagId: TagId, rows: readonly PointRow[]): HistorySeries {
  const own = rows.filter((r) => r.tagId === tagId);
  return {
    tagId,
    ts: own.map((r) => r.ts),
    value: own.map((r) => r.value),
    min: own.map((r) => r.min),
    max: own.map((r) => r.max),
    quality: own.map((r) => r.quality),
    usable: own.map((r) => r.usable),
  };
}
