import type { Alarm, AlarmEvent } from '../src/index';

/** When what the examples tell of happened. */
export const EXAMPLE_AT = 1_763_780_000_000_001;

/** For tests: an active low pressure of the gate station that nobody has acknowledged, but for what is said otherwise. */
export const exampleAlarm = (more: Partial<Alarm> = {}): Alarm => ({
  alarmId: 'tag:gate.pt-1:L',
  partition: 'gate',
  stationId: 'gate',
  tagId: 1,
  areaId: null,
  sourceId: null,
  condition: 'L',
  class: 'process',
  priority: 1,
  name: { zh: '压力', en: 'Pressure' },
  occurrence: 1,
  active: true,
  acknowledged: false,
  latched: false,
  shelvedUntil: null,
  suppressedBy: null,
  outOfService: false,
  activeSince: EXAMPLE_AT,
  returnedAt: null,
  value: 0.25,
  limit: 0.28,
  unit: 'MPa',
  subject: null,
  noted: { station: null, dispatch: null },
  letter: 'B',
  ...more,
});

let serial = 0;

/** For tests: the transition that led to this state, not journalled yet; each with an id of its own. */
export const exampleEvent = (state: Alarm, more: Partial<AlarmEvent> = {}): AlarmEvent => ({
  eventId: `00000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`,
  seq: null,
  at: EXAMPLE_AT,
  alarmId: state.alarmId,
  partition: state.partition,
  occurrence: state.occurrence,
  kind: 'raised',
  position: null,
  actor: null,
  comment: null,
  value: state.value,
  limit: state.limit,
  quality: 0,
  state,
  ...more,
});
