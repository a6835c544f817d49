import type { Micros } from '@linepack/network';
import type { AlarmState, AlarmTransition, EventKind } from './alarm';

/** A state and what happened on the way to it. */
export interface Change {
  readonly state: AlarmState;
  readonly events: readonly AlarmTransition[];
}

export const changeOf = (state: AlarmState): Change => ({ state, events: [] });

type Said = Partial<Pick<AlarmTransition, 'position' | 'actor' | 'comment' | 'value' | 'limit' | 'quality'>>;

/** The change extended by one journal line that carries the state after it. */
export function happened(change: Change, kind: EventKind, at: Micros, state: AlarmState, said: Said): Change {
  const event: AlarmTransition = {
    kind,
    at,
    occurrence: state.occurrence,
    position: null,
    actor: null,
    comment: null,
    value: null,
    limit: null,
    quality: null,
    ...said,
    state,
  };
  return { state, events: [...change.events, event] };
}
