import { seriesOf, type Interval, type Point, type Series } from '@linepack/loss';
import { MICROS_PER_SECOND, type Micros, type SourceId, type TagId } from '@linepack/network';
import type { CoverageRepository, SampleRepository } from '@linepack/store';
import { MAX_READING_AGE, type AwayOf, type SeriesOf } from './plan';

/** Where usable samples come from. */
export interface Readings {
  /**
   * Usable samples of some tags in a stretch and on either side of it, ascending, dense enough for volumes and for
   * the cut-offs at both ends.
   */
  series(tags: readonly TagId[], stretch: Stretch): Promise<ReadonlyMap<TagId, Series>>;
}

export interface Stretch extends Interval {
  /**
   * Samples from this instant on do not count yet: the reader would not be told if others came between them.
   */
  readonly until: Micros;
  /** µs between the instants looked at; wider ones for finding the two sides of an outage. */
  readonly step?: number | undefined;
}

/** Where it is told when sources could not be heard. */
export interface Absences {
  of(sources: readonly SourceId[], interval: Interval): Promise<AwayOf>;
}

/** The coverage that collectors recorded. */
export class RecordedAbsences implements Absences {
  constructor(private readonly coverage: Pick<CoverageRepository, 'between'>) {}

  async of(sources: readonly SourceId[], { from, to }: Interval): Promise<AwayOf> {
    const away = new Map<SourceId, Interval[]>(sources.map((source) => [source, []]));
    for (const { sourceId, state, ...told } of await this.coverage.between(sources, from, to))
      if (state === 'disconnected') away.get(sourceId)?.push({ from: told.from, to: told.to ?? to });
    return (source) => away.get(source) ?? [];
  }
}

/** Looks a tag's series up; a tag without samples has an empty one. */
export const seriesIn =
  (...maps: readonly ReadonlyMap<TagId, Series>[]): SeriesOf =>
  (tag) =>
    maps.flatMap((map) => map.get(tag) ?? []);

/** A bounded read keeps the one backend free for the screens. */
const INSTANTS_A_READ = 40;
const batches = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

const GRID = 10 * 60 * MICROS_PER_SECOND;
/** Readings within their age of such instants leave no time out. */
export const OUTAGE_GRID = 2 * MAX_READING_AGE;

/**
 * The samples on either side of every tenth minute: all a counter's difference, a cut-off and an hour's mean
 * pressure need, at a cost that does not grow with the rate of sampling.
 */
export class GridReadings implements Readings {
  constructor(private readonly samples: Pick<SampleRepository, 'around'>) {}

  async series(
    tags: readonly TagId[],
    { from, to, until, step = GRID }: Stretch,
  ): Promise<ReadonlyMap<TagId, Series>> {
    const points = new Map<TagId, Map<Micros, Point>>(tags.map((tag) => [tag, new Map()]));
    for (const instants of batches(this.grid(from, to, step), INSTANTS_A_READ))
      for (const { tagId, before, after } of await this.samples.around(tags, instants, MAX_READING_AGE))
        for (const point of [before, after])
          if (point && point.ts < until)
            points.get(tagId)?.set(point.ts, { at: point.ts, value: point.value });
    return new Map([...points].map(([tag, by]) => [tag, [...by.values()].sort((a, b) => a.at - b.at)]));
  }

  /** Counted from the start, so that both ends and every full hour between them are on it. */
  private grid(from: Micros, to: Micros, step: number): Micros[] {
    const instants: Micros[] = [];
    for (let at: number = from; at < to; at += step) instants.push(at as Micros);
    return [...instants, to];
  }
}

/** Every stored sample: for ranges known to be thinly sampled, such as a history by ten minutes. */
export class RangeReadings implements Readings {
  constructor(private readonly samples: Pick<SampleRepository, 'ranges'>) {}

  async series(tags: readonly TagId[], { from, to, until }: Stretch): Promise<ReadonlyMap<TagId, Series>> {
    const reach = 2 * MAX_READING_AGE;
    const ranges = await this.samples.ranges(tags, (from - reach) as Micros, (to + reach) as Micros);
    return new Map(
      [...ranges].map(([tag, samples]) => [
        tag,
        seriesOf(samples.map(({ ts, value, quality }) => ({ at: ts, value, quality }))).filter(
          (point) => point.at < until,
        ),
      ]),
    );
  }
}
