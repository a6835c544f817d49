import type { Micros, TagId } from '@linepack/network';
import type { Quality, Sample } from '@linepack/telemetry';
import { copyIn, encodeSamples } from './copy';
import { inTransaction, type Pool, type PoolClient } from './database';
import { markLate } from './late-data';
import { MOST_SHIFTS, placeSamples, type Occupied, type Placed } from './sample.slots';
import { sharedWatermark } from './watermark';

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

const watermarkFor = (client: PoolClient, lateData: LateData): Promise<number> =>
  lateData === 'unmarked' ? Promise.resolve(-Infinity) : sharedWatermark(client);
