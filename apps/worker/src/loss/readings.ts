import { seriesOf, type Point, type Series } from '@linepack/loss';
import { MICROS_PER_SECOND, type Micros, type TagId } from '@linepack/network';
import type { SampleRepository } from '@linepack/store';
import { MAX_READING_AGE, type SeriesOf } from './plan';

/** Where usable samples come from. */
export interface Readings {
  /**
   * Usable samples of some tags in [from, to] and on either side of it, ascending, dense enough for volumes and for
   * the cut-offs at both ends.
   * @param step µs between the instants looked at; wider ones for finding the two sides of an outage
   */
  series(
    tags: readonly TagId[],
    from: Micros,
    to: Micros,
    step?: number,
  ): Promise<ReadonlyMap<TagId, Series>>;
}

/** Looks a tag's series up; a tag without samples has an empty one. */
export const seriesIn =
  (...maps: readonly ReadonlyMap<TagId, Series>[]): SeriesOf =>
  (tag) =>
    maps.flatMap((map) => map.get(tag) ?? []);

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
    from: Micros,
    to: Micros,
    step = GRID,
  ): Promise<ReadonlyMap<TagId, Series>> {
    const points = new Map<TagId, Map<Micros, Point>>(tags.map((tag) => [tag, new Map()]));
    for (const at of this.grid(from, to, step))
      for (const { tagId, before, after } of await this.samples.around(tags, at, MAX_READING_AGE))
        for (const point of [before, after])
          if (point) points.get(tagId)?.set(point.ts, { at: point.ts, value: point.value });
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

  async series(tags: readonly TagId[], from: Micros, to: Micros): Promise<ReadonlyMap<TagId, Series>> {
    const reach = 2 * MAX_READING_AGE;
    const ranges = await this.samples.ranges(tags, (from - reach) as Micros, (to + reach) as Micros);
    return new Map(
      [...ranges].map(([tag, samples]) => [
        tag,
        seriesOf(samples.map(({ ts, value, quality }) => ({ at: ts, value, quality }))),
      ]),
    );
  }
}
