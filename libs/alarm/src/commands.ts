import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState, AlarmTransition, EventKind, Position } from './alarm';
import { changeOf, happened } from './change';
import { unmasked } from './occurrence';

interface By {
  readonly at: Micros;
  /** Null when logic or the end of a term did it, not a person. */
  readonly actor: string | null;
  readonly comment: string | null;
}

export interface AcknowledgeCommand {
  readonly kind: 'acknowledge';
  readonly at: Micros;
  readonly occurrence: number;
  readonly position: Position;
  readonly actor: string;
  readonly comment: string;
}

export type AlarmCommand =
  | AcknowledgeCommand
  | (By & { readonly kind: 'reset' })
  | (By & { readonly kind: 'shelve'; readonly until: Micros })
  | (By & { readonly kind: 'unshelve' })
  | (By & { readonly kind: 'suppress'; readonly by: string })
  | (By & { readonly kind: 'unsuppress' })
  | (By & { readonly kind: 'outOfService' })
  | (By & { readonly kind: 'inService' });

export type CommandFault =
  | 'otherOccurrence'
  | 'nothingToAcknowledge'
  | 'nothingToReset'
  | 'stillActive'
  | 'termIsOver'
  | 'notShelved'
  | 'notSuppressed'
  | 'notOutOfService';

export type Reduction =
  | { readonly ok: true; readonly state: AlarmState; readonly events: readonly AlarmTransition[] }
  | { readonly ok: false; readonly fault: CommandFault; readonly detail: string };

const refused = (fault: CommandFault, detail: string): Reduction => ({ ok: false, fault, detail });

/** An operator's command, or logic in an operator's place. A command that does not fit the state is a value, not a throw. */
export function command(definition: AlarmDefinition, state: AlarmState, input: AlarmCommand): Reduction {
  switch (input.kind) {
    case 'acknowledge':
      return acknowledge(definition, state, input);
    case 'reset':
      return reset(state, input);
    case 'shelve':
      if (input.until <= input.at) return refused('termIsOver', 'until: expected a time after the command');
      return put(state, input, 'shelved', { shelvedUntil: input.until });
    case 'suppress':
      return put(state, input, 'suppressed', { suppressedBy: input.by });
    case 'outOfService':
      return put(state, input, 'outOfService', { outOfService: true });
    case 'unshelve':
      if (state.shelvedUntil === null) return refused('notShelved', 'the alarm is not shelved');
      return put(state, input, 'unshelved', unmasked(definition, state, { shelvedUntil: null }));
    case 'unsuppress':
      if (state.suppressedBy === null) return refused('notSuppressed', 'the alarm is not suppressed');
      return put(state, input, 'unsuppressed', unmasked(definition, state, { suppressedBy: null }));
    case 'inService':
      if (!state.outOfService) return refused('notOutOfService', 'the alarm is in service');
      return put(state, input, 'inService', unmasked(definition, state, { outOfService: false }));
  }
}

/**
 * Each position notes the occurrence for itself, once; the definition's position moves the ISA state (B→C, D→A). It is
 * allowed while the condition is active, and after the return.
 */
function acknowledge(definition: AlarmDefinition, state: AlarmState, input: AcknowledgeCommand): Reduction {
  const { position, actor, at, comment } = input;
  if (state.occurrence === 0) return refused('nothingToAcknowledge', 'the alarm has never been raised');
  if (input.occurrence !== state.occurrence)
    return refused(
      'otherOccurrence',
      `occurrence: expected ${state.occurrence}, the present one, found ${input.occurrence}`,
    );
  const earlier = state.noted[position];
  if (earlier !== null)
    return refused('nothingToAcknowledge', `${earlier.by} has already acknowledged it at this position`);
  const next: AlarmState = {
    ...state,
    acknowledged: state.acknowledged || position === definition.acknowledgedBy,
    noted: { ...state.noted, [position]: { by: actor, at, comment } },
  };
  return { ok: true, ...happened(changeOf(state), 'acknowledged', at, next, { position, actor, comment }) };
}

function reset(state: AlarmState, input: By): Reduction {
  if (!state.latched) return refused('nothingToReset', 'the alarm is not latched');
  if (state.active) return refused('stillActive', 'the condition still holds');
  return put(state, input, 'reset', { latched: false });
}

function put(state: AlarmState, input: By, kind: EventKind, changed: Partial<AlarmState>): Reduction {
  const { at, actor, comment } = input;
  return { ok: true, ...happened(changeOf(state), kind, at, { ...state, ...changed }, { actor, comment }) };
}
