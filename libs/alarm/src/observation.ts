import type { Micros } from '@linepack/network';
import { isMasked, type AlarmDefinition, type AlarmState, type Pending } from './alarm';
import { changeOf, happened, type Change } from './change';

/**
 * What an alarm's inputs say of its condition: it holds, it has ended, it is between the limit and the deadband (the
 * state stays what it is), or nothing usable is known of the inputs.
 */
export type Says = 'holds' | 'ended' | 'between' | 'unknown';

/** What was seen of a condition. Observations come in the order in which they hold; no stamp makes one old. */
export interface Observation {
  readonly kind: 'observation';
  readonly says: Says;
  /** Since when it is so, by the clock of whoever stamped it. */
  readonly at: Micros;
  /** When it was received, on our clock. */
  readonly receivedAt: Micros;
  /** Two `at` may be compared only within one clock session; null: with no other. */
  readonly clockSession: number | null;
  /**
   * When a new definition is what made us look, on our clock: what stood long before counts for the delay, but the
   * event does not stand before the definition. Null otherwise.
   */
  readonly definedAt: Micros | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly quality: number | null;
  readonly subject: string | null;
}

/** Fires the running delay when it was up at `now`, on our clock; the event stands at the moment it was up. */
export function elapse(definition: AlarmDefinition, state: AlarmState, now: Micros): Change {
  const { pending } = state;
  if (pending === null || pending.standing === 'unknown') return changeOf(state);
  return now - pending.receivedAt < delayOf(definition, pending.kind)
    ? changeOf(state)
    : fire(definition, changeOf(state), pending);
}

/** Takes one observation in: starts, keeps, ends or fires the delay towards the opposite state. */
export function observe(definition: AlarmDefinition, state: AlarmState, seen: Observation): Change {
  const before = fireWhatWasUp(definition, state, seen);
  if (seen.says === 'unknown') return doubted(before);
  const { active, pending } = before.state;
  const holds = seen.says === 'between' ? active : seen.says === 'holds';
  if (holds === active) {
    if (isOtherSubject(before.state, seen)) return fire(definition, before, begun(definition, 'raise', seen));
    return { ...before, state: { ...before.state, pending: null } };
  }
  const kind = holds ? 'raise' : 'return';
  const running =
    pending?.kind === kind ? continued(definition, pending, seen) : begun(definition, kind, seen);
  const waiting = { ...before, state: { ...before.state, pending: running } };
  return isUp(definition, running, seen) ? fire(definition, waiting, running) : waiting;
}

/** A delay that was up before this observation fires first, so that the outcome does not hang on when ticks come. */
const fireWhatWasUp = (definition: AlarmDefinition, state: AlarmState, seen: Observation): Change =>
  state.pending !== null && state.pending.standing === 'seen' && isUp(definition, state.pending, seen)
    ? fire(definition, changeOf(state), state.pending)
    : changeOf(state);

/**
 * Nothing usable is known. Doubt goes to the safe side: a delay towards raising waits for the next usable word and
 * counts the time between, one towards returning begins again.
 */
function doubted(before: Change): Change {
  const { pending } = before.state;
  const waiting: Pending | null = pending?.kind === 'raise' ? { ...pending, standing: 'unknown' } : null;
  return { ...before, state: { ...before.state, pending: waiting } };
}

function begun(definition: AlarmDefinition, kind: Pending['kind'], seen: Observation): Pending {
  const { at, receivedAt, clockSession, definedAt, value, limit, quality, subject } = seen;
  const later = definedAt === null ? 0 : Math.max(0, definedAt - delayOf(definition, kind) - receivedAt);
  return {
    kind,
    since: (at + later) as Micros,
    receivedAt: (receivedAt + later) as Micros,
    clockSession,
    standing: 'seen',
    value,
    limit,
    quality,
    subject,
  };
}

/**
 * The condition is seen to hold on. The smallest way from the source to us that was seen tells best when the delay began
 * on our clock.
 */
function continued(definition: AlarmDefinition, pending: Pending, seen: Observation): Pending {
  const { value, limit, quality, subject } = seen;
  const told = { ...pending, standing: 'seen' as const, value, limit, quality, subject };
  if (isDoubtOver(definition, pending, seen))
    return { ...told, ...beginningAt(definition, pending.kind, seen) };
  if (!isSameClock(pending, seen)) return told;
  const began = pending.since + (seen.receivedAt - seen.at);
  return { ...told, receivedAt: Math.min(pending.receivedAt, began) as Micros };
}

/** A delay ran out while its inputs said nothing usable: that it is up is known from now on, and not from before. */
const isDoubtOver = (definition: AlarmDefinition, pending: Pending, seen: Observation): boolean =>
  pending.standing === 'unknown' && pending.clockSession !== null && isUp(definition, pending, seen);

/** Such a beginning that the delay is up with this observation. */
function beginningAt(
  definition: AlarmDefinition,
  kind: Pending['kind'],
  { at, receivedAt, clockSession }: Observation,
): Pick<Pending, 'since' | 'receivedAt' | 'clockSession'> {
  const delay = delayOf(definition, kind);
  return { since: (at - delay) as Micros, receivedAt: (receivedAt - delay) as Micros, clockSession };
}

/** By the source's clock within its session, by ours across sessions. */
const isUp = (definition: AlarmDefinition, pending: Pending, seen: Observation): boolean =>
  (isSameClock(pending, seen) ? seen.at - pending.since : seen.receivedAt - pending.receivedAt) >=
  delayOf(definition, pending.kind);

const isSameClock = (pending: Pending, seen: Observation): boolean =>
  pending.clockSession !== null && pending.clockSession === seen.clockSession;

/**
 * Another subject while active is a new occurrence: yesterday's loss is not today's. An alarm stored before subjects
 * were has none; then the time tells: the same beginning is the same occurrence.
 */
function isOtherSubject(state: AlarmState, seen: Observation): boolean {
  if (seen.says !== 'holds' || seen.subject === null) return false;
  return state.subject === null ? seen.at !== state.activeSince : seen.subject !== state.subject;
}

const delayOf = (definition: AlarmDefinition, kind: Pending['kind']): number =>
  kind === 'raise' ? definition.onDelay : definition.offDelay;

function fire(definition: AlarmDefinition, before: Change, pending: Pending): Change {
  const at = (pending.since + delayOf(definition, pending.kind)) as Micros;
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
  pending: null,
});
