import type { Alarm, AlarmEvent } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import { randomUUID } from 'node:crypto';
import type { JournalEntry } from '../src/index';

export const T0 = 1_763_780_000_000_001 as Micros;
/** An active, unacknowledged low alarm of the gate station, but for what is said otherwise. */
export const alarm = (alarmId: string, more: Partial<Alarm> = {}): Alarm => ({
  alarmId,
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
  activeSince: T0,
  returnedAt: null,
  value: 0.25,
  limit: 0.28,
  unit: 'MPa',
  subject: null,
  noted: { station: null, dispatch: { by: 'x', at: T0, comment: '' } },
  letter: 'B',
  ...more,
});
/** Its raising, for the journal. */
export const entry = (state: Alarm, ownerEpoch = 1, eventId: string = randomUUID()): JournalEntry => ({
  event: {
    eventId,
    seq: null,
    at: T0,
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
  } satisfies AlarmEvent,
  pendingSince: (T0 + 5) as Micros,
  pendingReceivedAt: (T0 + 7) as Micros,
  pendingKind: 'off',
  ownerEpoch,
});
