import type { Micros, TagId } from '@linepack/network';
import { inTransaction, onlyRow, type Pool } from './database';
import { claimFrom, isClaimable, type RollupTables } from './roll-up';
import { nextSampleTime } from './sample-gaps';
import { lockedRollup, ROLLUP_JOB, saveRollup, type RollupState } from './watermark';

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

/** The SQL of the roll-up: each call is one transaction. */
export class RollupSql implements RollupTables {
  constructor(private readonly pool: Pool) {}

  /**
   * Moves the claim on in a transaction of its own. Writers share the row's lock until they commit, so that every sample
   * before the claim is either to be seen by now, or comes later and leaves a mark.
   */
  async claim(until: Micros): Promise<RollupState> {
    return inTransaction(this.pool, async (client) => {
      const state = await lockedRollup(client);
      if (!isClaimable(state, until)) return state;
      const claimed = claimFrom(await nextSampleTime(client, state.claimedTo, until), until);
      await saveRollup(client, claimed);
      return claimed;
    });
  }

  /** What was claimed up to an instant is rolled up. */
  async claimIsRolled(to: Micros): Promise<void> {
    await this.pool.query(
      `update job_state set state = state || jsonb_build_object('rolledTo', $2::bigint), updated_at = now()
       where name = $1`,
      [ROLLUP_JOB, to],
    );
  }

  async beginAt(minute: Micros): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      const { rolledTo } = await lockedRollup(client);
      const to = Math.max(rolledTo, minute) as Micros;
      await saveRollup(client, { claimedTo: to, rolledTo: to });
    });
  }

  async watermark(): Promise<Micros | null> {
    const { rows } = await this.pool.query<{ at: Micros }>(
      `select (state ->> 'rolledTo')::float8 as at from job_state where name = $1`,
      [ROLLUP_JOB],
    );
    return rows[0]?.at ?? null;
  }

  async minutes(
    tagIds: readonly TagId[],
    from: Micros,
    to: Micros,
    { widthS, holdS }: { readonly widthS: number; readonly holdS: number | null },
  ): Promise<void> {
    await this.replace('sample_minute', MINUTES, [tagIds, from, to, holdS, widthS]);
  }

  async grid(tagIds: readonly TagId[], from: Micros, to: Micros, widthS: number): Promise<number> {
    return this.replace('sample_minute', GRID, [tagIds, from, to, widthS]);
  }

  async hours(tagIds: readonly TagId[], from: Micros, to: Micros): Promise<void> {
    await this.replace('sample_hour', HOURS, [tagIds, from, to]);
  }

  async longestHoldUs(tagIds: readonly TagId[], at: Micros): Promise<number> {
    const { rows } = await this.pool.query<{ hold: number }>(
      `select coalesce(max(3 * (c.config ->> 'maxReportS')::float8), 180) as hold
       from tag t join config_at('tag', instant($2::bigint)) c on c.entity_id = t.key where t.tag_id = any ($1)`,
      [tagIds, at],
    );
    return onlyRow(rows).hold * 1_000_000;
  }

  async allTags(): Promise<TagId[]> {
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
