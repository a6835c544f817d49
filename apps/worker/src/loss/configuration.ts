import type {
  AreaConfig,
  GasConfig,
  MeterConfig,
  NetworkFile,
  PipeConfig,
  StationConfig,
  TagConfig,
  TagId,
  TagKey,
} from '@linepack/network';
import type { ConfigKind, NetworkSnapshot } from '@linepack/store';
import { PlanError } from './plan';

/** A piece of configuration with the version that was in force. */
export interface Versioned<T> {
  readonly config: T;
  readonly version: number;
}

/** What was configured at one instant, as far as loss stands on it. */
export interface Configuration {
  readonly network: Versioned<Pick<NetworkFile, 'id' | 'gasDay' | 'reference'>>;
  readonly gases: ReadonlyMap<string, Versioned<GasConfig>>;
  readonly stations: ReadonlyMap<string, Versioned<StationConfig>>;
  readonly tags: ReadonlyMap<TagKey, Versioned<TagConfig> & { readonly tagId: TagId }>;
  /** By `<station>.<meter>`. */
  readonly meters: ReadonlyMap<string, Versioned<MeterConfig>>;
  readonly pipes: ReadonlyMap<string, Versioned<PipeConfig>>;
  readonly areas: ReadonlyMap<string, Versioned<AreaConfig>>;
}

/** The store's snapshot, looked up by identity and with its versions beside it. */
export function configurationOf({ file, tags, meters, versions }: NetworkSnapshot): Configuration {
  const version = (kind: ConfigKind, id: string): number => versions.get(`${kind}:${id}`) ?? 0;
  const byId = <T extends { readonly id: string }>(kind: ConfigKind, all: readonly T[]) =>
    new Map(all.map((config) => [config.id, { config, version: version(kind, config.id) }]));
  return {
    network: { config: file, version: version('network', file.id) },
    gases: byId('gas', file.gases),
    stations: byId('station', file.stations),
    pipes: byId('pipe', file.pipes),
    areas: byId('area', file.areas),
    tags: new Map(
      tags.map(({ key, tagId, config }) => [key, { config, tagId, version: version('tag', key) }]),
    ),
    meters: new Map(meters.map(({ key, config }) => [key, { config, version: version('meter', key) }])),
  };
}

/** @throws PlanError when it is not there */
export function found<K, V>(map: ReadonlyMap<K, V>, kind: string, id: K): V {
  const value = map.get(id);
  if (value === undefined) throw new PlanError(`${kind} ${String(id)}: not configured at this time`);
  return value;
}
