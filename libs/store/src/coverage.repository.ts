import type { Micros, SourceId } from '@linepack/network';
import { inTransaction, type Pool, type PoolClient } from './database';
import { leaveMarks, type LateSpan } from './late-data';
import { sharedWatermark } from './watermark';

export type CoverageState = 'connected' | 'disconnected';

/** A source was in one state from `from` (inclusive) to `to` (exclusive; null: until now). */
export interface CoverageInterval {
  readonly sourceId: SourceId;
  readonly from: Micros;
  readonly to: Micros | null;
  readonly state: CoverageState;
}

/** When a source could be heard: tells a value that does not change from a source that is away. */
export class CoverageRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * A source changed state. Telling the same state again, or an older instant, changes nothing. Where the time from `at`
   * on was worked out already, the source's tags get late marks: a collector that crashed tells only at its next start
   * since when it heard nothing.
   */
  async record(sourceId: SourceId, at: Micros, state: CoverageState): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      const watermark = await sharedWatermark(client);
      const open = await client.query<{ from: Micros; state: CoverageState }>(
        `select micros(from_ts) as from, state from source_coverage
         where source_id = $1 and to_ts is null for update`,
        [sourceId],
      );
      const current = open.rows[0];
      if (current && (current.state === state || current.from >= at)) return;
      await client.query(
        'update source_coverage set to_ts = instant($2::bigint) where source_id = $1 and to_ts is null',
        [sourceId, at],
      );
      await client.query(
        'insert into source_coverage (source_id, from_ts, state) values ($1, instant($2::bigint), $3)',
        [sourceId, at, state],
      );
      const from = state === 'connected' && current ? current.from : at;
      if (at < watermark) await leaveMarks(client, await spansOf(client, sourceId, { from, at, watermark }));
    });
  }

  /** The intervals of some sources that touch [from, to), by source and time; at most 10,000. */
  async between(sourceIds: readonly SourceId[], from: Micros, to: Micros): Promise<CoverageInterval[]> {
    const { rows } = await this.pool.query<CoverageInterval>(
      `select source_id as "sourceId", micros(from_ts) as from, micros(to_ts) as to, state from source_coverage
       where source_id = any ($1) and from_ts < instant($3::bigint)
         and (to_ts is null or to_ts > instant($2::bigint))
       order by source_id, from_ts limit 10000`,
      [sourceIds, from, to],
    );
    return rows;
  }

  /** The state each source is in now. */
  async current(): Promise<CoverageInterval[]> {
    const { rows } = await this.pool.query<CoverageInterval>(
      `select source_id as "sourceId", micros(from_ts) as from, null::float8 as to, state from source_coverage
       where to_ts is null order by source_id`,
    );
    return rows;
  }
}

/** What the tags of a source may have been taken to say from `from` on, as long as a value heard until `at` holds. */
async function spansOf(
  client: PoolClient,
  sourceId: SourceId,
  { from, at, watermark }: { from: Micros; at: Micros; watermark: Micros },
): Promise<LateSpan[]> {
  const { rows } = await client.query<LateSpan>(
    `select t.tag_id as "tagId", $2::float8 as from,
       least($4::float8, $3::float8 + 3e6 * (c.config ->> 'maxReportS')::float8) as to
     from config_at('tag', instant($3::bigint)) c join tag t on t.key = c.entity_id
     where c.config -> 'address' ->> 'source' = $1
     order by t.tag_id`,
    [sourceId, from, at, watermark],
  );
  return rows;
}
