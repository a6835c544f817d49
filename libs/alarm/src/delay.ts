import { OUR_CLOCK, type Micros } from '@linepack/network';
import type { AlarmDefinition, Pending } from './alarm';
import type { Observation } from './observation';

/* The arithmetic of a delay that runs: when it began by two clocks, and when it is up. */

export const delayOf = (definition: AlarmDefinition, kind: Pending['kind']): number =>
  kind === 'raise' ? definition.onDelay : definition.offDelay;

/** A delay that begins with what was seen. */
export function begun(definition: AlarmDefinition, kind: Pending['kind'], seen: Observation): Pending {
  const { at, receivedAt, clockSession, definedAt, value, limit, quality, subject } = seen;
  const since = { since: at, receivedAt, clockSession };
  const pending = { kind, ...since, standing: 'seen' as const, value, limit, quality, subject };
  return definedAt === null ? pending : notUpBefore(definition, pending, definedAt);
}

/** A delay that is up no sooner than a moment on our clock: an event does not stand before what made it true. */
export function notUpBefore(definition: AlarmDefinition, pending: Pending, moment: Micros): Pending {
  const by = Math.max(0, moment - upAt(definition, pending));
  return {
    ...pending,
    since: (pending.since + by) as Micros,
    receivedAt: (pending.receivedAt + by) as Micros,
  };
}

/** When it is up, on our clock. */
export const upAt = (definition: AlarmDefinition, { kind, receivedAt }: Pending): Micros =>
  (receivedAt + delayOf(definition, kind)) as Micros;

/** Whether it was up when this was seen: by the source's clock within its session, by ours across sessions. */
export const wasUp = (definition: AlarmDefinition, pending: Pending, seen: Observation): boolean =>
  (isSameClock(pending, seen) ? seen.at - pending.since : seen.receivedAt - pending.receivedAt) >=
  delayOf(definition, pending.kind);

/** The smallest way from the source to us that was seen tells best when it began on our clock. */
export function narrowed(pending: Pending, seen: Observation): Pending {
  if (!isSameClock(pending, seen)) return pending;
  const began = pending.since + (seen.receivedAt - seen.at);
  return { ...pending, receivedAt: Math.min(pending.receivedAt, began) as Micros };
}

/** Our clock was set: it has run for as long as it had, and stands by the new time where we stamped it. */
export const afterSetting = (pending: Pending, by: number): Pending => ({
  ...pending,
  since: (pending.clockSession === OUR_CLOCK ? pending.since + by : pending.since) as Micros,
  receivedAt: (pending.receivedAt + by) as Micros,
});

const isSameClock = (pending: Pending, seen: Observation): boolean =>
  pending.clockSession !== null && pending.clockSession === seen.clockSession;
