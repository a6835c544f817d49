import type { GasDay, Micros, TagId, TagKey } from '@linepack/network';
import { QUALITY, type Quality, type Sample } from '@linepack/telemetry';
import fc from 'fast-check';
import { figuresOf } from '../src/loss/figures';
import { utc } from './plant-world';
import { smallTown } from './small-town';
import { townOffice, type TownOffice } from './town-office';

const NEVER = new AbortController().signal;
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
/** The gas day in question begins at 00:00 UTC; the one before it is there in order. */
const DAY = '2026-11-02' as GasDay;
const FIRST = '2026-11-01' as GasDay;
const FROM = utc('2026-11-01T22:00');
const CUT_OFF = utc('2026-11-02T00:00');
const END = utc('2026-11-03T02:00');
const EVERY = 12 * MINUTE;

let town: TownOffice;
let tags: Map<TagKey, TagId>;
beforeAll(async () => {
  town = await townOffice();
  await town.import(smallTown());
  town.setClock(END);
  tags = await town.tagIds();
}, 120_000);
afterAll(() => town?.stop());

/** What each tag says at an instant: counters count, pressures breathe. */
const VALUE: Readonly<Record<string, (hours: number) => number>> = {
  'gate.tot-1': (h) => 50_000 + 1_000 * h,
  'shop.tot-1': (h) => 9_000 + 300 * h + 5 * Math.sin(h),
  'gate.pt-1': (h) => 0.3 + 0.02 * Math.sin(h / 3),
  'shop.pt-1': (h) => 0.25 + 0.02 * Math.cos(h / 2),
  'shop.tt-1': (h) => 12 + 3 * Math.sin(h / 4),
};

function sampleOf(key: string, ts: number, kind: 'good' | 'bad'): Sample {
  const value = kind === 'bad' ? null : (VALUE[key] as (h: number) => number)((ts - FROM) / HOUR);
  const quality = (kind === 'bad' ? QUALITY.Bad : QUALITY.Good) as Quality;
  return { tagId: tags.get(key as TagKey) as TagId, ts: ts as Micros, quality, value };
}

/** Each tag's own rhythm, with silences and bad readings in it. */
const plant = fc.record({
  offsets: fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 5, maxLength: 5 }),
  silences: fc.array(
    fc.record({
      tag: fc.nat(4),
      fromH: fc.integer({ min: 3, max: 27 }),
      hours: fc.constantFrom(0.4, 1, 3),
    }),
    { maxLength: 3 },
  ),
  badEvery: fc.constantFrom(0, 7, 23),
});
type Plant = typeof plant extends fc.Arbitrary<infer T> ? T : never;

function samplesOf({ offsets, silences, badEvery }: Plant): Sample[] {
  return Object.keys(VALUE).flatMap((key, tag) => {
    const samples: Sample[] = [];
    for (let ts = FROM + (offsets[tag] as number) * MINUTE, i = 0; ts <= END; ts += EVERY, i++) {
      const silent = silences.some(
        (s) => s.tag === tag && ts > FROM + s.fromH * HOUR && ts < FROM + (s.fromH + s.hours) * HOUR,
      );
      if (!silent) samples.push(sampleOf(key, ts, badEvery > 0 && i % badEvery === 5 ? 'bad' : 'good'));
    }
    return samples;
  });
}

/** Stretches of a tag's readings that come late, some after everything else. */
const delays = fc.array(
  fc.record({
    tag: fc.nat(4),
    // Anywhere, or at one of the cut-offs, 2 and 26 hours after the first sample.
    fromH: fc.oneof(
      fc.double({ min: 2, max: 27, noNaN: true }),
      fc.double({ min: 1.7, max: 2, noNaN: true }),
      fc.double({ min: 25.5, max: 26, noNaN: true }),
    ),
    hours: fc.constantFrom(0.2, 0.5, 2, 6),
    lateH: fc.constantFrom(0.02, 0.6, 1, 5, 48),
  }),
  { minLength: 1, maxLength: 6 },
);
/** What the worker does, when (hours after the first sample). Its roll-up may lag or never come. */
const anyTime = fc.oneof(
  fc.double({ min: 24, max: 29, noNaN: true }),
  fc.double({ min: 26.05, max: 26.4, noNaN: true }),
);
const work = fc
  .tuple(
    fc.record({
      atH: fc.double({ min: 26.05, max: 26.5, noNaN: true }),
      what: fc.constant('close' as const),
    }),
    fc.array(
      fc.record({ atH: anyTime, what: fc.constantFrom('roll', 'close', 'recalculate', 'provisional') }),
      { maxLength: 5 },
    ),
  )
  .map(([close, others]) => [close, ...others]);

async function outcome(): Promise<string | null> {
  const result = await town.result('town', DAY);
  return result && figuresOf(result);
}

async function inOrder(samples: readonly Sample[]): Promise<string | null> {
  await town.empty();
  town.setClock((END + 72 * HOUR) as Micros);
  await town.writer.write(samples);
  await town.close.closeDue(NEVER, FIRST);
  await town.settle();
  return outcome();
}

async function act(what: 'roll' | 'close' | 'recalculate' | 'provisional', at: Micros): Promise<void> {
  town.setClock(at);
  if (what === 'roll') await town.rollup.step((at - MINUTE) as Micros);
  if (what === 'close') await town.close.closeDue(NEVER, FIRST);
  if (what === 'provisional') await town.close.provisional(NEVER);
  if (what === 'recalculate') {
    const open = await town.marks.toRecalculate(1_000);
    await town.close.recalculate(open, NEVER);
    await town.marks.recalculated(open);
  }
}

it('a closed day depends on its samples, not on the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(plant, delays, work, fc.infiniteStream(fc.nat()), async (given, late, works, noise) => {
      const samples = samplesOf(given);
      const expected = await inOrder(samples);
      await town.empty();
      const ids = Object.keys(VALUE).map((key) => tags.get(key as TagKey));
      const arrival = ({ tagId, ts }: Sample): number => {
        const lates = late.filter(
          (d) => ids[d.tag] === tagId && ts > FROM + d.fromH * HOUR && ts < FROM + (d.fromH + d.hours) * HOUR,
        );
        return ts + Math.max(0, ...lates.map((d) => d.lateH * HOUR));
      };
      const waiting = samples
        .map((sample) => ({ sample, at: arrival(sample), noise: noise.next().value as number }))
        .sort((a, b) => a.at - b.at);
      const until = async (at: number): Promise<void> => {
        const due = waiting.splice(0, waiting.findIndex((w) => w.at > at) >>> 0);
        // One batch, in no order at all.
        await town.writer.write(due.sort((a, b) => a.noise - b.noise).map((w) => w.sample));
      };
      for (const { atH, what } of [...works].sort((a, b) => a.atH - b.atH)) {
        const at = Math.round(FROM + atH * HOUR) as Micros;
        await until(at);
        await act(what, at);
      }
      const last = (END + 72 * HOUR) as Micros;
      town.setClock(last);
      await until(last);
      await town.close.closeDue(NEVER, FIRST);
      await town.settle();
      expect(await outcome()).toEqual(expected);
    }),
    { numRuns: 5, endOnFailure: true },
  );
}, 300_000);

it('a sample that comes after the close leaves a mark, however far the roll-up lags', async () => {
  const samples = samplesOf({ offsets: [1, 2, 3, 4, 5], silences: [], badEvery: 0 });
  const key = 'gate.tot-1';
  const late = sampleOf(key, CUT_OFF + 23 * HOUR + 55 * MINUTE, 'good');
  await town.empty();
  town.setClock(utc('2026-11-03T00:20'));
  await town.writer.write(samples.filter((s) => s.ts < utc('2026-11-03T00:20')));
  await town.rollup.step(utc('2026-11-01T23:00'));
  expect(await town.close.closeDue(NEVER, FIRST)).toHaveLength(2);
  const written = await town.writer.write([{ ...late, value: (late.value as number) + 40 }]);
  expect(written.late).toBe(1);
  await town.settle();
  const versions = await town.loss.versions('town' as never, DAY);
  expect(versions.map((v) => v.version)).toEqual([2, 1]);
});
