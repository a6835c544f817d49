import type { AreaId, GasDay, MeterId, Micros, SourceId, TagId } from '@linepack/network';
import {
  ClosingWatermark,
  ConfigRepository,
  CoverageRepository,
  LateMarkRepository,
  LossRepository,
  MeterHourRepository,
  RollupRepository,
  SampleRepository,
  SampleWriter,
  type ClosedLoss,
  type LateMark,
  type MeterHourRecord,
} from '@linepack/store';
import { QUALITY, qualityOf, type Sample } from '@linepack/telemetry';
import fc from 'fast-check';
import { exampleNetwork } from '../../../libs/store/test/example-network';
import { startTestDatabase, type TestDatabase } from '../../../libs/store/test/test-database';
import { LossTable } from '../src/model/loss-results';
import { MeterHourTable } from '../src/model/meter-hours';
import type { WorkTables } from '../src/model/work-tables';
import { workModel, type WorkModel } from './work-model';

/* The tables of scheduled work against the real repositories: the same operations, the same answers and rows. */

let database: TestDatabase;
let network: Awaited<ReturnType<ConfigRepository['currentNetwork']>>;
beforeAll(async () => {
  database = await startTestDatabase();
  const config = new ConfigRepository(database.pool);
  await config.importNetwork(exampleNetwork(), { changedBy: 'test' });
  network = await config.currentNetwork();
}, 120_000);
afterAll(() => database?.close());

const PLC = 'plc' as SourceId;
const T0 = Date.UTC(2026, 2, 1, 10) * 1_000;
const at = (seconds: number): Micros => (T0 + seconds * 1_000_000) as Micros;
const LAST_S = 9_000;
const RUNS = { numRuns: 15, seed: 5 };

const second = fc.integer({ min: 0, max: LAST_S });
const sample = fc
  .record({
    tagId: fc.constantFrom(1, 2, 4),
    second,
    value: fc.integer({ min: -9, max: 9 }),
    quality: fc.constantFrom<number>(QUALITY.Good, QUALITY.Good, QUALITY.Uncertain, QUALITY.Bad),
  })
  .map(({ tagId, second: s, value, quality }): Sample => ({
    tagId: tagId as TagId,
    ts: at(s),
    quality: qualityOf(quality),
    value: quality === QUALITY.Bad ? null : value,
  }));
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      batch: fc.array(sample, { minLength: 1, maxLength: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('roll' as const), until: second }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('close' as const, 'away' as const, 'there' as const),
      second,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('recalculate' as const, 'remove' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const spans = (marks: readonly LateMark[]) =>
  marks.map(({ tagId, from, to }) => `${tagId} ${from} ${to}`).sort();

async function aggregatesOf(table: 'sample_minute' | 'sample_hour') {
  const { rows } = await database.pool.query(
    `select tag_id as "tagId", micros(bucket) as bucket, min, max, first, micros(first_ts) as "firstTs", last,
       micros(last_ts) as "lastTs", integral, covered_s as "coveredS", good, uncertain, bad, worst_quality as worst
     from ${table} order by tag_id, bucket limit 10000`,
  );
  return rows;
}

const bucketsOf = (table: WorkTables['aggregates']['minutes']) =>
  [...table]
    .sort(([a], [b]) => a - b)
    .flatMap(([tagId, own]) =>
      [...own.values()].sort((a, b) => a.bucket - b.bucket).map((bucket) => ({ tagId, ...bucket })),
    );

test('roll-up, late marks and the watermarks, whatever comes when', async () => {
  const { pool } = database;
  const real = {
    writer: new SampleWriter(pool),
    coverage: new CoverageRepository(pool),
    rollup: new RollupRepository(pool),
    marks: new LateMarkRepository(pool),
    watermark: new ClosingWatermark(pool),
  };
  const act = async (one: Operation, { samples, coverage, work, store }: WorkModel) => {
    if (one.kind === 'write') expect(samples.write(one.batch)).toEqual(await real.writer.write(one.batch));
    if (one.kind === 'roll') {
      const until = at(one.until);
      for (let done = false; !done;) {
        const step = await real.rollup.step(until);
        expect(await store.rollup.step(until)).toEqual(step);
        done = step.done;
      }
    }
    if (one.kind === 'close') {
      await real.watermark.raise(at(one.second));
      await store.watermark.raise(at(one.second));
    }
    if (one.kind === 'away' || one.kind === 'there') {
      const state = one.kind === 'away' ? 'disconnected' : 'connected';
      await real.coverage.record(PLC, at(one.second), state);
      coverage.record(PLC, at(one.second), state);
    }
    if (one.kind === 'recalculate') {
      await real.marks.recalculated(await real.marks.toRecalculate(1_000));
      await store.marks.recalculated(await store.marks.toRecalculate(1_000));
    }
    if (one.kind === 'remove')
      expect(await store.marks.removeFinished()).toBe(await real.marks.removeFinished());
    expect(spans(work.marks.open('rolled'))).toEqual(spans(await real.marks.toRoll(1_000)));
    expect(spans(work.marks.open('recalculated'))).toEqual(spans(await real.marks.toRecalculate(1_000)));
  };
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 14 }), async (operations) => {
      await pool.query('truncate sample, sample_minute, sample_hour, late_mark, job_state, source_coverage');
      const own = workModel(network);
      for (const one of operations) await act(one, own);
      await act({ kind: 'roll', until: LAST_S }, own);
      const { aggregates } = own.work;
      expect(bucketsOf(aggregates.minutes)).toEqual(await aggregatesOf('sample_minute'));
      expect(bucketsOf(aggregates.hours)).toEqual(await aggregatesOf('sample_hour'));
      const tags = [1, 2, 4] as TagId[];
      const instants = [0, 1_800, 3_600, 7_200].map(at);
      const around = await new SampleRepository(pool).around(tags, instants, 600e6);
      expect(await own.store.samples.around(tags, instants, 600e6)).toEqual(around);
      const coverage = await real.coverage.between([PLC], at(1_000), at(5_000));
      expect(await own.store.coverage.between([PLC], at(1_000), at(5_000))).toEqual(coverage);
    }),
    RUNS,
  );
}, 240_000);

const areas = (): AreaId[] => exampleNetwork().areas.map((area) => area.id as AreaId);

test('results: every calculation a version, and what the newest ones say', async () => {
  const real = new LossRepository(database.pool);
  const word = fc.record({
    area: fc.nat(1),
    day: fc.integer({ min: 1, max: 4 }),
    verdict: fc.constantFrom('within' as const, 'breach' as const, 'notAssessable' as const),
    shiftH: fc.constantFrom(0, 2),
  });
  const day = (n: number): GasDay => `2026-03-0${n}` as GasDay;
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), fc.nat(4), async (words, from) => {
      await database.pool.query(
        'alter table loss_result disable trigger all; delete from loss_result; alter table loss_result enable trigger all',
      );
      const table = new LossTable(() => 0);
      const all = areas();
      for (const { area, day: n, verdict, shiftH } of words) {
        const start = Date.UTC(2026, 2, n, shiftH) * 1_000;
        const result: ClosedLoss = {
          ...EMPTY,
          areaId: all[area % all.length] as AreaId,
          gasDay: day(n),
          from: start,
          to: start + 24 * 3_600e6,
          verdict,
          lossPercent: verdict === 'notAssessable' ? null : n / 2,
        };
        expect(table.save(result)).toEqual(await real.save(result, null));
      }
      const since = new Map(all.map((id, i) => [id, i === 0 || from === 0 ? null : day(from)]));
      expect(table.verdicts(since, 3)).toEqual(await real.verdicts(since, 3));
      expect([...table.lastClosed()]).toEqual([...(await real.lastClosed())]);
      const [a, b] = [at(0), at(36 * 3_600)];
      expect(table.touching(a, b)).toEqual(await real.touching(a, b));
      for (const id of all) expect(table.result(id, day(2))).toEqual(await real.result(id, day(2)));
    }),
    RUNS,
  );
}, 120_000);

const EMPTY: Omit<ClosedLoss, 'areaId' | 'gasDay' | 'from' | 'to' | 'verdict'> = {
  computedAt: T0,
  input: 1_000,
  output: 990,
  ownUse: 0,
  vent: 0,
  linePackStart: 0,
  linePackEnd: 0,
  loss: 10,
  lossPercent: null,
  limitPercent: 1,
  u95Percent: null,
  reasons: [],
  completenessPercent: 100,
  lines: [],
  linePack: [],
  algorithm: 'test',
  configVersions: { 'area:a': 1 },
};

test('hours of meters: a revision where something changed', async () => {
  const meters = (network?.meters ?? []).slice(0, 2).map((m) => m.key);
  const record = fc
    .record({
      meter: fc.nat(1),
      hour: fc.nat(2),
      volume: fc.constantFrom(null, 1, 2),
      version: fc.constantFrom(1, 2),
      reversed: fc.boolean(),
      computedAt: fc.nat(9),
    })
    .map(({ meter, hour, volume, version, reversed, computedAt }): MeterHourRecord => ({
      meterId: meters[meter % meters.length] as MeterId,
      from: at(3_600 * hour),
      to: at(3_600 * (hour + 1)),
      raw: volume,
      volume,
      factor: 1,
      readings: reversed ? { end: 1, start: null } : { start: null, end: 1 },
      measuredS: 3_600,
      substitutedS: 0,
      estimatedS: 0,
      flags: volume === null ? ['gap'] : [],
      configVersion: version,
      configVersions: { a: 1, b: version },
      algorithm: 'test',
      computedAt: at(computedAt),
    }));
  const hours = fc.uniqueArray(record, {
    selector: (r) => `${r.meterId} ${r.from}`,
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(hours, { maxLength: 6 }), async (batches) => {
      await database.pool.query('truncate meter_hour');
      const real = new MeterHourRepository(database.pool);
      const table = new MeterHourTable();
      for (const batch of batches) {
        await real.save(batch);
        table.save(batch);
      }
      expect(table.newest(meters, at(0), at(7_200))).toEqual(await real.newest(meters, at(0), at(7_200)));
    }),
    RUNS,
  );
}, 120_000);
