import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState, Pending } from './alarm';
import { happened, type Change } from './change';
import { isLimitCondition, limitSays } from './condition/limit';
import { notUpBefore } from './delay';
import { returned } from './occurrence';
import { elapse } from './passing';

/**
 * Another definition holds from `now` on, our clock; until then the old one decides. A delay towards raising goes on when
 * what was known last holds by the new one, and is not up before it; one towards returning begins again with the inputs
 * as they stand, which are judged next.
 */
export function redefined(
  before: AlarmDefinition,
  after: AlarmDefinition,
  state: AlarmState,
  now: Micros,
): Change {
  const passed = elapse(before, state, now);
  const { pending } = passed.state;
  const goesOn = pending?.kind === 'raise' && holdsBy(after, pending);
  const running = goesOn ? { ...notUpBefore(after, pending, now), limit: after.limit } : null;
  return { ...passed, state: { ...passed.state, pending: running } };
}

/** Nothing defines the alarm any more from `now` on: its delay ends, and it returns. */
export function withdrawn(definition: AlarmDefinition, state: AlarmState, now: Micros): Change {
  const passed = elapse(definition, state, now);
  return passed.state.active
    ? happened(passed, 'returned', now, returned(passed.state, now), {})
    : { ...passed, state: { ...passed.state, pending: null } };
}

/** Of a delay that an earlier process began the value is not known: it waits for the next word. */
const holdsBy = (definition: AlarmDefinition, { value }: Pending): boolean =>
  value === null || !isLimitCondition(definition.condition) || limitSays(definition, value, 0) === 'holds';
