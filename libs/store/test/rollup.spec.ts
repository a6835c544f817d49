import type { Micros, TagId } from '@linepack/network';
import { QUALITY, type Quality, type Sample } from '@linepack/telemetry';
import fc from 'fast-check';
import {
  ConfigRepository,
  LateMarkRepository,
  RollupRepository,
  SampleRepository,
  SampleWriter,
} from '../src/index';
import { exampleNetwork } from './example-network';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
let writer: SampleWriter;
let rollup: RollupRepository;
let samples: SampleRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  writer = new SampleWriter(database.pool);
  rollup = new RollupRepository(database.pool);
  samples = new SampleRepository(database.pool);
  // Every tag reports at least once a minute: a value holds three.
  await new ConfigRepository(database.pool).importNetwork(exampleNetwork(), { changedBy: 'test' });
}, 60_000);
afterAll(() => database?.close());
beforeEach(() => database.pool.query('truncate sample, sample_minute, sample_hour, late_mark, job_state'));

const T0 = Date.UTC(2026, 2, 1, 10) * 1_000;
const at = (seconds: number): Micros => (T0 + Math.round(seconds * 1e6)) as Micros;
const sample = (
  seconds: number,
  value: number | null,
  quality: number = QUALITY.Good,
  tagId = 1,
): Sample => ({
  tagId: tagId as TagId,
  ts: at(seconds),
  quality: quality as Quality,
  value,
});
interface Row {
  tag: number;
  at: number;
  min: number | null;
  max: number | null;
  first: number | null;
  last: number | null;
  integral: number;
  covered: number;
  counts: number[];
  worst: number;
}
const rows = async (table: 'sample_minute' | 'sample_hour'): Promise<Row[]> =>
  (
    await database.pool.query<Row>(
      `select tag_id as tag, (micros(bucket) - $1) / 1e6 as at, min, max, first, last, integral, covered_s as covered,
         array[good, uncertain, bad] as counts, worst_quality as worst from ${table} order by tag_id, bucket`,
      [T0],
    )
  ).rows;

describe('minutes', () => {
  it('carry a value over their boundary, as long as it may hold', async () => {
    // 10 from second 30 on; nothing after it: it holds three minutes, to second 210.
    await writer.write([sample(30, 10)]);
    await rollup.rollMinutes(at(0), at(600));
    const carried = { tag: 1, min: 10, max: 10, first: null, last: null, counts: [0, 0, 0], worst: 0 };
    expect(await rows('sample_minute')).toEqual([
      { ...carried, at: 0, first: 10, last: 10, integral: 300, covered: 30, counts: [1, 0, 0] },
      { ...carried, at: 60, integral: 600, covered: 60 },
      { ...carried, at: 120, integral: 600, covered: 60 },
      { ...carried, at: 180, integral: 300, covered: 30 },
    ]);
  });

  it('end a value at the next sample, and at a Bad one', async () => {
    await writer.write([
      sample(0, 1),
      sample(20, 4),
      sample(30, 7, QUALITY.Bad),
      sample(45, 2, QUALITY.Uncertain),
      sample(60, 2),
    ]);
    await rollup.rollMinutes(at(0), at(60));
    expect(await rows('sample_minute')).toEqual([
      {
        tag: 1,
        at: 0,
        min: 1,
        max: 4,
        first: 1,
        last: 2,
        integral: 1 * 20 + 4 * 10 + 2 * 15,
        covered: 45,
        counts: [2, 1, 1],
        worst: QUALITY.Bad,
      },
    ]);
  });

  it('take over what held before the window', async () => {
    await writer.write([sample(-100, 5), sample(-50, null, QUALITY.BadNoCommunication, 2)]);
    await rollup.rollMinutes(at(0), at(60));
    expect(await rows('sample_minute')).toMatchObject([
      { tag: 1, at: 0, min: 5, covered: 60, worst: 0 },
      { tag: 2, at: 0, min: null, covered: 0, worst: QUALITY.BadNoCommunication },
    ]);
  });

  it('let sparse history hold as long as its maker says', async () => {
    await writer.write([sample(0, 5), sample(600, 5)]);
    await rollup.rollMinutes(at(0), at(600), { holdS: 600 });
    expect((await rows('sample_minute')).map((r) => r.covered)).toEqual(Array(10).fill(60));
  });

  it('may be wider for sparse history, and give the same hours', async () => {
    await writer.write(Array.from({ length: 7 }, (_, i) => sample(i * 600, i)));
    const hours: Row[][] = [];
    for (const widthS of [60, 600]) {
      await database.pool.query('truncate sample_minute, sample_hour');
      await rollup.rollMinutes(at(0), at(3_600), { holdS: 600, widthS });
      await rollup.rollHours(at(0), at(3_600));
      hours.push(await rows('sample_hour'));
    }
    expect(await rows('sample_minute')).toHaveLength(6);
    expect(hours[1]).toEqual(hours[0]);
    expect(hours[0]).toMatchObject([{ covered: 3_600, integral: 15 * 600 }]);
  });

  it('of samples that stand at their starts are the same by the short way, with and without a gap', async () => {
    const tagIds = [1 as TagId, 2 as TagId];
    const onGrid = [1, 2].flatMap((tagId) =>
      Array.from({ length: 40 }, (_, i) => {
        const quality = [QUALITY.Good, QUALITY.Good, QUALITY.Uncertain, QUALITY.Bad][(i + tagId) % 4];
        return sample(i * 600, quality === QUALITY.Bad ? null : i / 3, quality, tagId);
      }),
    );
    const gap = onGrid.filter((s) => s.tagId !== 2 || s.ts !== at(7 * 600));
    for (const given of [onGrid, gap]) {
      await database.pool.query('truncate sample, sample_minute');
      await writer.write(given);
      const grid = { tagIds, holdS: 600, widthS: 600 };
      await rollup.rollMinutes(at(0), at(40 * 600), grid);
      const long = await rows('sample_minute');
      await database.pool.query('truncate sample_minute');
      await rollup.rollGrid(at(0), at(40 * 600), grid);
      expect(await rows('sample_minute')).toEqual(long);
      expect(long).toHaveLength(given.length);
    }
  });

  it('of a grid take samples between the starts into account where one is missing', async () => {
    await writer.write([sample(0, 1), sample(90, 5), sample(120, 3)]);
    await rollup.rollGrid(at(0), at(180), { tagIds: [1 as TagId], widthS: 60 });
    expect((await rows('sample_minute')).map((r) => [r.at, r.integral])).toEqual([
      [0, 60],
      [60, 1 * 30 + 5 * 30],
      [120, 180],
    ]);
  });

  it('are what a plain walk over the samples gives, whatever the windows, and however often', async () => {
    const anySample = fc
      .tuple(
        fc.integer({ min: -400, max: 900 }),
        fc.integer({ min: -9, max: 9 }),
        fc.constantFrom<number>(QUALITY.Good, QUALITY.Good, QUALITY.Uncertain, QUALITY.Bad),
      )
      .map(([s, value, quality]) => sample(s, quality === QUALITY.Bad ? null : value, quality));
    const series = fc.uniqueArray(anySample, { selector: (s) => s.ts, minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(series, fc.integer({ min: 1, max: 14 }), async (given, cut) => {
        await database.pool.query('truncate sample, sample_minute');
        await writer.write(given);
        await rollup.rollMinutes(at(cut * 60), at(900));
        await rollup.rollMinutes(at(0), at(cut * 60));
        await rollup.rollMinutes(at(60), at(180));
        const walked = walk([...given].sort((a, b) => a.ts - b.ts));
        const got = await rows('sample_minute');
        expect(got.map((r) => [r.at, r.min, r.max, r.covered, r.integral])).toEqual(
          walked.map((w) => [w.at, w.min, w.max, w.covered, w.integral]),
        );
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

/** Second by second, as one would by hand. */
function walk(given: readonly Sample[]) {
  const minutes = [];
  for (let minute = 0; minute < 15; minute++) {
    const usable: number[] = [];
    let held = false;
    for (let s = minute * 60; s < minute * 60 + 60; s++) {
      const last = given.findLast((g) => g.ts <= at(s));
      if (!last || at(s) - last.ts >= 180e6) continue;
      held = true;
      if (last.value !== null) usable.push(last.value);
    }
    if (held)
      minutes.push({
        at: minute * 60,
        min: usable.length ? Math.min(...usable) : null,
        max: usable.length ? Math.max(...usable) : null,
        covered: usable.length,
        integral: usable.reduce((a, b) => a + b, 0),
      });
  }
  return minutes;
}

describe('hours', () => {
  it('are the exact sums of their minutes', async () => {
    const minutes = Array.from({ length: 125 }, (_, i) =>
      sample(i * 60 + 7, i % 10, i === 50 ? QUALITY.Bad : 0),
    );
    await writer.write(minutes);
    await rollup.rollMinutes(at(0), at(7_500));
    await rollup.rollHours(at(0), at(7_500));
    const hours = await rows('sample_hour');
    const ofHour = (await rows('sample_minute')).filter((r) => r.at < 3_600);
    expect(hours.map((h) => h.at)).toEqual([0, 3_600, 7_200]);
    expect(hours[0]).toMatchObject({
      min: 0,
      max: 9,
      first: 0,
      last: 9,
      integral: ofHour.reduce((sum, r) => sum + r.integral, 0),
      covered: ofHour.reduce((sum, r) => sum + r.covered, 0),
      counts: [59, 0, 1],
      worst: QUALITY.Bad,
    });
  });
});

describe('the standing work', () => {
  const settle = async (until: Micros): Promise<void> => {
    while (!(await rollup.step(until)).done);
  };

  it('has nothing to do without samples', async () => {
    expect(await rollup.step(at(0))).toEqual({ rolledTo: at(0), late: 0, done: true });
  });

  it('costs as much as was measured, not as much time as went by: a clock that was never set is one step', async () => {
    const never = (Date.UTC(2001, 0, 1) - Date.UTC(2026, 2, 1, 10)) / 1_000;
    await writer.write([sample(never, 1)]);
    await writer.write(Array.from({ length: 60 }, (_, minute) => sample(minute * 60, minute)));
    let steps = 1;
    for (; !(await rollup.step(at(3_600))).done; steps += 1) expect(steps).toBeLessThan(60);
    expect(await rollup.watermark()).toBe(at(3_600));
    const hours = await rows('sample_hour');
    expect(hours.map((h) => [h.at, h.covered])).toEqual([
      [never, 180],
      [0, 3_600],
    ]);
  });

  it('passes over what a batch of late data leaves out between its stamps', async () => {
    await writer.write([sample(0, 1)]);
    await settle(at(86_400));
    const never = (Date.UTC(2001, 0, 1) - Date.UTC(2026, 2, 1, 10)) / 1_000;
    expect(await writer.write([sample(never, 7), sample(60, 5), sample(7_260, 6)])).toMatchObject({
      late: 3,
    });
    const marks = await new LateMarkRepository(database.pool).toRoll(10);
    expect(marks.map((m) => [m.from, m.to])).toEqual([never, 60, 7_260].map((s) => [at(s), at(s)]));
    await settle(at(86_400));
    expect((await rows('sample_hour')).map((h) => [h.at, h.covered])).toEqual([
      [never, 180],
      [0, 240],
      [7_200, 180],
    ]);
  });

  it('rolls values however long their tags let them hold after the last one', async () => {
    await writer.write([sample(0, 1), sample(86_000, 2)]);
    await settle(at(90_000));
    expect((await rows('sample_hour')).map((h) => [h.at, h.covered])).toEqual([
      [0, 180],
      [82_800, 180],
    ]);
  });

  it('rolls what is there in bounded steps, then what came late, and what a crash left', async () => {
    await writer.write([sample(10, 1), sample(7_000, 3)]);
    await settle(at(7_230));
    expect(await rollup.watermark()).toBe(at(7_200));
    expect((await rows('sample_hour')).map((h) => [h.at, h.covered])).toEqual([
      [0, 180],
      [3_600, 180],
    ]);

    await writer.write([sample(100, 5)]);
    await settle(at(7_230));
    const [first] = await rows('sample_minute');
    expect(first).toMatchObject({ at: 0, covered: 50, integral: 50 });
    expect((await rows('sample_hour'))[0]).toMatchObject({ covered: 270, integral: 90 * 1 + 180 * 5 });
    expect(await new LateMarkRepository(database.pool).toRoll(1)).toEqual([]);

    await database.pool.query(
      `update job_state set state = state || jsonb_build_object('claimedTo', $1::bigint) where name = 'rollup'`,
      [at(7_260)],
    );
    await settle(at(7_260));
    expect(await rollup.watermark()).toBe(at(7_260));
  });

  it('sees a sample that was being written while it claimed its time', async () => {
    await writer.write([sample(0, 1)]);
    await settle(at(60));
    const [step, written] = await Promise.all([rollup.step(at(120)), writer.write([sample(70, 9)])]);
    expect(step.rolledTo).toBe(at(120));
    expect(written.inserted).toBe(1);
    await settle(at(120));
    expect((await rows('sample_minute')).find((r) => r.at === 60)?.max).toBe(9);
  });
});

describe('history', () => {
  const tags = [1 as TagId, 2 as TagId];
  it('is raw while that is little, with its quality', async () => {
    await writer.write([sample(0, 1), sample(10, null, QUALITY.Bad), sample(20, 3)]);
    expect(await samples.history({ tags, from: at(0), to: at(20), points: 100 })).toEqual({
      from: at(0),
      to: at(20),
      resolution: 'raw',
      series: [
        {
          tagId: 1,
          ts: [at(0), at(10)],
          value: [1, null],
          min: [1, null],
          max: [1, null],
          quality: [0, QUALITY.Bad],
          usable: [1, 0],
        },
        { tagId: 2, ts: [], value: [], min: [], max: [], quality: [], usable: [] },
      ],
    });
  });

  it('never loses a peak, whatever the resolution', async () => {
    const all = Array.from({ length: 4 * 3_600 }, (_, s) =>
      sample(s, s === 5_000 ? 99 : s === 5_001 ? -99 : 1),
    );
    await writer.write(all);
    while (!(await rollup.step(at(4 * 3_600))).done);
    for (const [points, resolution] of [
      [14_400, 'raw'],
      [600, 'raw'],
      [100, 'minute'],
      [4, 'hour'],
    ] as const) {
      const history = await samples.history({ tags: [tags[0]!], from: at(0), to: at(4 * 3_600), points });
      const [series] = history.series;
      expect(history.resolution).toBe(resolution);
      expect(series!.ts.length).toBeLessThanOrEqual(points + 1);
      expect(Math.max(...(series!.max as number[]))).toBe(99);
      expect(Math.min(...(series!.min as number[]))).toBe(-99);
      expect(series!.value.every((v) => v !== null)).toBe(true);
    }
  });

  describe.each([
    ['of minutes', 60, 240],
    ['of hours', 4, 3_600],
  ])('in buckets %s', (_name, points, widthS) => {
    const hours = 4;
    const read = async () => {
      const range = { from: at(0), to: at(hours * 3_600), points };
      const { series } = await samples.history({ tags: [tags[0]!], ...range });
      return series[0]!;
    };

    it('shows the mean of what was usable, and which share that was, though the worst of it was Bad', async () => {
      // Twenty seconds of every minute are Bad; what is usable is 5.
      await writer.write(
        Array.from({ length: hours * 60 }, (_, m) => [
          sample(m * 60, 5),
          sample(m * 60 + 40, null, QUALITY.Bad),
        ]).flat(),
      );
      while (!(await rollup.step(at(hours * 3_600))).done);
      const { value, usable, quality } = await read();
      expect(value).toHaveLength(points);
      expect(new Set(value)).toEqual(new Set([5]));
      expect(new Set(quality)).toEqual(new Set([QUALITY.Bad]));
      for (const share of usable) expect(share).toBeCloseTo(2 / 3, 6);
    });

    it('counts time without any sample as not usable', async () => {
      // Silent from half of the second bucket on; the value holds three minutes more.
      const last = 1.5 * widthS - 180;
      await writer.write(Array.from({ length: Math.floor(last / 60) + 1 }, (_, m) => sample(m * 60, 5)));
      await writer.write([sample(last, 5), sample(hours * 3_600 - widthS, 5), sample(hours * 3_600, 5)]);
      while (!(await rollup.step(at(hours * 3_600))).done);
      const { usable } = await read();
      expect(usable[0]).toBeCloseTo(1, 6);
      expect(usable[1]).toBeCloseTo(0.5, 6);
    });

    it('knows nothing of a bucket that was bad throughout', async () => {
      await writer.write(
        Array.from({ length: hours * 60 }, (_, m) =>
          m * 60 < 2 * widthS ? sample(m * 60, null, QUALITY.Bad) : sample(m * 60, 5),
        ),
      );
      while (!(await rollup.step(at(hours * 3_600))).done);
      const { value, usable } = await read();
      expect([value[0], usable[0]]).toEqual([null, 0]);
      expect([value[3], usable[3]]).toEqual([5, 1]);
    });
  });

  it('shows the mean of what was usable in buckets finer than a minute', async () => {
    // The last ten of every thirty seconds are Bad.
    await writer.write(
      Array.from({ length: 720 }, (_, i) =>
        i % 6 < 4 ? sample(i * 5, 5) : sample(i * 5, null, QUALITY.Bad),
      ),
    );
    const { series } = await samples.history({ tags: [tags[0]!], from: at(0), to: at(3_600), points: 120 });
    expect(series[0]!.value).toEqual(Array.from({ length: 120 }, () => 5));
    for (const share of series[0]!.usable) expect(share).toBeCloseTo(2 / 3, 6);
  });

  it('does not call the time unusable that a cut bucket leaves out, nor that which is not rolled up yet', async () => {
    await writer.write(Array.from({ length: 8 * 60 }, (_, m) => sample(m * 60, 5)));
    while (!(await rollup.step(at(7.5 * 3_600))).done);
    for (const [from, to, points] of [
      [0, 8, 4],
      [0.5, 7.75, 3],
      [0.51, 7.99, 40],
      [0.51, 7.99, 900],
    ] as const) {
      const { series } = await samples.history({
        tags: [tags[0]!],
        from: at(from * 3_600),
        to: at(to * 3_600),
        points,
      });
      for (const share of series[0]!.usable) expect(share).toBeCloseTo(1, 6);
    }
  });

  it('goes on to the present where minutes are not rolled up yet', async () => {
    await writer.write(Array.from({ length: 60 }, (_, m) => sample(m * 60, m)));
    while (!(await rollup.step(at(30 * 60))).done);
    const { series } = await samples.history({ tags: [tags[0]!], from: at(0), to: at(3_600), points: 60 });
    expect(series[0]!.value).toEqual(Array.from({ length: 60 }, (_, m) => m));
  });
});
