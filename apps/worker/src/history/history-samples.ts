import { microsFromMs, type TagId, type TagKey } from '@linepack/network';
import { DEMO_TAGS, type HistorySample } from '@linepack/simulation';
import type { Quality, Sample } from '@linepack/telemetry';

/** One reading of the whole plant as samples; tags that are not configured are left out. */
export function samplesOf(
  { timeMs, values, status }: HistorySample,
  tagIds: ReadonlyMap<TagKey, TagId>,
): Sample[] {
  const ts = microsFromMs(timeMs);
  return DEMO_TAGS.flatMap(({ key }, i) => {
    const tagId = tagIds.get(key as TagKey);
    if (tagId === undefined) return [];
    // A StatusCode is unsigned on the wire and signed in SQL: Bad is negative.
    const quality = ((status[i] as number) | 0) as Quality;
    return [{ tagId, ts, quality, value: quality < 0 ? null : (values[i] as number) }];
  });
}

/** The tags that have a reading at every instant of the history. */
export const historyTags = (tagIds: ReadonlyMap<TagKey, TagId>): TagId[] =>
  DEMO_TAGS.flatMap(({ key }) => tagIds.get(key as TagKey) ?? []);
