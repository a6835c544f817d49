import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState, Pending } from './alarm';
import { changeOf, happened, type Change } from './change';
import { upAt } from './delay';
import { fire, unmasked } from './occurrence';

/** What was due by `now`, on our clock. */
export const elapse = (definition: AlarmDefinition, state: AlarmState, now: Micros): Change =>
  pass(definition, state, now, (pending) => now >= upAt(definition, pending));

/**
 * What was due before something else happens at `now`: the delay that was up, the shelving that was over, in the order of
 * their moments. So the outcome does not hang on when time is looked at.
 */
export function pass(
  definition: AlarmDefinition,
  state: AlarmState,
  now: Micros,
  wasUp: (pending: Pending) => boolean,
): Change {
  const { pending, shelvedUntil } = state;
  const up = pending !== null && pending.standing === 'seen' && wasUp(pending) ? pending : null;
  const over = shelvedUntil !== null && shelvedUntil <= now ? shelvedUntil : null;
  const fired = (before: Change): Change => (up === null ? before : fire(definition, before, up));
  const unshelved = (before: Change): Change =>
    over === null
      ? before
      : happened(before, 'unshelved', over, unmasked(definition, before.state, { shelvedUntil: null }), {});
  const isOverFirst = up !== null && over !== null && over < upAt(definition, up);
  return isOverFirst ? fired(unshelved(changeOf(state))) : unshelved(fired(changeOf(state)));
}
