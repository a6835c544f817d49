import type { AlarmDefinition, AlarmState } from './alarm';
import type { Change } from './change';
import { begun, narrowed, wasUp } from './delay';
import type { Observation } from './observation';
import { fire } from './occurrence';
import { pass } from './passing';

/** Takes one observation in: starts, keeps, ends or fires the delay towards the opposite state. */
export function observe(definition: AlarmDefinition, state: AlarmState, seen: Observation): Change {
  const known = state.pending === null ? state : { ...state, pending: narrowed(state.pending, seen) };
  const before = pass(definition, known, seen.receivedAt, (pending) => wasUp(definition, pending, seen));
  if (seen.says === 'unknown') return doubted(before);
  const { active, pending } = before.state;
  const holds = seen.says === 'neither' ? active : seen.says === 'holds';
  if (holds === active) {
    if (isOtherSubject(before.state, seen)) return fire(definition, before, begun(definition, 'raise', seen));
    return { ...before, state: { ...before.state, pending: null } };
  }
  const kind = holds ? 'raise' : 'return';
  const { value, limit, quality, subject } = seen;
  const running =
    pending?.kind === kind
      ? { ...pending, standing: 'seen' as const, value, limit, quality, subject }
      : begun(definition, kind, seen);
  const waiting = { ...before, state: { ...before.state, pending: running } };
  return wasUp(definition, running, seen) ? fire(definition, waiting, running) : waiting;
}

/**
 * Nothing usable is known, and what was known last stands. Doubt goes to the safe side: a delay towards raising runs on,
 * one towards returning begins again with the next usable word.
 */
function doubted(before: Change): Change {
  const { pending } = before.state;
  const running = pending?.kind === 'raise' ? { ...pending, standing: 'seen' as const } : null;
  return { ...before, state: { ...before.state, pending: running } };
}

/**
 * Another subject while active is a new occurrence: yesterday's loss is not today's. An alarm stored before subjects
 * were has none; then the time tells: the same beginning is the same occurrence.
 */
function isOtherSubject(state: AlarmState, seen: Observation): boolean {
  if (seen.says !== 'holds' || seen.subject === null) return false;
  return state.subject === null ? seen.at !== state.activeSince : seen.subject !== state.subject;
}
