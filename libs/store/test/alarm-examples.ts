import type { Alarm } from '@linepack/contracts';
import { EXAMPLE_AT, exampleAlarm, exampleEvent } from '@linepack/contracts/testing';
import type { Micros } from '@linepack/network';
import { randomUUID } from 'node:crypto';
import type { JournalEntry } from '../src/index';

export const T0 = EXAMPLE_AT as Micros;
/** An active, unacknowledged low alarm of the gate station, but for what is said otherwise. */
export const alarm = (alarmId: string, more: Partial<Alarm> = {}): Alarm =>
  exampleAlarm({ alarmId, noted: { station: null, dispatch: { by: 'x', at: T0, comment: '' } }, ...more });
/** Its raising, for the journal. */
export const entry = (state: Alarm, ownerEpoch = 1, eventId: string = randomUUID()): JournalEntry => ({
  event: exampleEvent(state, { eventId }),
  pendingSince: (T0 + 5) as Micros,
  pendingReceivedAt: (T0 + 7) as Micros,
  pendingKind: 'off',
  ownerEpoch,
});
