import type { Micros } from '@linepack/network';
import type { AlarmDefinition, AlarmState } from './alarm';
import { command, type AlarmCommand, type Reduction } from './commands';
import { isLimitCondition, standingOf } from './limits';
import { changeOf, type Change } from './change';
import { observe, elapse } from './observation';

/** A process value of the alarm's tag. `quality` is an OPC UA StatusCode as int32: negative is Bad. */
export interface ValueInput {
  readonly kind: 'value';
  readonly at: Micros;
  readonly value: number | null;
  readonly quality: number;
}

/** A condition found elsewhere: a silent source, a closed day's loss. */
export interface ConditionInput {
  readonly kind: 'condition';
  readonly at: Micros;
  readonly active: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  readonly subject: string | null;
}

/** Time passes. `now` is in the clock of the observations: the caller takes the source's lag off its own clock. */
export interface TickInput {
  readonly kind: 'tick';
  readonly now: Micros;
}

export type AlarmInput = ValueInput | ConditionInput | TickInput | AlarmCommand;

const done = (change: Change): Reduction => ({ ok: true, ...change });

/**
 * The state machine of one alarm, ISA-18.2: pure, so that a journal can be played again.
 *
 * - A→B when the condition has held for the on-delay; back (B→D, C→A) when the value has been inside by the deadband
 *   for the off-delay. Delays run in source time; a running delay that was up before a later observation fires first,
 *   at its own time, so that the outcome does not hang on when ticks come. In between, the last observation holds.
 * - A Bad value neither raises nor returns: it says nothing. It also ends a running delay, because the condition is no
 *   longer seen to hold; the delay begins again with the next usable value. Uncertain values count.
 * - An observation older than the newest one is ignored: late data does not change the present.
 * - D→B, and any raise, is a new occurrence. An acknowledgement names its occurrence.
 */
export function reduce(definition: AlarmDefinition, state: AlarmState, input: AlarmInput): Reduction {
  switch (input.kind) {
    case 'value':
      return done(onValue(definition, state, input));
    case 'condition':
      return done(onCondition(definition, state, input));
    case 'tick':
      return done(onTick(definition, state, input.now));
    default:
      return command(definition, state, input);
  }
}

function onValue(definition: AlarmDefinition, state: AlarmState, input: ValueInput): Change {
  if (isOld(state, input.at)) return changeOf(state);
  const before = elapse(definition, state, input.at);
  const { value, quality, at } = input;
  const { condition, limit, deadband } = definition;
  if (value === null || quality < 0 || limit === null || !isLimitCondition(condition))
    return { ...before, state: { ...before.state, pending: null, observedAt: at } };
  const standing = standingOf(condition, limit, deadband, value);
  const holds = standing === 'between' ? before.state.active : standing === 'beyond';
  return observe(definition, before, { at, holds, value, limit, quality, subject: null });
}

function onCondition(definition: AlarmDefinition, state: AlarmState, input: ConditionInput): Change {
  if (isOld(state, input.at)) return changeOf(state);
  const before = elapse(definition, state, input.at);
  const { at, active: holds, value, limit, subject } = input;
  return observe(definition, before, { at, holds, value, limit, quality: null, subject });
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

const isOld = (state: AlarmState, at: Micros): boolean => state.observedAt !== null && at < state.observedAt;
