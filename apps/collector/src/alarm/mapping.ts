import {
  NORMAL,
  letterOf,
  type AlarmDefinition,
  type AlarmState,
  type AlarmTransition,
  type Pending,
} from '@linepack/alarm';
import type { Alarm, AlarmEvent } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { StoredAlarm } from '@linepack/store';

/*
 * Between the alarm library's words and those of the bus and the journal: field by field the same, but the library
 * keeps definition and state apart and the messages carry them together.
 */

export function alarmOf(definition: AlarmDefinition, state: AlarmState): Alarm {
  return {
    alarmId: definition.alarmId,
    partition: definition.partition,
    stationId: definition.stationId,
    tagId: definition.tagId,
    areaId: definition.areaId,
    sourceId: definition.sourceId,
    condition: definition.condition,
    class: definition.class,
    priority: definition.priority,
    name: definition.name,
    unit: definition.unit,
    occurrence: state.occurrence,
    active: state.active,
    acknowledged: state.acknowledged,
    latched: state.latched,
    shelvedUntil: state.shelvedUntil,
    suppressedBy: state.suppressedBy,
    outOfService: state.outOfService,
    activeSince: state.activeSince,
    returnedAt: state.returnedAt,
    value: state.value,
    limit: state.limit,
    subject: state.subject,
    noted: state.noted,
    letter: letterOf(state),
  };
}

/** The delay that runs, as it is stored beside the alarm. */
export const pendingFields = ({ pending }: AlarmState) => ({
  pendingSince: pending?.since ?? null,
  pendingReceivedAt: pending?.receivedAt ?? null,
  pendingKind: pending?.kind ?? null,
});

/** The state as it was stored. A delay goes on when the next word says that the condition held all along. */
export const stateOf = (stored: StoredAlarm): AlarmState => {
  const { alarm } = stored;
  return {
    ...NORMAL,
    occurrence: alarm.occurrence,
    active: alarm.active,
    acknowledged: alarm.acknowledged,
    latched: alarm.latched,
    shelvedUntil: alarm.shelvedUntil as Micros | null,
    suppressedBy: alarm.suppressedBy,
    outOfService: alarm.outOfService,
    activeSince: alarm.activeSince as Micros | null,
    returnedAt: alarm.returnedAt as Micros | null,
    value: alarm.value,
    limit: alarm.limit,
    // Stored before alarms had subjects it is missing.
    subject: (alarm as Partial<Alarm>).subject ?? null,
    noted: alarm.noted as AlarmState['noted'],
    pending: pendingOf(stored),
  };
};

/** Null when none ran, or one towards the state that is there. Its clock session ended with whoever saw it begin. */
function pendingOf({ alarm, pendingSince, pendingReceivedAt, pendingKind }: StoredAlarm): Pending | null {
  if (pendingSince === null || pendingKind !== (alarm.active ? 'return' : 'raise')) return null;
  return {
    kind: pendingKind,
    since: pendingSince,
    // Stored before the receipt was kept beside the source time.
    receivedAt: pendingReceivedAt ?? pendingSince,
    clockSession: null,
    standing: 'unknown',
    value: null,
    limit: null,
    quality: null,
    subject: null,
  };
}

/** What a stored alarm was about, for one that nothing defines any more: it can still be acknowledged. */
export const definitionOf = (
  alarm: Alarm,
  acknowledgedBy: AlarmDefinition['acknowledgedBy'],
): AlarmDefinition => ({
  alarmId: alarm.alarmId,
  partition: alarm.partition,
  stationId: alarm.stationId,
  tagId: alarm.tagId,
  areaId: alarm.areaId,
  sourceId: alarm.sourceId,
  condition: alarm.condition,
  class: alarm.class,
  priority: alarm.priority,
  name: alarm.name,
  unit: alarm.unit,
  limit: null,
  deadband: 0,
  onDelay: 0,
  offDelay: 0,
  latching: 'returnsByItself',
  acknowledgedBy,
});

export const eventOf = (
  eventId: string,
  definition: AlarmDefinition,
  { state, ...transition }: AlarmTransition,
): AlarmEvent => ({
  eventId,
  seq: null,
  alarmId: definition.alarmId,
  partition: definition.partition,
  ...transition,
  state: alarmOf(definition, state),
});
