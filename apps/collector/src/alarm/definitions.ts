import {
  clockSkewAlarm,
  collectorAlarms,
  firstValueAlarm,
  limitAlarms,
  sourceCommunication,
  stationBadQuality,
  stationCommunication,
  type AlarmDefinition,
} from '@linepack/alarm';
import type { TagId } from '@linepack/network';
import type { CollectorConfiguration } from '../configuration/collector-configuration';

export interface Definitions {
  readonly all: readonly AlarmDefinition[];
  /** The alarms of every tag; a tag without limits has none. */
  readonly byTag: ReadonlyMap<TagId, readonly AlarmDefinition[]>;
  /** Every station, and `network`. */
  readonly partitions: readonly string[];
}

export const NO_DEFINITIONS: Definitions = { all: [], byTag: new Map(), partitions: [] };

/** Every alarm the configuration asks for. */
export function definitionsOf({ stations, sources, tags }: CollectorConfiguration): Definitions {
  const byTag = new Map(
    tags.map(({ tagId, key, stationId, config: { name, unit, limits } }) => {
      const alarms = limits ? limitAlarms({ tagId, key, stationId, name, unit, limits }) : [];
      return [tagId, alarms] as const;
    }),
  );
  const ofSources = sources.flatMap(({ id, name, clockSkewLimitS }) => {
    const of = [...new Set(tags.filter((t) => t.sourceId === id).map((t) => t.stationId))];
    // Nobody listens to it: nothing could end its alarm.
    if (of.length === 0) return [];
    const source = { id, name, stationId: of.length === 1 ? (of[0] as string) : null };
    return [sourceCommunication(source), clockSkewAlarm(source, clockSkewLimitS), firstValueAlarm(source)];
  });
  const listened = new Set(tags.map((t) => t.stationId));
  const ofStations = stations
    .filter(({ id }) => listened.has(id))
    .flatMap((station) => [stationCommunication(station), stationBadQuality(station)]);
  return {
    all: [...[...byTag.values()].flat(), ...ofSources, ...ofStations, ...collectorAlarms()],
    byTag,
    partitions: [...stations.map((s) => s.id as string), 'network'],
  };
}
