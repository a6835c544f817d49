import type { StoredAlarm } from '@linepack/store';
import type { Unwritten } from './alarm-partition';

const stateIn = (one: Unwritten): StoredAlarm => {
  if (!('event' in one)) return one;
  const { event, ...delay } = one;
  return { alarm: event.state, ...delay };
};

export const partitionsOf = (waiting: readonly Unwritten[]): ReadonlySet<string> =>
  new Set(waiting.map((one) => stateIn(one).alarm.partition));

/** What waits of one partition under one epoch: what an earlier owner left is evidence, never state. */
export const entriesOf = (waiting: readonly Unwritten[], partition: string, epoch: number): Unwritten[] =>
  waiting.filter((one) => one.ownerEpoch === epoch && stateIn(one).alarm.partition === partition);

/** The states after what waits, oldest first. */
export function statesAfter(states: readonly StoredAlarm[], waiting: readonly Unwritten[]): StoredAlarm[] {
  const now = new Map(states.map((one) => [one.alarm.alarmId, one]));
  for (const state of waiting.map(stateIn)) now.set(state.alarm.alarmId, state);
  return [...now.values()];
}
