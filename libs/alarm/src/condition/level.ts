import type { LocalName, Micros, OUR_CLOCK } from '@linepack/network';
import { ACKNOWLEDGED_BY, PRIORITY, type AlarmDefinition, type AlarmClass, type Condition } from '../alarm';
import type { Observation } from '../observation';

/** A condition that is found outside the alarms, as it stands now: a silent source, a closed day's loss. */
export interface Level {
  readonly says: Observation['says'];
  /** Since when, by the clock of whoever found it. */
  readonly at: Micros;
  /** `OUR_CLOCK` when we found it; null for a clock of which nothing is known. */
  readonly clockSession: typeof OUR_CLOCK | null;
  /** When we were told, on our clock. */
  readonly receivedAt: Micros;
  readonly value: number | null;
  readonly limit: number | null;
  readonly subject: string | null;
}

export const levelObservation = (level: Level): Observation => ({
  kind: 'observation',
  ...level,
  definedAt: null,
  quality: null,
});

type Identity = Pick<AlarmDefinition, 'alarmId' | 'partition' | 'stationId' | 'areaId' | 'sourceId' | 'name'>;

/** The definition of an alarm whose condition comes as a level: no limit of its own, no delays but those given. */
export const levelAlarm = (
  identity: Identity,
  kind: { readonly class: AlarmClass; readonly condition: Condition },
  more: Partial<Pick<AlarmDefinition, 'onDelay' | 'offDelay' | 'unit' | 'limit'>> = {},
): AlarmDefinition => ({
  tagId: null,
  unit: '',
  limit: null,
  deadband: 0,
  onDelay: 0,
  offDelay: 0,
  latching: 'returnsByItself',
  priority: PRIORITY[kind.condition],
  acknowledgedBy: ACKNOWLEDGED_BY[kind.class],
  ...identity,
  ...kind,
  ...more,
});

export interface AlarmedSource {
  readonly id: string;
  readonly name: LocalName;
  /** The one station that it feeds; null when it feeds several. */
  readonly stationId: string | null;
}

/**
 * A source's alarms belong with the network, whatever it feeds: an alarm that moved to another partition when its source
 * comes to feed another station would have another owner, who knows neither its occurrence nor who has noted it.
 */
export const sourceIdentity = ({ id, name, stationId }: AlarmedSource, condition: Condition): Identity => ({
  alarmId: `source:${id}:${condition}`,
  partition: 'network',
  stationId,
  areaId: null,
  sourceId: id,
  name,
});

export interface AlarmedStation {
  readonly id: string;
  readonly name: LocalName;
}

export const stationIdentity = ({ id, name }: AlarmedStation, condition: Condition): Identity => ({
  alarmId: `station:${id}:${condition}`,
  partition: id,
  stationId: id,
  areaId: null,
  sourceId: null,
  name,
});
