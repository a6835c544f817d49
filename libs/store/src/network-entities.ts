import type {
  AreaConfig,
  GasConfig,
  MeterConfig,
  MeterId,
  Micros,
  NetworkFile,
  PipeConfig,
  SourceConfig,
  StationConfig,
  StationId,
  TagConfig,
  TagId,
  TagKey,
} from '@linepack/network';
import type { ConfigKind, EntityRef, FieldChange, NetworkSnapshot } from './network-snapshot';

/** One thing of the network, as config_version keeps it. */
export interface Entity {
  readonly kind: ConfigKind;
  readonly id: string;
  /** Order in the file. */
  readonly ordinal: number;
  /** Of tags and meters. */
  readonly stationId: string | null;
  readonly config: unknown;
}

export interface StoredEntity extends Entity {
  readonly version: number;
  readonly tagId: TagId | null;
}

export const entityRef = (e: Pick<Entity, 'kind' | 'id'>): EntityRef => `${e.kind}:${e.id}`;

/** The network file cut into its entities; tags and meters are named `<station>.<own id>`. */
export function entitiesOf(file: NetworkFile): Entity[] {
  const { id, name, commissioned, gasDay, reference, pressureTiers } = file;
  const network = { name, commissioned, gasDay, reference, pressureTiers };
  const plain = (kind: ConfigKind, list: readonly { id: string }[]): Entity[] =>
    list.map((config, ordinal) => ({ kind, id: config.id, ordinal, stationId: null, config }));
  const ofStation = (kind: 'tag' | 'meter', s: StationConfig, list: readonly { id: string }[]): Entity[] =>
    list.map((config, ordinal) => ({ kind, id: `${s.id}.${config.id}`, ordinal, stationId: s.id, config }));
  const entities: Entity[] = [
    { kind: 'network', id, ordinal: 0, stationId: null, config: network },
    ...plain('gas', file.gases),
    ...plain('source', file.sources),
    ...plain(
      'station',
      file.stations.map(({ tags: _tags, meters: _meters, ...station }) => station),
    ),
    ...file.stations.flatMap((s) => [...ofStation('tag', s, s.tags), ...ofStation('meter', s, s.meters)]),
    ...plain('pipe', file.pipes),
    ...plain('area', file.areas),
  ];
  // As JSON keeps it: what is undefined is not there.
  return entities.map((e) => ({ ...e, config: JSON.parse(JSON.stringify(e.config)) as unknown }));
}

/** The entities put together to a network again; null when there is none among them. */
export function networkOf(at: Micros, entities: readonly StoredEntity[]): NetworkSnapshot | null {
  const of = <T>(kind: ConfigKind): (StoredEntity & { config: T })[] =>
    (entities as readonly (StoredEntity & { config: T })[])
      .filter((e) => e.kind === kind)
      .sort((a, b) => a.ordinal - b.ordinal || (a.id < b.id ? -1 : 1));
  const network =
    of<Pick<NetworkFile, 'name' | 'commissioned' | 'gasDay' | 'reference' | 'pressureTiers'>>('network')[0];
  if (!network) return null;
  const tags = of<TagConfig>('tag').map((e) => ({
    tagId: e.tagId as TagId,
    key: e.id as TagKey,
    stationId: e.stationId as StationId,
    config: e.config,
  }));
  const meters = of<MeterConfig>('meter').map((e) => ({
    key: e.id as MeterId,
    stationId: e.stationId as StationId,
    config: e.config,
  }));
  const configs = <T>(kind: ConfigKind): T[] => of<T>(kind).map((e) => e.config);
  const tagsBy = byStationId(tags);
  const metersBy = byStationId(meters);
  const stations = configs<StationConfig>('station').map((s) => ({
    ...s,
    tags: (tagsBy.get(s.id) ?? []).map((t) => t.config),
    meters: (metersBy.get(s.id) ?? []).map((m) => m.config),
  }));
  const place = new Map(stations.map((s, i) => [s.id, i]));
  const byStation = (a: { stationId: string }, b: { stationId: string }): number =>
    (place.get(a.stationId) ?? 0) - (place.get(b.stationId) ?? 0);
  return {
    at,
    file: {
      linepack: 1,
      id: network.id,
      ...network.config,
      gases: configs<GasConfig>('gas'),
      sources: configs<SourceConfig>('source'),
      stations,
      pipes: configs<PipeConfig>('pipe'),
      areas: configs<AreaConfig>('area'),
    },
    tags: tags.sort(byStation),
    meters: meters.sort(byStation),
    versions: new Map(entities.map((e) => [entityRef(e), e.version])),
  };
}

function byStationId<T extends { stationId: string }>(list: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(item.stationId);
    if (group) group.push(item);
    else groups.set(item.stationId, [item]);
  }
  return groups;
}

/** The fields in which two configurations differ, by dotted name; a list counts as one value. */
export function fieldChanges(old: unknown, next: unknown): FieldChange[] {
  const before = fieldsOf(old);
  const after = fieldsOf(next);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({ field, old: before.get(field), new: after.get(field) }))
    .filter((c) => JSON.stringify(c.old) !== JSON.stringify(c.new));
}

function fieldsOf(value: unknown, prefix = ''): Map<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return new Map([[prefix, canonical(value)]]);
  const path = (key: string): string => (prefix === '' ? key : `${prefix}.${key}`);
  return new Map(Object.entries(value).flatMap(([key, v]) => [...fieldsOf(v, path(key))]));
}

/** The database orders the keys of objects in its own way. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, canonical(v)]),
  );
}
