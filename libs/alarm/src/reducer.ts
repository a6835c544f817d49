import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState } from './alarm';
import type { Change } from './change';
import { command, type AlarmCommand, type Reduction } from './commands';
import { elapse, observe, type Observation } from './observation';

/** Time passes. `now` is on our clock. */
export interface TickInput {
  readonly kind: 'tick';
  readonly now: Micros;
}

export type AlarmInput = Observation | TickInput | AlarmCommand;

/** The state machine of one alarm, ISA-18.2: pure, so that a journal can be played again. Its rules: SPEC.md. */
export function reduce(definition: AlarmDefinition, state: AlarmState, input: AlarmInput): Reduction {
  switch (input.kind) {
    case 'observation':
      return { ok: true, ...observe(definition, state, input) };
    case 'tick':
      return { ok: true, ...onTick(definition, state, input.now) };
    default:
      return command(definition, state, input);
  }
}

function onTick(definition: AlarmDefinition, state: AlarmState, now: Micros): Change {
  const passed = elapse(definition, state, now);
  const until = passed.state.shelvedUntil;
  if (until === null || now < until) return passed;
  const expired = command(definition, passed.state, {
    kind: 'unshelve',
    at: until,
    actor: null,
    comment: null,
  });
  return expired.ok ? { state: expired.state, events: [...passed.events, ...expired.events] } : passed;
}
