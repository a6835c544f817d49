import type { Alarm } from '@linepack/contracts';
import { exampleAlarm, exampleEvent } from '@linepack/contracts/testing';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import { randomUUID } from 'node:crypto';

/** An active high pressure of the station, but for what is said otherwise. */
export const alarmNamed = (partition: string, more: Partial<Alarm> = {}): Alarm =>
  exampleAlarm({
    alarmId: `tag:${partition}.p:H`,
    partition,
    stationId: partition,
    condition: 'H',
    value: 4.5,
    limit: 4,
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
  event: exampleEvent(state, { eventId: randomUUID(), at: state.activeSince ?? 0 }),
  ownerEpoch,
  ...NO_DELAY,
});
