import type { GasDay, Micros, TagId, TagKey } from '@linepack/network';
import { QUALITY, type Quality, type Sample } from '@linepack/telemetry';
import fc from 'fast-check';
import { utc } from './plant-world';

/*
 * How the small town's samples may arrive and what the worker may do meanwhile; in the end a closed day must be what its
 * samples say, whatever came when.
 */

const MINUTE = 60_000_000;
export const HOUR = 60 * MINUTE;
/** The gas day in question begins at 00:00 UTC; the one before it is there in order. */
export const DAY = '2026-11-02' as GasDay;
export const FIRST = '2026-11-01' as GasDay;
export const FROM = utc('2026-11-01T22:00');
export const CUT_OFF = utc('2026-11-02T00:00');
export const END = utc('2026-11-03T02:00');
/** Everything has arrived by then. */
const LAST = (END + 72 * HOUR) as Micros;
const EVERY = 12 * MINUTE;

/** The worker's parts around a database, and a clock that is set by hand. */
export interface ArrivalOffice {
  readonly tags: ReadonlyMap<TagKey, TagId>;
  /** Begins with an empty database. */
  empty(): Promise<void>;
  setClock(at: Micros): void;
  /** The worker ends, and another one goes on. */
  restart(): void;
  write(batch: readonly Sample[]): Promise<unknown>;
  roll(until: Micros): Promise<unknown>;
  closeDue(first: GasDay): Promise<unknown>;
  provisional(): Promise<unknown>;
  /** Works the marks off that there are. */
  recalculate(): Promise<unknown>;
  /** Works every mark off. */
  settle(): Promise<void>;
  /** Everything that is told of a closed day, its hours too, in a form that can be compared. */
  outcome(day: GasDay): Promise<string>;
}

/** What each tag says at an instant: counters count, pressures breathe. */
const VALUE: Readonly<Record<string, (hours: number) => number>> = {
  'gate.tot-1': (h) => 50_000 + 1_000 * h,
  'shop.tot-1': (h) => 9_000 + 300 * h + 5 * Math.sin(h),
  'gate.pt-1': (h) => 0.3 + 0.02 * Math.sin(h / 3),
  'shop.pt-1': (h) => 0.25 + 0.02 * Math.cos(h / 2),
  'shop.tt-1': (h) => 12 + 3 * Math.sin(h / 4),
};
const KEYS = Object.keys(VALUE);

export function sampleOf(
  tags: ReadonlyMap<TagKey, TagId>,
  key: string,
  ts: number,
  kind: 'good' | 'bad',
): Sample {
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
export type Plant = typeof plant extends fc.Arbitrary<infer T> ? T : never;

export function samplesOf(
  tags: ReadonlyMap<TagKey, TagId>,
  { offsets, silences, badEvery }: Plant,
): Sample[] {
  return KEYS.flatMap((key, tag) => {
    const samples: Sample[] = [];
    for (let ts = FROM + (offsets[tag] as number) * MINUTE, i = 0; ts <= END; ts += EVERY, i++) {
      const silent = silences.some(
        (s) => s.tag === tag && ts > FROM + s.fromH * HOUR && ts < FROM + (s.fromH + s.hours) * HOUR,
      );
      if (!silent) samples.push(sampleOf(tags, key, ts, badEvery > 0 && i % badEvery === 5 ? 'bad' : 'good'));
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
    lateH: fc.constantFrom(0.02, 0.3, 0.6, 1, 5, 48),
  }),
  { minLength: 1, maxLength: 6 },
);
type Delay = typeof delays extends fc.Arbitrary<(infer T)[]> ? T : never;

/** What the worker does, when (hours after the first sample). Its roll-up may lag or never come. */
const anyTime = fc.oneof(
  fc.double({ min: 24, max: 29, noNaN: true }),
  fc.double({ min: 26.05, max: 26.4, noNaN: true }),
  fc.double({ min: 29, max: 80, noNaN: true }),
);
const WORK = ['roll', 'close', 'recalculate', 'provisional', 'restart', 'nothing'] as const;
const work = fc
  .tuple(
    fc.record({
      atH: fc.double({ min: 26.05, max: 26.5, noNaN: true }),
      what: fc.constant('close' as const),
    }),
    fc.array(fc.record({ atH: anyTime, what: fc.constantFrom(...WORK) }), { maxLength: 9 }),
  )
  .map(([close, others]) => [close, ...others].sort((a, b) => a.atH - b.atH));

async function inOrder(office: ArrivalOffice, samples: readonly Sample[]): Promise<string> {
  await office.empty();
  office.restart();
  office.setClock(LAST);
  await office.write([...samples].sort((a, b) => a.ts - b.ts));
  await office.closeDue(FIRST);
  await office.settle();
  return office.outcome(DAY);
}

async function act(office: ArrivalOffice, what: (typeof WORK)[number], at: Micros): Promise<void> {
  office.setClock(at);
  if (what === 'roll') await office.roll((at - MINUTE) as Micros);
  if (what === 'close') await office.closeDue(FIRST);
  if (what === 'provisional') await office.provisional();
  if (what === 'recalculate') await office.recalculate();
  if (what === 'restart') office.restart();
}

/** Whole numbers without end, drawn by the run. */
type Noise = () => number;

/** All of these in some order, in batches of any size, some of them twice. */
function batchesOf(samples: readonly Sample[], noise: Noise): Sample[][] {
  const mixed = samples.map((sample) => ({ sample, place: noise() })).sort((a, b) => a.place - b.place);
  const batches: Sample[][] = [];
  for (let from = 0; from < mixed.length;) {
    const size = noise() % 4 === 0 ? 1 + (noise() % 5) : 1 + (noise() % mixed.length);
    const batch = mixed.slice(from, from + size).map((m) => m.sample);
    batches.push(batch, ...(noise() % 6 === 0 ? [batch.slice(0, 3)] : []));
    from += size;
  }
  return batches;
}

function arrivals(office: ArrivalOffice, samples: readonly Sample[], late: readonly Delay[]) {
  const ids = KEYS.map((key) => office.tags.get(key as TagKey));
  return samples
    .map((sample) => {
      const { tagId, ts } = sample;
      const lates = late.filter(
        (d) => ids[d.tag] === tagId && ts > FROM + d.fromH * HOUR && ts < FROM + (d.fromH + d.hours) * HOUR,
      );
      return { sample, at: ts + Math.max(0, ...lates.map((d) => d.lateH * HOUR)) };
    })
    .sort((a, b) => a.at - b.at);
}

/** Fails when the last result of a day hangs on when its samples came, in which order, how many at a time. */
export async function dependsOnSamplesAlone(
  office: ArrivalOffice,
  parameters: fc.Parameters<unknown>,
): Promise<void> {
  const noises = fc.infiniteStream(fc.nat());
  await fc.assert(
    fc.asyncProperty(plant, delays, work, noises, async (given, late, works, stream) => {
      const noise: Noise = () => stream.next().value as number;
      const samples = samplesOf(office.tags, given);
      const expected = await inOrder(office, samples);
      await office.empty();
      office.restart();
      const waiting = arrivals(office, samples, late);
      const writeUntil = async (at: number): Promise<void> => {
        const due = waiting.splice(0, waiting.findIndex((w) => w.at > at) >>> 0);
        for (const batch of batchesOf(
          due.map((w) => w.sample),
          noise,
        ))
          await office.write(batch);
      };
      for (const { atH, what } of works) {
        const at = Math.round(FROM + atH * HOUR) as Micros;
        await writeUntil(at);
        await act(office, what, at);
      }
      office.setClock(LAST);
      await writeUntil(LAST);
      await office.closeDue(FIRST);
      await office.settle();
      expect(await office.outcome(DAY)).toEqual(expected);
    }),
    parameters as fc.Parameters<
      [Plant, Delay[], { atH: number; what: (typeof WORK)[number] }[], fc.Stream<number>]
    >,
  );
}
