import type { AlarmDefinition } from '../alarm';
import { levelAlarm } from './level';

/** The alarm of a closed gas day's loss, which scheduled work found. Its subject is the gas day. */
export function lossAlarm(
  partition: string,
  found: Pick<AlarmDefinition, 'alarmId' | 'areaId' | 'stationId' | 'priority' | 'name' | 'unit'>,
): AlarmDefinition {
  const { alarmId, areaId, stationId, priority, name, unit } = found;
  const identity = { alarmId, partition, areaId, stationId, sourceId: null, name };
  return { ...levelAlarm(identity, { class: 'loss', condition: 'loss' }, { unit }), priority };
}
