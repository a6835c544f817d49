import { LONGEST_REPORT_S, type Micros } from '@linepack/network';
import type { Queryable } from './database';

/** A value holds three times its tag's reporting interval, so a sample this old still counts. */
const LONGEST_HOLD_US = 3 * LONGEST_REPORT_S * 1_000_000;
/** What is looked through for one value: a window in which there is usually something. */
const NEAR_US = 15 * 60 * 1_000_000;

/** Whether any tag has a sample in [from, to). Tag by tag: the index has no other way in, and the first usually has. */
async function hasSamples(db: Queryable, from: Micros, to: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from tag t
     cross join lateral (
       select from sample s where s.tag_id = t.tag_id and s.ts >= instant($1::bigint) and s.ts < instant($2::bigint) limit 1
     ) s
     limit 1`,
    [from, to],
  );
  return rowCount === 1;
}

interface Stretch {
  readonly from: Micros;
  readonly to: Micros;
}

/** The first chunk with time after `at`, of which there is one only where something was once stored. */
async function nextChunk(db: Queryable, at: Micros): Promise<Stretch | undefined> {
  const { rows } = await db.query<Stretch>(
    `select micros(range_start) as from, micros(range_end) as to from timescaledb_information.chunks
     where hypertable_name = 'sample' and range_end > instant($1::bigint)
     order by range_start limit 1`,
    [at],
  );
  return rows[0];
}

async function firstIn(db: Queryable, { from, to }: Stretch): Promise<Micros | null> {
  const { rows } = await db.query<{ first: Micros | null }>(
    `select micros(min(s.ts)) as first from tag t
     cross join lateral (
       select s.ts from sample s
       where s.tag_id = t.tag_id and s.ts >= instant($1::bigint) and s.ts < instant($2::bigint)
       order by s.ts limit 1
     ) s`,
    [from, to],
  );
  return rows[0]?.first ?? null;
}

/**
 * From when on something was measured: `at` itself when a sample holds there or comes soon after, else the time of the
 * first sample after it; null when there is none before `until`. Costs as much as there are chunks, and not as there
 * is time.
 */
export async function nextSampleTime(db: Queryable, at: Micros, until: Micros): Promise<Micros | null> {
  if (await hasSamples(db, (at - LONGEST_HOLD_US) as Micros, at + NEAR_US)) return at;
  for (let from = at; from < until;) {
    const chunk = await nextChunk(db, from);
    if (!chunk || chunk.from >= until) return null;
    const first = await firstIn(db, { from: Math.max(from, chunk.from) as Micros, to: chunk.to });
    if (first !== null) return first < until ? first : null;
    from = chunk.to;
  }
  return null;
}
