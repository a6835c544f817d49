import type { Micros, TagId } from '@linepack/network';
import type { Quality, Sample } from '@linepack/telemetry';
import { copyIn, encodeSamples } from './copy';
import { inTransaction, type Pool, type PoolClient } from './database';
import { ROLLUP_JOB } from './rollup.repository';
import { MOST_SHIFTS, placeSamples, type Occupied, type Placed } from './sample.slots';

export interface Written {
  /** Rows that are new. */
  readonly inserted: number;
  /** Samples that were there already. */
  readonly known: number;
  /** Of the new rows: stored a microsecond or more on, because another value of their tag has their stamp. */
  readonly shifted: number;
  /** Samples that found no place: a clock that stands still gave a thousand values one stamp. */
  readonly discarded: number;
  /** New rows of a time that had been rolled up; they left marks. */
  readonly late: number;
}

const UNIQUE_VIOLATION = '23505';
const COPY = 'copy sample (ts, tag_id, quality, value) from stdin (format binary)';
/** Marks of one tag that are no further apart than this become one. */
const MARK_JOIN_US = 3_600_000_000;

type LateData = 'marked' | 'unmarked';

/**
 * Writes samples. The usual batch is new and goes in by binary COPY; when a row of it is there already, the whole batch
 * is compared with what is stored and the rest inserted. Replaying a batch, in whole, in part or in another order, is
 * always safe.
 */
export class SampleWriter {
  constructor(private readonly pool: Pool) {}

  /** Stores a batch in one transaction: all of it or nothing. Late samples leave marks. */
  async write(samples: readonly Sample[]): Promise<Written> {
    return this.store(samples, 'marked');
  }

  /** The same without marks: whoever fills in history rolls up its range himself (`RollupRepository`). */
  async backfill(samples: readonly Sample[]): Promise<Written> {
    return this.store(samples, 'unmarked');
  }

  private async store(samples: readonly Sample[], lateData: LateData): Promise<Written> {
    if (samples.length === 0) return { inserted: 0, known: 0, shifted: 0, discarded: 0, late: 0 };
    const placed = placeSamples(samples, new Map());
    // Before the transaction: while it waits for this process, every reader of the embedded database waits.
    const body = encodeSamples(placed.rows);
    try {
      return await inTransaction(this.pool, async (client) => {
        const rolledTo = await watermarkFor(client, lateData);
        await copyIn(client, COPY, body);
        return summary(placed, placed.rows.length, await markLate(client, placed.rows, rolledTo));
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    }
    return inTransaction(this.pool, async (client) => {
      const rolledTo = await watermarkFor(client, lateData);
      const { placed: fresh, inserted } = await insertMissing(client, samples);
      return summary(fresh, inserted.length, await markLate(client, inserted, rolledTo));
    });
  }
}

const summary = (placed: Placed, inserted: number, late: number): Written => ({
  inserted,
  known: placed.known,
  shifted: placed.shifted,
  discarded: placed.discarded,
  late,
});

/** Another writer may take a place between looking and inserting; looking again sees it. */
async function insertMissing(
  client: PoolClient,
  samples: readonly Sample[],
): Promise<{ placed: Placed; inserted: Sample[] }> {
  const inserted: Sample[] = [];
  for (;;) {
    const placed = placeSamples(samples, await occupiedAround(client, samples));
    const { rows } = await client.query<{ tagId: TagId; ts: Micros }>(
      `insert into sample (ts, tag_id, quality, value)
       select instant(us), tag_id, quality, value
       from unnest($1::bigint[], $2::int[], $3::int[], $4::float8[]) as s (us, tag_id, quality, value)
       on conflict do nothing
       returning tag_id as "tagId", micros(ts) as ts`,
      columns(placed.rows),
    );
    const stored = new Set(rows.map((r) => `${r.tagId} ${r.ts}`));
    inserted.push(...placed.rows.filter((s) => stored.has(`${s.tagId} ${s.ts}`)));
    if (rows.length === placed.rows.length) {
      const known = samples.length - inserted.length - placed.discarded;
      return { placed: { ...placed, known }, inserted };
    }
  }
}

const columns = (samples: readonly Sample[]): unknown[] => [
  samples.map((s) => s.ts),
  samples.map((s) => s.tagId),
  samples.map((s) => s.quality),
  samples.map((s) => s.value),
];

async function occupiedAround(client: PoolClient, samples: readonly Sample[]): Promise<Occupied> {
  let [least, most] = [Infinity, -Infinity];
  for (const { ts } of samples) [least, most] = [Math.min(least, ts), Math.max(most, ts)];
  // The outer bounds let the planner leave out chunks; the inner ones are what is asked.
  const { rows } = await client.query<{ tagId: TagId; ts: Micros; quality: Quality; value: number | null }>(
    `select s.tag_id as "tagId", micros(s.ts) as ts, s.quality, s.value
     from (select distinct * from unnest($1::bigint[], $2::int[])) as k (us, tag_id)
     join sample s on s.tag_id = k.tag_id and s.ts between instant(k.us) and instant(k.us + $5)
     where s.ts between instant($3::bigint) and instant($4::bigint + $5)`,
    [samples.map((s) => s.ts), samples.map((s) => s.tagId), least, most, MOST_SHIFTS],
  );
  const occupied: Occupied = new Map();
  for (const row of rows) {
    const slots = occupied.get(row.tagId) ?? new Map<Micros, Sample>();
    occupied.set(row.tagId, slots.set(row.ts, row));
  }
  return occupied;
}

/**
 * Up to where samples are rolled up. Shared with other writers until commit, so that the roll-up cannot claim the time
 * of these samples before it can see them.
 */
async function watermarkFor(client: PoolClient, lateData: LateData): Promise<number> {
  if (lateData === 'unmarked') return -Infinity;
  const { rows } = await client.query<{ claimed: number | null }>(
    `select (state ->> 'claimedTo')::float8 as claimed from job_state where name = $1 for share`,
    [ROLLUP_JOB],
  );
  return rows[0]?.claimed ?? -Infinity;
}

async function markLate(client: PoolClient, rows: readonly Sample[], rolledTo: number): Promise<number> {
  const late = rows.filter((s) => s.ts < rolledTo);
  if (late.length === 0) return 0;
  const spans = new Map<TagId, { from: Micros; to: Micros }>();
  for (const { tagId, ts } of late) {
    const span = spans.get(tagId) ?? { from: ts, to: ts };
    spans.set(tagId, { from: Math.min(span.from, ts) as Micros, to: Math.max(span.to, ts) as Micros });
  }
  await client.query(
    `with late as (
       select tag_id, instant(from_us) as from_ts, instant(to_us) as to_ts
       from unnest($1::int[], $2::bigint[], $3::bigint[]) as l (tag_id, from_us, to_us)
       order by tag_id
     ), joined as (
       update late_mark m
       set from_ts = least(m.from_ts, l.from_ts), to_ts = greatest(m.to_ts, l.to_ts), received_at = clock_timestamp()
       from late l
       where m.id = (
         select o.id from late_mark o
         where o.tag_id = l.tag_id and o.rolled_at is null and o.recalculated_at is null
           and o.from_ts <= l.to_ts + $4 * interval '1 microsecond'
           and o.to_ts >= l.from_ts - $4 * interval '1 microsecond'
         order by o.id limit 1)
       returning m.tag_id
     )
     insert into late_mark (tag_id, from_ts, to_ts, received_at)
     select tag_id, from_ts, to_ts, clock_timestamp() from late
     where tag_id not in (select tag_id from joined)`,
    [
      [...spans.keys()],
      [...spans.values()].map((s) => s.from),
      [...spans.values()].map((s) => s.to),
      MARK_JOIN_US,
    ],
  );
  return late.length;
}
