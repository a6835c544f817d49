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

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * A source with `${NAME}` and `${NAME:-default}` replaced from the environment, or the names that are not set: such a source cannot be
 * connected, but the others can.
 */
export function resolveSource(
  source: SourceConfig,
  env: Readonly<Record<string, string | undefined>>,
): { ok: true; source: SourceConfig } | { ok: false; missing: string[] } {
  const missing: string[] = [];
  const resolved = Object.fromEntries(
    Object.entries(source).map(([key, value]) => [
      key,
      typeof value !== 'string'
        ? value
        : value.replace(VARIABLE, (whole, name: string, fallback?: string) => {
            const found = env[name] || fallback;
            if (found === undefined) missing.push(name);
            return found ?? whole;
          }),
    ]),
  );
  return missing.length > 0 ? { ok: false, missing } : { ok: true, source: resolved as SourceConfig };
}
