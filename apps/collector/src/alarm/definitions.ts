import { communicationAlarm, limitAlarms, type AlarmDefinition } from '@linepack/alarm';
import { MICROS_PER_SECOND, type SourceId, type TagId } from '@linepack/network';
import type { CollectorConfiguration } from '../configuration/collector-configuration';

/** A link that is back within this time was not worth calling anybody. */
const COMMUNICATION_DELAY = 2 * MICROS_PER_SECOND;

export interface Definitions {
  readonly all: readonly AlarmDefinition[];
  readonly byTag: ReadonlyMap<TagId, readonly AlarmDefinition[]>;
  readonly bySource: ReadonlyMap<SourceId, AlarmDefinition>;
  readonly byStation: ReadonlyMap<string, AlarmDefinition>;
  /** Every station, and `network`. */
  readonly partitions: readonly string[];
}

export const NO_DEFINITIONS: Definitions = {
  all: [],
  byTag: new Map(),
  bySource: new Map(),
  byStation: new Map(),
  partitions: [],
};

/** Every alarm the configuration asks for. */
export function definitionsOf({ stations, sources, tags }: CollectorConfiguration): Definitions {
  const byTag = new Map(
    tags.flatMap(({ tagId, key, stationId, config }) => {
      const { name, unit, limits } = config;
      return limits ? [[tagId, limitAlarms({ tagId, key, stationId, name, unit, limits })] as const] : [];
    }),
  );
  const delayed = (definition: AlarmDefinition) => ({ ...definition, onDelay: COMMUNICATION_DELAY });
  const bySource = new Map(
    sources.map(({ id, name }) => {
      const of = [...new Set(tags.filter((t) => t.sourceId === id).map((t) => t.stationId))];
      const stationId = of.length === 1 ? (of[0] as string) : null;
      return [id as SourceId, delayed(communicationAlarm({ of: 'source', id, stationId, name }))] as const;
    }),
  );
  const byStation = new Map(
    stations.map(({ id, name }) => [id as string, delayed(communicationAlarm({ of: 'station', id, name }))]),
  );
  return {
    all: [...[...byTag.values()].flat(), ...bySource.values(), ...byStation.values()],
    byTag,
    bySource,
    byStation,
    partitions: [...stations.map((s) => s.id as string), 'network'],
  };
}
