import { onlyRow, type Queryable } from './database';

/** Ownership of a partition. The epoch stands on everything its holder writes. */
export interface Lease {
  readonly partition: string;
  readonly owner: string;
  readonly epoch: number;
}

/** One collector's part in sharing the partitions. */
export interface LeaseRequest {
  /** Names a data folder, which one process at a time has locked. */
  readonly owner: string;
  /** This process: a UUID of its own. */
  readonly session: string;
  /** Every partition there is; all collectors of one configuration name the same. */
  readonly partitions: readonly string[];
  /**
   * Partitions that it does not want: of its own those that it gives up (it has stopped speaking for them), of others
   * those that it leaves to them though their leases may have run out.
   */
  readonly giveUp: readonly string[];
  /** How long a lease and a member's word hold, ms. */
  readonly ttlMs: number;
}

export interface LeaseAnswer {
  /** What the owner holds now, for another `ttlMs`. */
  readonly held: readonly Lease[];
  /** The latest lease of every other partition that ever had one, and whether it still runs. */
  readonly others: readonly (Lease & { readonly runs: boolean })[];
  /** Other members whose word still holds. */
  readonly members: readonly string[];
  /** How many partitions are this owner's share. Who holds more gives the rest up, a few at a time. */
  readonly share: number;
}

/**
 * Leases as rows, on the database's clock; no advisory locks, which the embedded server grants to everybody.
 *
 * One statement does everything: it says that this collector lives, holds on to what it has, takes what is free or has
 * run out up to its share, gives up what it is told to, and answers what is so now. A partition gets another epoch with
 * every other owner, and never a smaller one; the same owner goes on under its own.
 *
 * The share is ⌈partitions / members⌉, and ⌊partitions / members⌋ while another member has less than that: so nobody
 * ends with two more than another, and nothing moves that need not. What was its own before goes first. A newcomer takes
 * what is free at once, but others make room for it only when it has lived for as long as a lease: one that dies again
 * and again moves nothing.
 */
export class LeaseRepository {
  constructor(private readonly db: Queryable) {}

  /**
   * One round; a holder that does not get through a round within `ttlMs` of the last one's beginning holds nothing.
   * Rows are locked in the order of their partitions, so that two rounds never wait for each other in a circle.
   */
  async round({ owner, session, partitions, giveUp, ttlMs }: LeaseRequest): Promise<LeaseAnswer> {
    const { rows } = await this.db.query<LeaseAnswer>(ROUND, [owner, session, partitions, giveUp, ttlMs]);
    return onlyRow(rows);
  }

  /** Gives everything back at once and takes part no more. */
  async leave(owner: string): Promise<void> {
    await this.db.query(
      `with gone as (delete from collector_member where owner = $1)
       update partition_lease set expires_at = clock_timestamp()
       where partition in (
         select partition from partition_lease where owner = $1 and expires_at > clock_timestamp()
         order by partition for update
       )`,
      [owner],
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
}

/*
 * Other rounds' writes are seen as they were when the statement began, except in `written`: there the row is read again
 * under its lock, so that of two who want one partition one gets it. Instants are taken after the caller's own, so the
 * caller's reckoning of the end (its own clock at asking, plus ttl) is never later than the database's.
 */
const ROUND = `
with asked as (
  select distinct partition from unnest($3::text[]) as partition
), ttl as (
  select $5::float8 * interval '1 millisecond' as span
), me as (
  insert into collector_member as m (owner, session, living_since, expires_at)
  select $1, $2::uuid, clock_timestamp(), clock_timestamp() + span from ttl
  on conflict (owner) do update set
    living_since = case when m.session = excluded.session and m.expires_at > clock_timestamp()
      then m.living_since else excluded.living_since end,
    session = excluded.session,
    expires_at = excluded.expires_at
), other_member as (
  select owner, living_since <= now() - span as settled from collector_member, ttl
  where owner <> $1 and expires_at > now()
), seen as (
  select a.partition, l.owner, l.epoch, coalesce(l.expires_at > now(), false) as runs
  from asked a left join partition_lease l using (partition)
), load as (
  select o.owner, count(s.partition) as held
  from other_member o left join seen s on s.owner = o.owner and s.runs where o.settled group by o.owner
), even as (
  select (select count(*) from asked)::float8 / (1 + (select count(*) from load)) as part
), share as (
  select case when exists (select from load where held < floor(part)) then floor(part) else ceil(part) end::int as most
  from even
), kept as (
  select partition, partition <> all ($4::text[]) as keep from seen where owner = $1 and runs
), wish as (
  select partition, keep from kept
  union all
  (select partition, true from seen
   where not runs and partition <> all ($4::text[])
   order by owner = $1 desc nulls last, md5(partition || $1)
   limit greatest(0, (select most from share) - (select count(*) from kept where keep)))
), written as (
  insert into partition_lease as l (partition, owner, epoch, expires_at)
  select partition, $1, 1, case when keep then clock_timestamp() + span else clock_timestamp() end
  from wish, ttl order by partition
  on conflict (partition) do update set
    owner = excluded.owner,
    epoch = l.epoch + case when l.owner = excluded.owner then 0 else 1 end,
    expires_at = excluded.expires_at
  where l.owner = excluded.owner or l.expires_at <= clock_timestamp()
  returning partition, owner, epoch
), mine as (
  select w.partition, w.owner, w.epoch from written w join wish using (partition) where keep
)
select
  (select coalesce(jsonb_agg(to_jsonb(mine) order by partition), '[]') from mine) as held,
  (select coalesce(jsonb_agg(
       jsonb_build_object('partition', partition, 'owner', owner, 'epoch', epoch, 'runs', runs and owner <> $1) order by partition), '[]')
   from seen where owner is not null and partition not in (select partition from mine)) as others,
  (select coalesce(jsonb_agg(owner order by owner), '[]') from other_member) as members,
  coalesce((select most from share), 0) as share`;
