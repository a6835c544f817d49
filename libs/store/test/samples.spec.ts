import type { Micros, TagId } from '@linepack/network';
import { QUALITY, type Quality, type Sample } from '@linepack/telemetry';
import fc from 'fast-check';
import { LateMarkRepository, SampleRepository, SampleWriter, SHIFTED_QUALITY_BITS } from '../src/index';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
let writer: SampleWriter;
let samples: SampleRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  writer = new SampleWriter(database.pool);
  samples = new SampleRepository(database.pool);
}, 60_000);
afterAll(() => database?.close());
beforeEach(() => database.pool.query('truncate sample, late_mark, job_state'));

const T0 = 1_763_780_000_000_001 as Micros;
const sample = (tagId: number, us: number, value: number | null, quality: number = QUALITY.Good): Sample => ({
  tagId: tagId as TagId,
  ts: (T0 + us) as Micros,
  quality: quality as Quality,
  value,
});
const stored = async (): Promise<Sample[]> =>
  [
    ...(
      await samples.ranges(
        [1, 2, 3].map((t) => t as TagId),
        (T0 - 1e9) as Micros,
        (T0 + 1e12) as Micros,
      )
    ).values(),
  ].flat();
const shifted = (s: Sample, us: number): Sample => ({
  ...s,
  ts: (s.ts + us) as Micros,
  quality: (s.quality | SHIFTED_QUALITY_BITS) as Quality,
});

describe('writing samples', () => {
  it('keeps source time to the microsecond, quality to the bit and no value as no value', async () => {
    const batch = [
      sample(1, 0, 0.1 + 0.2),
      sample(1, 1, null, QUALITY.BadNoCommunication),
      sample(2, 0, -1e300, QUALITY.UncertainLastUsableValue),
      sample(3, 86_400e6, 5e-324, 0x480),
    ];
    expect(await writer.write(batch)).toEqual({ inserted: 4, known: 0, shifted: 0, discarded: 0, late: 0 });
    expect(await stored()).toEqual(batch);
  });

  it('keeps every whole microsecond, also before 2000, where the wire counts from', async () => {
    const epoch = 946_684_800_000_000;
    // Each side of where the lower half of the wire's number is full, or empty.
    const times = [-1, 0, 1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1].map(
      (us) => (epoch + us) as Micros,
    );
    const batch = times.map((ts, i): Sample => ({ ...sample(1, 0, i), ts })).sort((a, b) => a.ts - b.ts);
    await writer.backfill(batch);
    const wide = [(epoch - 1e11) as Micros, (epoch + 1e11) as Micros] as const;
    expect(await samples.range(1 as TagId, ...wide)).toEqual(batch);
  });

  it('never stores what is not a number', async () => {
    await writer.write([sample(1, 0, Number.NaN), sample(1, 1, Infinity, QUALITY.BadOutOfRange)]);
    expect(await stored()).toEqual([
      sample(1, 0, null, QUALITY.BadDecodingError),
      sample(1, 1, null, QUALITY.BadOutOfRange),
    ]);
  });

  it('takes the same value twice as one', async () => {
    expect(await writer.write([sample(1, 0, 5), sample(1, 0, 5)])).toMatchObject({ inserted: 1, known: 1 });
    expect(await writer.write([sample(1, 0, 5), sample(1, 10, 6)])).toMatchObject({ inserted: 1, known: 1 });
    expect(await stored()).toEqual([sample(1, 0, 5), sample(1, 10, 6)]);
  });

  it('keeps two different values of one stamp, the later one a microsecond on and marked', async () => {
    expect(await writer.write([sample(1, 0, 5), sample(1, 0, 6)])).toMatchObject({ inserted: 2, shifted: 1 });
    expect(await writer.write([sample(1, 0, 7)])).toMatchObject({ inserted: 1, shifted: 1 });
    const all = [sample(1, 0, 5), shifted(sample(1, 0, 6), 1), shifted(sample(1, 0, 7), 2)];
    expect(await stored()).toEqual(all);
    expect(await writer.write([sample(1, 0, 7), sample(1, 0, 6), sample(1, 0, 5)])).toMatchObject({
      inserted: 0,
      known: 3,
    });
    expect(await stored()).toEqual(all);
  });

  it('gives up on a clock that stands still', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => sample(1, 0, i));
    expect(await writer.write(many)).toMatchObject({ inserted: 1_001, discarded: 199 });
  });

  it('refuses a time that is not whole microseconds, and stores nothing of the batch', async () => {
    await expect(writer.write([sample(1, 0, 1), sample(1, 0.5, 1)])).rejects.toThrow(/tag 1: ts .* whole/);
    expect(await stored()).toEqual([]);
  });

  it('changes nothing when batches are replayed in whole, in part or in another order', async () => {
    // Few tags, stamps and values, so that everything collides.
    const anySample = fc
      .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom(1, 2, 3, null))
      .map(([tag, us, value]) => sample(tag, us, value, value === null ? QUALITY.Bad : QUALITY.Good));
    const batches = fc.array(fc.array(anySample, { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(batches, fc.infiniteStream(fc.nat()), async (all, picks) => {
        await database.pool.query('truncate sample');
        for (const batch of all) await writer.write(batch);
        const once = await stored();
        // Every value is there once at or after its stamp.
        for (const s of all.flat())
          expect(
            once.some((o) => o.tagId === s.tagId && o.value === s.value && o.ts >= s.ts && o.ts - s.ts < 16),
          ).toBe(true);
        for (let i = 0; i < all.length; i++) {
          const batch = all[(picks.next().value as number) % all.length] as Sample[];
          const from = (picks.next().value as number) % batch.length;
          expect(await writer.write(batch.slice(from))).toMatchObject({
            inserted: 0,
            known: batch.length - from,
          });
        }
        expect(await stored()).toEqual(once);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('leaves marks of data that came after its time was rolled up, joined while they are near', async () => {
    await database.pool.query(
      `insert into job_state values ('rollup', jsonb_build_object('claimedTo', $1::bigint))`,
      [T0 + 100],
    );
    expect(await writer.write([sample(1, 50, 1), sample(1, 150, 2), sample(2, 10, 1)])).toMatchObject({
      late: 2,
    });
    expect(await writer.write([sample(1, 20, 3)])).toMatchObject({ late: 1 });
    expect(await writer.write([sample(1, 20, 3)])).toMatchObject({ late: 0 });
    expect(await writer.write([sample(1, -2 * 3_600e6, 4)])).toMatchObject({ late: 1 });
    expect(await writer.backfill([sample(3, 0, 3)])).toMatchObject({ inserted: 1, late: 0 });
    const marks = new LateMarkRepository(database.pool);
    const open = await marks.toRoll(10);
    expect(open.map((m) => [m.tagId, m.from - T0, m.to - T0])).toEqual(
      expect.arrayContaining([
        [2, 10, 10],
        [1, 20, 50],
        [1, -2 * 3_600e6, -2 * 3_600e6],
      ]),
    );
    expect(open).toHaveLength(3);

    // One grew after it was read: it is not done.
    await writer.write([sample(1, 19, 3)]);
    await marks.rolled(open);
    expect((await marks.toRoll(10)).map((m) => m.from - T0)).toEqual([19]);
    expect(await marks.toRecalculate(10)).toHaveLength(3);
    await marks.recalculated(await marks.toRecalculate(10));
    expect(await marks.removeFinished()).toBe(2);
  });
});

describe('reading samples', () => {
  it('shows the newest value, and the last good one beside a bad one', async () => {
    await writer.write([
      sample(1, 0, 1),
      sample(1, 1_000, null, QUALITY.BadNoCommunication),
      sample(2, 0, 1),
      sample(2, 5, 2, QUALITY.Uncertain),
    ]);
    expect(
      await samples.latest(
        [1, 2, 3].map((t) => t as TagId),
        T0,
      ),
    ).toEqual([
      {
        tagId: 1,
        ts: T0 + 1_000,
        quality: QUALITY.BadNoCommunication,
        value: null,
        heardAt: T0 + 1_000,
        lastGood: { ts: T0, value: 1 },
      },
      { tagId: 2, ts: T0 + 5, quality: QUALITY.Uncertain, value: 2, heardAt: T0 + 5, lastGood: null },
    ]);
  });

  it('gives the usable readings around an instant, none older than asked', async () => {
    await writer.write([sample(1, 0, 1), sample(1, 40, 9, QUALITY.Bad), sample(1, 100, 2), sample(2, 50, 7)]);
    const around = (us: number, age: number) =>
      samples.around([1 as TagId, 2 as TagId], [(T0 + us) as Micros], age);
    expect(await around(50, 60)).toEqual([
      { tagId: 1, at: T0 + 50, before: { ts: T0, value: 1 }, after: { ts: T0 + 100, value: 2 } },
      { tagId: 2, at: T0 + 50, before: { ts: T0 + 50, value: 7 }, after: { ts: T0 + 50, value: 7 } },
    ]);
    expect((await around(50, 49))[0]).toEqual({ tagId: 1, at: T0 + 50, before: null, after: null });
    const instants = [0, 60, 200].map((us) => (T0 + us) as Micros);
    expect(
      (await samples.around([1 as TagId], instants, 60)).map((r) => [r.at, r.before?.value, r.after?.value]),
    ).toEqual([
      [T0, 1, 1],
      [T0 + 60, 1, 2],
      [T0 + 200, undefined, undefined],
    ]);
  });

  it('reads ranges with their end excluded, bounded', async () => {
    await writer.write([sample(1, 0, 1), sample(1, 10, 2), sample(1, 20, 3)]);
    expect(await samples.range(1 as TagId, T0, (T0 + 20) as Micros)).toEqual([
      sample(1, 0, 1),
      sample(1, 10, 2),
    ]);
    expect(await samples.range(1 as TagId, T0, (T0 + 21) as Micros, 1)).toEqual([sample(1, 0, 1)]);
    expect(await samples.extent()).toEqual({ first: T0, last: T0 + 20 });
  });

  it('still takes and reads late data in compressed chunks', async () => {
    await writer.write([sample(1, 0, 1), sample(1, 10e6, 2)]);
    expect(await samples.compressBefore((T0 + 3 * 86_400e6) as Micros, 10)).toBe(1);
    expect(await samples.compressBefore((T0 + 3 * 86_400e6) as Micros, 10)).toBe(0);
    expect(await writer.write([sample(1, 0, 1), sample(1, 5e6, 3), sample(1, 10e6, 4)])).toMatchObject({
      inserted: 2,
      known: 1,
    });
    expect((await stored()).map((s) => s.value)).toEqual([1, 3, 2, 4]);
  });
});
