import { MICROS_PER_SECOND, type Micros, type TagId } from '@linepack/network';
import {
  JobStateRepository,
  ROLLUP_JOB,
  RollupRepository,
  SampleRepository,
  SampleWriter,
  inTransaction,
  type Pool,
} from '@linepack/store';
import { QUALITY, type Sample } from '@linepack/telemetry';
import type { Case } from './measure';

const MINUTE = 60 * MICROS_PER_SECOND;
const DAY = 1_440 * MINUTE;
/** Each case has days of its own, so that none meets another's samples. */
const START = Date.UTC(2026, 0, 1) * 1_000;
const dayOf = (n: number): number => START + n * DAY;
const tags = (count: number): TagId[] => Array.from({ length: count }, (_, i) => (i + 1) as TagId);

/** Every tag once every `everyS` seconds over [from, to), as a collector hands them on: by time. */
function samplesOf(tagIds: readonly TagId[], from: number, to: number, everyS: number): Sample[] {
  const samples: Sample[] = [];
  for (let ts = from; ts < to; ts += everyS * MICROS_PER_SECOND)
    for (const tagId of tagIds)
      samples.push({
        tagId,
        ts: ts as Micros,
        quality: QUALITY.Good,
        value: 350 + Math.sin(ts / 1e8 + tagId),
      });
  return samples;
}

/** The same rows by the statement one would write first. */
const insertUnnest = (pool: Pool, rows: readonly Sample[]): Promise<unknown> =>
  inTransaction(pool, (client) =>
    client.query(
      `insert into sample (ts, tag_id, quality, value)
       select instant(us), tag_id, quality, value
       from unnest($1::bigint[], $2::int[], $3::int[], $4::float8[]) as s (us, tag_id, quality, value)`,
      [rows.map((s) => s.ts), rows.map((s) => s.tagId), rows.map((s) => s.quality), rows.map((s) => s.value)],
    ),
  );

/** Times what is done with the samples, not the making of them. */
const timing = (make: () => Sample[], act: (rows: Sample[]) => Promise<unknown>) => async () => {
  const rows = make();
  const started = performance.now();
  await act(rows);
  return performance.now() - started;
};

function writing(pool: Pool): Case {
  const writer = new SampleWriter(pool);
  const next = batches(tags(1_000), dayOf(0), 5);
  return {
    path: 'write samples',
    load: '5,000 samples of 1,000 tags',
    measured: {
      name: 'binary COPY',
      run: timing(next, (rows) => writer.write(rows)),
    },
    yardstick: {
      name: 'INSERT … unnest',
      run: timing(next, (rows) => insertUnnest(pool, rows)),
    },
    repetitions: 9,
  };
}

/** Batch after batch, each of `rounds` seconds. */
function batches(tagIds: readonly TagId[], from: number, rounds: number): () => Sample[] {
  let at = from;
  return () => {
    const batch = samplesOf(tagIds, at, at + rounds * MICROS_PER_SECOND, 1);
    at += rounds * MICROS_PER_SECOND;
    return batch;
  };
}

function rolling(pool: Pool): Case {
  const writer = new SampleWriter(pool);
  const rollup = new RollupRepository(pool);
  const tagIds = tags(1_000);
  let minute = dayOf(10);
  return {
    path: 'roll up a minute',
    load: '1,000 tags, 6 samples each',
    measured: {
      name: 'roll up',
      run: async () => {
        await rollup.rollMinutes(minute as Micros, (minute + MINUTE) as Micros, { tagIds });
        minute += MINUTE;
      },
    },
    yardstick: {
      name: 'write them',
      run: timing(
        () => samplesOf(tagIds, minute, minute + MINUTE, 10),
        (rows) => writer.write(rows),
      ),
    },
    repetitions: 9,
  };
}

function rollingGrid(pool: Pool): Case {
  const rollup = new RollupRepository(pool);
  const window = [dayOf(20), dayOf(20) + 30 * MINUTE] as [Micros, Micros];
  const tagIds = tags(250);
  return {
    path: 'roll up computed history',
    load: '250 tags, 30 minutes',
    measured: { name: 'by its grid', run: () => rollup.rollGrid(...window, { tagIds, widthS: 60 }) },
    yardstick: { name: 'cut and carried', run: () => rollup.rollMinutes(...window, { tagIds }) },
    repetitions: 7,
  };
}

function history(pool: Pool): Case {
  const samples = new SampleRepository(pool);
  const [from, to] = [dayOf(30) as Micros, dayOf(31) as Micros];
  const tagIds = tags(8);
  return {
    path: 'read a trend',
    load: '8 tags, 24 h at 10 s, 600 points',
    measured: {
      name: 'from aggregates',
      run: async () => {
        await samples.history({ tags: tagIds, from, to, points: 600 });
      },
    },
    yardstick: {
      name: 'every sample',
      run: async () => {
        await samples.ranges(tagIds, from, to);
      },
    },
    repetitions: 7,
  };
}

async function fill(pool: Pool): Promise<void> {
  const writer = new SampleWriter(pool);
  await writer.backfill(samplesOf(tags(250), dayOf(20), dayOf(20) + 31 * MINUTE, 60));
  const all = samplesOf(tags(8), dayOf(30), dayOf(31), 10);
  for (let i = 0; i < all.length; i += 10_000) await writer.backfill(all.slice(i, i + 10_000));
  await new RollupRepository(pool).rollMinutes(dayOf(30) as Micros, dayOf(31) as Micros, { tagIds: tags(8) });
}

/** Paths through the database: a migrated one that is empty. */
export async function databaseCases(pool: Pool): Promise<Case[]> {
  await fill(pool);
  // What was not rolled up would be computed at reading; nothing is late before this.
  await new JobStateRepository(pool).save(ROLLUP_JOB, { claimedTo: START, rolledTo: dayOf(40) });
  return [writing(pool), rolling(pool), rollingGrid(pool), history(pool)];
}
