import { isMisplaced, takesBack, type JournalEntry, type StoredAlarm } from '@linepack/store';

/** What waits for the database: an event, or a state that changed without one. */
export type Unwritten = JournalEntry | StoredAlarm;

const stateIn = (one: Unwritten): StoredAlarm => {
  if (!('event' in one)) return one;
  const { event, ...delay } = one;
  return { alarm: event.state, ...delay };
};

export const partitionsOf = (waiting: readonly Unwritten[]): ReadonlySet<string> =>
  new Set(waiting.map((one) => stateIn(one).alarm.partition));

/** What waits of one partition under one epoch: what an earlier owner left is evidence, never state. */
export const entriesOf = (waiting: readonly Unwritten[], partition: string, epoch: number): Unwritten[] =>
  waiting.flatMap((one) => {
    const state = stateIn(one);
    if (isMisplaced(state.alarm)) return partition === 'network' ? [ofNetwork(state, epoch)] : [];
    return one.ownerEpoch === epoch && state.alarm.partition === partition ? [one] : [];
  });

/** What a former version kept with a station: its epochs were the station's, but an occurrence never goes back. */
export const ofNetwork = ({ alarm, ...delay }: StoredAlarm, ownerEpoch: number): StoredAlarm => ({
  ...delay,
  alarm: { ...alarm, partition: 'network' },
  ownerEpoch,
});

/**
 * The states after what waits, oldest first. What an older owner left is no state; and what waits may have been written
 * already, with more after it: a spool comes again after a crash, and one that could not be read comes late.
 */
export function statesAfter(states: readonly StoredAlarm[], waiting: readonly Unwritten[]): StoredAlarm[] {
  const now = new Map(states.map((one) => [one.alarm.alarmId, one]));
  for (const state of waiting.map(stateIn)) {
    const known = now.get(state.alarm.alarmId);
    if (!known || isAfter(state, known)) now.set(state.alarm.alarmId, state);
  }
  return [...now.values()];
}

const isAfter = (state: StoredAlarm, known: StoredAlarm): boolean =>
  state.ownerEpoch === known.ownerEpoch
    ? !takesBack(state.alarm, known.alarm)
    : state.ownerEpoch > known.ownerEpoch;
