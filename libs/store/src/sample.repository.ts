import type { History, LatestValue } from '@linepack/contracts';
import type { Micros, TagId } from '@linepack/network';
import type { Sample } from '@linepack/telemetry';
import type { Queryable } from './database';

/** The usable readings around an instant. */
export interface ReadingsAround {
  readonly tagId: TagId;
  /** Last usable sample at or before the instant, within the age asked for. */
  readonly before: { readonly ts: Micros; readonly value: number } | null;
  /** First usable sample at or after the instant, within the age asked for. */
  readonly after: { readonly ts: Micros; readonly value: number } | null;
}

/** Reads samples and their aggregates; every read is bounded. */
export class SampleRepository {
  constructor(private readonly db: Queryable) {}

  /** The newest sample of each tag that has one not older than `since` (default 7 days), and the last good one. */
  async latest(_tagIds: readonly TagId[], _since?: Micros): Promise<LatestValue[]> {
    throw new Error(String(this.db));
  }
  /** History of up to 16 tags over [from, to): raw, by minute or by hour, whatever keeps it within `points` a tag. */
  async history(_query: {
    tags: readonly TagId[];
    from: Micros;
    to: Micros;
    points: number;
  }): Promise<History> {
    throw new Error(String(this.db));
  }
  /** The usable readings around an instant, none further than `maxAgeUs` from it: what a cut-off is interpolated from. */
  async around(_tagIds: readonly TagId[], _at: Micros, _maxAgeUs: number): Promise<ReadingsAround[]> {
    throw new Error(String(this.db));
  }
  /** The samples of a tag in [from, to), ascending in time; at most `limit` (default 200,000). */
  async range(_tagId: TagId, _from: Micros, _to: Micros, _limit?: number): Promise<Sample[]> {
    throw new Error(String(this.db));
  }
  /** The samples of several tags in [from, to) by tag, each ascending in time; at most `limit` in all (default 500,000). */
  async ranges(
    _tagIds: readonly TagId[],
    _from: Micros,
    _to: Micros,
    _limit?: number,
  ): Promise<Map<TagId, Sample[]>> {
    throw new Error(String(this.db));
  }
  /** Source times of the first and the last sample of all, or null when there are none. */
  async extent(): Promise<{ first: Micros; last: Micros } | null> {
    throw new Error(String(this.db));
  }
  /** Compresses chunks of samples that ended before an instant, at most `max` of them. @returns how many */
  async compressBefore(_before: Micros, _max: number): Promise<number> {
    throw new Error(String(this.db));
  }
}
