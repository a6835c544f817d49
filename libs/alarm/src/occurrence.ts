import type { Micros } from '@linepack/network';
import { isMasked, type AlarmDefinition, type AlarmState, type Pending } from './alarm';
import { happened, type Change } from './change';
import { delayOf } from './delay';

/** A delay is up: the alarm is raised or returns, at that moment by the clock that stamped its beginning. */
export function fire(definition: AlarmDefinition, before: Change, pending: Pending): Change {
  const at = (pending.since + delayOf(definition, pending.kind)) as Micros;
  const { value, limit, quality } = pending;
  return pending.kind === 'raise'
    ? happened(before, 'raised', at, raised(definition, before.state, pending), { value, limit, quality })
    : happened(before, 'returned', at, returned(before.state, at), { value, limit, quality });
}

/**
 * A new occurrence. Under a mask nobody is called: it neither asks for an acknowledgement nor takes away one that an
 * earlier occurrence still asks for. Leaving the mask while it is active asks.
 */
function raised(definition: AlarmDefinition, state: AlarmState, pending: Pending): AlarmState {
  const masked = isMasked(state);
  return {
    ...state,
    occurrence: state.occurrence + 1,
    active: true,
    acknowledged: masked ? state.acknowledged : false,
    latched: masked ? state.latched : definition.latching === 'operatorResets',
    activeSince: pending.since,
    returnedAt: null,
    value: pending.value,
    limit: pending.limit,
    noted: { station: null, dispatch: null },
    subject: pending.subject,
    pending: null,
  };
}

export const returned = (state: AlarmState, at: Micros): AlarmState => ({
  ...state,
  active: false,
  returnedAt: at,
  pending: null,
});

/** The state without a mask. When it was the last and the condition holds, somebody is asked again. */
export function unmasked(
  definition: AlarmDefinition,
  state: AlarmState,
  mask: Partial<Pick<AlarmState, 'shelvedUntil' | 'suppressedBy' | 'outOfService'>>,
): AlarmState {
  const open: AlarmState = { ...state, ...mask };
  if (isMasked(open) || !open.active) return open;
  return {
    ...open,
    acknowledged: false,
    latched: open.latched || definition.latching === 'operatorResets',
    noted: { station: null, dispatch: null },
  };
}
