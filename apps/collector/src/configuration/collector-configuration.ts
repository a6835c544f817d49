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

/** Midnight of that day where it comes first on earth (UTC+14): no true stamp of the day is before it. */
function commissionedAt(day: string | undefined): Micros | null {
  return day === undefined ? null : microsFromMs(Date.parse(`${day}T00:00:00+14:00`));
}
