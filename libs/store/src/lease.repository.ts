import { onlyRow, type Queryable } from './database';

/** Ownership of a partition. The epoch stands on everything its holder writes. */
export interface Lease {
  readonly partition: string;
  readonly owner: string;
  readonly epoch: number;
}

/** Leases as rows, on the database's clock; no advisory locks, which the embedded server grants to everybody. */
export class LeaseRepository {
  constructor(private readonly db: Queryable) {}

  /**
   * Takes a partition that is free, expired or already the owner's, for `ttlMs`.
   * @param owner names one process, not a machine: a restarted process is another owner
   * @returns the lease, or null while another owner holds it
   */
  async acquire(partition: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const { rows } = await this.db.query<Lease>(
      `insert into partition_lease as l (partition, owner, epoch, expires_at)
       values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
       on conflict (partition) do update set
         owner = excluded.owner,
         epoch = l.epoch + case when l.owner = excluded.owner and l.expires_at > clock_timestamp() then 0 else 1 end,
         expires_at = excluded.expires_at
       where l.owner = excluded.owner or l.expires_at <= clock_timestamp()
       returning partition, owner, epoch::float8 as epoch`,
      [partition, owner, ttlMs],
    );
    return rows[0] ?? null;
  }

  /** Holds on for another `ttlMs`. @returns false when the lease was lost: the holder must stop at once */
  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const { rowCount } = await this.db.query(
      `update partition_lease set expires_at = clock_timestamp() + $4 * interval '1 millisecond'
       where partition = $1 and owner = $2 and epoch = $3`,
      [lease.partition, lease.owner, lease.epoch, ttlMs],
    );
    return rowCount === 1;
  }

  /** Gives a partition back at once; nothing happens when it is no longer held. */
  async release(lease: Lease): Promise<void> {
    await this.db.query(
      `update partition_lease set expires_at = clock_timestamp() where partition = $1 and owner = $2 and epoch = $3`,
      [lease.partition, lease.owner, lease.epoch],
    );
  }

  /** Who owns what now. */
  async held(): Promise<Lease[]> {
    const { rows } = await this.db.query<Lease>(
      `select partition, owner, epoch::float8 as epoch from partition_lease
       where expires_at > clock_timestamp() order by partition`,
    );
    return rows;
  }

  /** The highest epoch ever given for a partition; 0 when none was. */
  async epochOf(partition: string): Promise<number> {
    const { rows } = await this.db.query<{ epoch: number }>(
      `select coalesce(max(epoch), 0)::float8 as epoch from partition_lease where partition = $1`,
      [partition],
    );
    return onlyRow(rows).epoch;
  }
}
