import type { Alarm } from '@linepack/contracts';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import { randomUUID } from 'node:crypto';

/** An active high pressure of the station, but for what is said otherwise. */
export const alarmNamed = (partition: string, more: Partial<Alarm> = {}): Alarm => ({
  alarmId: `tag:${partition}.p:H`,
  partition,
  stationId: partition,
  tagId: 1,
  areaId: null,
  sourceId: null,
  condition: 'H',
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
  activeSince: 1_800_000_000_000_000,
  returnedAt: null,
  value: 4.5,
  limit: 4,
  unit: 'MPa',
  subject: null,
  noted: { station: null, dispatch: null },
  letter: 'B',
  ...more,
});

const NO_DELAY = { pendingSince: null, pendingReceivedAt: null, pendingKind: null };

export const storedOf = (alarm: Alarm, ownerEpoch: number): StoredAlarm => ({
  alarm,
  ownerEpoch,
  ...NO_DELAY,
});

/** The event that led to this state, for the journal. */
export const entryOf = (state: Alarm, ownerEpoch: number): JournalEntry => ({
  event: {
    eventId: randomUUID(),
    seq: null,
    at: state.activeSince ?? 0,
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
  },
  ownerEpoch,
  ...NO_DELAY,
});
