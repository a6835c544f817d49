import {
  microsFromMs,
  type LocalName,
  type Micros,
  type SourceConfig,
  type SourceId,
  type StationId,
  type TagConfig,
  type TagId,
  type TagKey,
} from '@linepack/network';
import type { NetworkSnapshot } from '@linepack/store';

export interface CollectorTag {
  readonly tagId: TagId;
  readonly key: TagKey;
  readonly stationId: StationId;
  readonly sourceId: SourceId;
  readonly config: TagConfig;
}

/** What the collector needs of the network. Sources keep their `${NAME}`, so that no password is written to disk. */
export interface CollectorConfiguration {
  /** Before this no stamp can be believed; null where the network does not say, absent in copies of earlier versions. */
  readonly commissionedAt?: Micros | null;
  readonly stations: readonly { readonly id: StationId; readonly name: LocalName }[];
  readonly sources: readonly SourceConfig[];
  readonly tags: readonly CollectorTag[];
}

export const configurationOf = (network: NetworkSnapshot): CollectorConfiguration => ({
  commissionedAt: commissionedAt(network.file.commissioned),
  stations: network.file.stations.map(({ id, name }) => ({ id: id as StationId, name })),
  sources: network.file.sources,
  tags: network.tags.map(({ tagId, key, stationId, config }) => ({
    tagId,
    key,
    stationId,
    sourceId: config.address.source as SourceId,
    config,
  })),
});

/** What a tag's values are of: where they come from, and what is made of them. Another one says nothing of the former. */
const signalOf = ({ config: { address, scale, unit } }: CollectorTag): string =>
  JSON.stringify([address, scale, unit]);

export const isSameSignal = (one: CollectorTag, other: CollectorTag): boolean =>
  one.sourceId === other.sourceId && signalOf(one) === signalOf(other);

/** The tags that are the same signal now as before. */
export function sameSignals(
  before: readonly CollectorTag[],
  now: readonly CollectorTag[],
): ReadonlySet<TagId> {
  const known = new Map(before.map((tag) => [tag.tagId, tag]));
  const same = now.filter((tag) => {
    const earlier = known.get(tag.tagId);
    return earlier !== undefined && isSameSignal(earlier, tag);
  });
  return new Set(same.map(({ tagId }) => tagId));
}

/** Midnight of that day where it comes first on earth (UTC+14): no true stamp of the day is before it. */
function commissionedAt(day: string | undefined): Micros | null {
  return day === undefined ? null : microsFromMs(Date.parse(`${day}T00:00:00+14:00`));
}
