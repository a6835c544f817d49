import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState } from './alarm';
import type { Observation } from './observation';

/** How a state contradicts its condition: it is active though the condition ended, or not though it holds. */
export type Disagreement = 'activeWithoutCondition' | 'conditionWithoutAlarm';

/**
 * Whether an alarm's state is what its condition says of the present values, delays applied. Null when it is, or when
 * the inputs say nothing. Where the states differ a delay must be running towards the condition, and not be overdue.
 *
 * @param now on our clock
 * @param tolerance microseconds a delay may be overdue: time passes for alarms in ticks
 */
export function disagreement(
  definition: AlarmDefinition,
  state: AlarmState,
  seen: Observation,
  now: Micros,
  tolerance: number,
): Disagreement | null {
  if (state.outOfService || seen.says === 'unknown' || seen.says === 'neither') return null;
  const holds = seen.says === 'holds';
  if (holds === state.active) return null;
  const { pending } = state;
  const delay = holds ? definition.onDelay : definition.offDelay;
  const waits =
    pending !== null &&
    pending.kind === (holds ? 'raise' : 'return') &&
    pending.standing === 'seen' &&
    now - pending.receivedAt < delay + tolerance;
  if (waits) return null;
  return holds ? 'conditionWithoutAlarm' : 'activeWithoutCondition';
}
