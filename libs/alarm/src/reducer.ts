import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState } from './alarm';
import { command, type AlarmCommand, type Reduction } from './commands';
import type { Observation } from './observation';
import { observe } from './observe';
import { elapse } from './passing';

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
      return { ok: true, ...elapse(definition, state, input.now) };
    default: {
      const passed = elapse(definition, state, input.at);
      const result = command(definition, passed.state, input);
      return result.ok ? { ...result, events: [...passed.events, ...result.events] } : result;
    }
  }
}
