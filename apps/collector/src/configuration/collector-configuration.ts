import type {
  LocalName,
  SourceConfig,
  SourceId,
  StationId,
  TagConfig,
  TagId,
  TagKey,
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
  readonly stations: readonly { readonly id: StationId; readonly name: LocalName }[];
  readonly sources: readonly SourceConfig[];
  readonly tags: readonly CollectorTag[];
}

export const configurationOf = (network: NetworkSnapshot): CollectorConfiguration => ({
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
