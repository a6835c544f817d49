import type { Micros, TagId } from '@linepack/network';
import type { Queryable } from './database';

/** Samples of a tag from `from` to `to` (both included) came after their time was rolled up. */
export interface LateMark {
  readonly id: number;
  readonly tagId: TagId;
  readonly from: Micros;
  readonly to: Micros;
  readonly receivedAt: Micros;
}

/** Marks of late data. The roll-up and the recalculation each take every mark once. */
export class LateMarkRepository {
  constructor(private readonly db: Queryable) {}

  /** Marks nobody has recalculated yet, oldest first. */
  async toRecalculate(limit: number): Promise<LateMark[]> {
    return this.open('recalculated_at', limit);
  }

  /** Marks that are not rolled up yet, oldest first. */
  async toRoll(limit: number): Promise<LateMark[]> {
    return this.open('rolled_at', limit);
  }

  /** What stands on these marks' samples was computed again. */
  async recalculated(marks: readonly LateMark[]): Promise<void> {
    await this.finish('recalculated_at', marks);
  }

  /** These marks' samples are in the aggregates. */
  async rolled(marks: readonly LateMark[]): Promise<void> {
    await this.finish('rolled_at', marks);
  }

  /** Removes marks both readers are done with. @returns how many */
  async removeFinished(): Promise<number> {
    const { rowCount } = await this.db.query(
      'delete from late_mark where rolled_at is not null and recalculated_at is not null',
    );
    return rowCount ?? 0;
  }

  private async open(reader: 'rolled_at' | 'recalculated_at', limit: number): Promise<LateMark[]> {
    const { rows } = await this.db.query<LateMark>(
      `select id::float8 as id, tag_id as "tagId", micros(from_ts) as from, micros(to_ts) as to,
         micros(received_at) as "receivedAt"
       from late_mark where ${reader} is null order by received_at, id limit $1`,
      [limit],
    );
    return rows;
  }

  // A mark that grew after it was read stays open: its new part has not been seen.
  private async finish(reader: 'rolled_at' | 'recalculated_at', marks: readonly LateMark[]): Promise<void> {
    await this.db.query(
      `update late_mark m set ${reader} = now()
       from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as seen (id, from_us, to_us, received_us)
       where m.id = seen.id and m.from_ts = instant(seen.from_us) and m.to_ts = instant(seen.to_us)
         and m.received_at = instant(seen.received_us)`,
      [
        marks.map((m) => m.id),
        marks.map((m) => m.from),
        marks.map((m) => m.to),
        marks.map((m) => m.receivedAt),
      ],
    );
  }
}
