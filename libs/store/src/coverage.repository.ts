import type { Micros, SourceId } from '@linepack/network';
import { inTransaction, type Pool } from './database';

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

  /** A source changed state. Telling the same state again, or an older instant, changes nothing. */
  async record(sourceId: SourceId, at: Micros, state: CoverageState): Promise<void> {
    await inTransaction(this.pool, async (client) => {
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
