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

/**
 * Whether what is told of a loss is news, by its teller's count. His clock says nothing of the order: it may be set, and
 * a broker may send again what was told before.
 * @param known the count of what was told last, if anything was
 */
export const isNews = (order: number, known: number | undefined): boolean =>
  known === undefined || order > known;
