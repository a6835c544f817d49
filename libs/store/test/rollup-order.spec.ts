import type { Micros, SourceId, TagId } from '@linepack/network';
import { QUALITY, type Quality, type Sample } from '@linepack/telemetry';
import fc from 'fast-check';
import { ConfigRepository, CoverageRepository, RollupRepository, SampleWriter } from '../src/index';
import { exampleNetwork } from './example-network';
import { startTestDatabase, type TestDatabase } from './test-database';

const PLC = 'plc' as SourceId;
const T0 = Date.UTC(2026, 2, 1, 10) * 1_000;
const at = (seconds: number): Micros => (T0 + seconds * 1_000_000) as Micros;
const LAST_S = 5_400;

let database: TestDatabase;
let rollup: RollupRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  rollup = new RollupRepository(database.pool);
  await new ConfigRepository(database.pool).importNetwork(exampleNetwork(), { changedBy: 'test' });
}, 120_000);
afterAll(() => database?.close());

const sample = fc.record({
  tagId: fc.constantFrom(1, 4),
  second: fc.integer({ min: 0, max: LAST_S }),
  value: fc.integer({ min: -9, max: 9 }),
  quality: fc.constantFrom<number>(QUALITY.Good, QUALITY.Good, QUALITY.Uncertain, QUALITY.Bad),
});
const samples = fc
  .uniqueArray(sample, { selector: (s) => `${s.tagId} ${s.second}`, minLength: 10, maxLength: 40 })
  .map((all) =>
    all.map(({ tagId, second, value, quality }): Sample => ({
      tagId: tagId as TagId,
      ts: at(second),
      quality: quality as Quality,
      value: quality === QUALITY.Bad ? null : value,
    })),
  );
/** Instants between which the source was away, told whenever. */
const absences = fc
  .uniqueArray(fc.integer({ min: 1, max: LAST_S }), { minLength: 2, maxLength: 4 })
  .map((cuts) => cuts.sort((a, b) => a - b));

const tell = (index: number, second: number): Promise<void> =>
  new CoverageRepository(database.pool).record(
    PLC,
    at(second),
    index % 2 === 0 ? 'disconnected' : 'connected',
  );
const settle = async (until: Micros): Promise<void> => {
  while (!(await rollup.step(until)).done);
};
const empty = (): Promise<unknown> =>
  database.pool.query('truncate sample, sample_minute, sample_hour, late_mark, job_state, source_coverage');
async function aggregates(): Promise<unknown> {
  const tables = ['sample_minute', 'sample_hour'].map(async (table) => {
    const { rows } = await database.pool.query(
      `select tag_id, micros(bucket) as bucket, min, max, first, last, integral, covered_s, good, uncertain, bad,
         worst_quality
       from ${table} order by tag_id, bucket`,
    );
    return rows;
  });
  return Promise.all(tables);
}

it('aggregates depend on samples and coverage, not on the order in which they came', async () => {
  // What is written in one batch, told of one absence, or rolled in one step.
  const step = fc.record({
    what: fc.constantFrom('write', 'write', 'tell', 'roll'),
    size: fc.integer({ min: 5, max: 40 }),
    untilS: fc.oneof(fc.integer({ min: 0, max: LAST_S }), fc.constant(LAST_S + 600)),
  });
  await fc.assert(
    fc.asyncProperty(
      samples,
      absences,
      fc.array(step, { minLength: 3, maxLength: 9 }),
      fc.infiniteStream(fc.nat()),
      async (all, cuts, steps, noise) => {
        const END = at(LAST_S + 600);
        await empty();
        await new SampleWriter(database.pool).write(all);
        for (const [i, cut] of cuts.entries()) await tell(i, cut);
        await settle(END);
        const expected = await aggregates();

        await empty();
        const writer = new SampleWriter(database.pool);
        const waiting = all
          .map((s) => ({ s, key: noise.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ s }) => s);
        const untold = [...cuts.entries()];
        for (const { what, size, untilS } of steps) {
          if (what === 'write') await writer.write(waiting.splice(0, size));
          if (what === 'roll') await settle(at(untilS));
          const [cut] = what === 'tell' ? untold.splice(0, 1) : [];
          if (cut) await tell(...cut);
        }
        await writer.write(waiting);
        for (const cut of untold) await tell(...cut);
        await settle(END);
        expect(await aggregates()).toEqual(expected);
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
}, 240_000);
