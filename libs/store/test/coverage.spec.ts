import type { Micros, SourceId, TagId } from '@linepack/network';
import { QUALITY, type Quality, type Sample } from '@linepack/telemetry';
import {
  ConfigRepository,
  CoverageRepository,
  LateMarkRepository,
  RollupRepository,
  SampleWriter,
} from '../src/index';
import { exampleNetwork } from './example-network';
import { startTestDatabase, type TestDatabase } from './test-database';

const PLC = 'plc' as SourceId;
const RTU = 'rtu' as SourceId;
/** Tags of the example: the first three belong to the PLC, the fourth to the RTU; each holds three minutes. */
const GATE = 1;
const TOWN = 4;
const T0 = Date.UTC(2026, 2, 1, 10) * 1_000;
const at = (seconds: number): Micros => (T0 + Math.round(seconds * 1e6)) as Micros;
const sample = (
  seconds: number,
  value: number | null,
  tagId = GATE,
  quality: number = QUALITY.Good,
): Sample => ({ tagId: tagId as TagId, ts: at(seconds), quality: quality as Quality, value });

let database: TestDatabase;
let writer: SampleWriter;
let rollup: RollupRepository;
let coverage: CoverageRepository;
let marks: LateMarkRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  writer = new SampleWriter(database.pool);
  rollup = new RollupRepository(database.pool);
  coverage = new CoverageRepository(database.pool);
  marks = new LateMarkRepository(database.pool);
  await new ConfigRepository(database.pool).importNetwork(exampleNetwork(), { changedBy: 'test' });
}, 120_000);
afterAll(() => database?.close());
beforeEach(() =>
  database.pool.query('truncate sample, sample_minute, sample_hour, late_mark, job_state, source_coverage'),
);

const covered = async (tagId: number): Promise<[number, number][]> =>
  (
    await database.pool.query<{ at: number; s: number }>(
      `select (micros(bucket) - $1) / 1e6 as at, covered_s as s from sample_minute where tag_id = $2 order by bucket`,
      [T0, tagId],
    )
  ).rows.map((r) => [r.at, r.s]);
const settle = async (until: Micros): Promise<void> => {
  while (!(await rollup.step(until)).done);
};

it('a value holds until its source goes, not as long as it might have', async () => {
  await coverage.record(PLC, at(-1_000), 'connected');
  await coverage.record(RTU, at(-1_000), 'connected');
  await writer.write([sample(0, 5), sample(0, 5, TOWN)]);
  await coverage.record(PLC, at(70), 'disconnected');
  await settle(at(600));
  expect(await covered(GATE)).toEqual([
    [0, 60],
    [60, 10],
  ]);
  expect(await covered(TOWN)).toEqual([
    [0, 60],
    [60, 60],
    [120, 60],
  ]);
});

it('nor does it hold on into a window that begins after its source went', async () => {
  await coverage.record(PLC, at(-1_000), 'connected');
  await writer.write([sample(0, 5)]);
  await coverage.record(PLC, at(30), 'disconnected');
  await rollup.rollMinutes(at(60), at(300));
  expect(await covered(GATE)).toEqual([]);
});

it('what is heard after it came back holds again, and so does what a device kept meanwhile', async () => {
  await coverage.record(PLC, at(-1_000), 'connected');
  await coverage.record(PLC, at(30), 'disconnected');
  await coverage.record(PLC, at(120), 'connected');
  await writer.write([sample(0, 5), sample(60, 6), sample(120, 7)]);
  await rollup.rollMinutes(at(0), at(180));
  expect(await covered(GATE)).toEqual([
    [0, 30],
    [60, 60],
    [120, 60],
  ]);
});

it('a Bad sample of the instant the source went stands, so that the time after it is not merely empty', async () => {
  await coverage.record(PLC, at(-1_000), 'connected');
  await coverage.record(PLC, at(30), 'disconnected');
  await writer.write([sample(0, 5), sample(30, null, GATE, QUALITY.BadNoCommunication)]);
  await rollup.rollMinutes(at(0), at(120));
  const { rows } = await database.pool.query(
    'select covered_s as s, worst_quality as worst from sample_minute order by bucket',
  );
  expect(rows).toEqual([
    { s: 30, worst: QUALITY.BadNoCommunication },
    { s: 0, worst: QUALITY.BadNoCommunication },
  ]);
});

it('a collector that crashed tells at its next start since when it was away, and the time is rolled again', async () => {
  await coverage.record(PLC, at(-1_000), 'connected');
  await writer.write([sample(0, 5), sample(0, 5, TOWN)]);
  await settle(at(600));
  expect((await covered(GATE)).map(([, s]) => s)).toEqual([60, 60, 60]);
  await coverage.record(PLC, at(20), 'disconnected');
  await coverage.record(PLC, at(900), 'connected');
  const open = await marks.toRecalculate(100);
  expect(open.map((m) => [m.tagId, m.from, m.to])).toEqual([1, 2, 3].map((tag) => [tag, at(20), at(200)]));
  await settle(at(600));
  expect(await covered(GATE)).toEqual([[0, 20]]);
  expect((await covered(TOWN)).map(([, s]) => s)).toEqual([60, 60, 60]);
});

it('a source that is told late to have come back has the time it was away looked at again', async () => {
  await coverage.record(PLC, at(0), 'disconnected');
  await writer.write([sample(-10, 5)]);
  await settle(at(3_600));
  await coverage.record(PLC, at(60), 'connected');
  const [mark] = await marks.toRecalculate(1);
  expect(mark).toMatchObject({ tagId: 1, from: at(0), to: at(240) });
});
