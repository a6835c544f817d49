import type { Micros } from '@linepack/network';
import { isMasked, type AlarmDefinition, type AlarmState, type Pending } from './alarm';
import { changeOf, happened, type Change } from './change';

/** What was seen of the condition at a source time. */
export interface Observation {
  readonly at: Micros;
  readonly holds: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  readonly quality: number | null;
  readonly subject: string | null;
}

/** Fires the running delay when it was up at `now`; the event stands at the moment it was up, not at `now`. */
export function elapse(definition: AlarmDefinition, state: AlarmState, now: Micros): Change {
  const { pending } = state;
  if (pending === null || now - pending.since < delayOf(definition, pending)) return changeOf(state);
  return fire(definition, changeOf(state), pending);
}

/** Takes one observation in: starts, keeps, ends or fires the delay towards the opposite state. */
export function observe(definition: AlarmDefinition, before: Change, seen: Observation): Change {
  const state = { ...before.state, observedAt: seen.at };
  const { at, value, limit, quality, subject } = seen;
  const kind = seen.holds ? 'raise' : 'return';
  if (seen.holds === state.active) {
    if (isOtherSubject(state, seen))
      return fire(definition, { ...before, state }, { kind, since: at, value, limit, quality, subject });
    return { ...before, state: { ...state, pending: null, subject: seen.holds ? subject : null } };
  }
  const since = state.pending?.kind === kind ? state.pending.since : at;
  const pending: Pending = { kind, since, value, limit, quality, subject };
  const waiting = { ...before, state: { ...state, pending } };
  return at - since < delayOf(definition, pending) ? waiting : fire(definition, waiting, pending);
}

/**
 * Another subject while active is a new occurrence: yesterday's loss is not today's. After a restart the subject is not
 * known; then the time tells: the same beginning is the same occurrence.
 */
function isOtherSubject(state: AlarmState, seen: Observation): boolean {
  if (!seen.holds || seen.subject === null) return false;
  return state.subject === null ? seen.at !== state.activeSince : seen.subject !== state.subject;
}

const delayOf = (definition: AlarmDefinition, pending: Pending): number =>
  pending.kind === 'raise' ? definition.onDelay : definition.offDelay;

function fire(definition: AlarmDefinition, before: Change, pending: Pending): Change {
  const at = (pending.since + delayOf(definition, pending)) as Micros;
  const { value, limit, quality } = pending;
  const state =
    pending.kind === 'raise' ? raised(definition, before.state, pending) : returned(before.state, at);
  return happened(before, pending.kind === 'raise' ? 'raised' : 'returned', at, state, {
    value,
    limit,
    quality,
  });
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

const returned = (state: AlarmState, at: Micros): AlarmState => ({
  ...state,
  active: false,
  returnedAt: at,
  subject: null,
  pending: null,
});
