import type { TagId } from '@linepack/network';
import type { Received } from '../../../../apps/collector/src/acquisition/source';
import { Silence } from '../../../../apps/collector/src/alarm/silence';
import { MeasurementFlow } from '../../../../apps/collector/src/measurement-flow';
import type { Time } from '../../../../apps/collector/src/time';
import { patched, type Undo } from './patch';

/** A device is as silent as its stamps are old: one whose clock is behind falls silent while it speaks. */
export const silenceFollowsStamps = (): Undo =>
  patched(
    MeasurementFlow,
    'take',
    (original) =>
      ((self: MeasurementFlow, sourceId: unknown, received: readonly Received[], patienceMs: number) => {
        const taken = (original as Call)(self, sourceId, received, patienceMs);
        const { silence, parts } = self as unknown as { silence: Silence; parts: { time: Time } };
        for (const { tagId, ts } of received)
          if (ts !== null) silence.heard(tagId, parts.time.monotonicMs() - (parts.time.now() - ts) / 1_000);
        return taken;
      }) as never,
  );

/** Only who was heard once can fall silent: a device that was dead before the start is never said. */
export const deadBeforeTheStartIsUnsaid = (): Undo => {
  const known = new WeakMap<Silence, Set<TagId>>();
  const heard = patched(
    Silence,
    'heard',
    (original) =>
      ((self: Silence, tagId: TagId, nowMs: number) => {
        known.set(self, (known.get(self) ?? new Set()).add(tagId));
        return (original as Call)(self, tagId, nowMs);
      }) as never,
  );
  const silent = patched(
    Silence,
    'silentAt',
    (original) =>
      ((self: Silence, nowMs: number) => {
        const { tags } = self as unknown as { tags: Map<TagId, { sinceMs: number }> };
        for (const [tagId, one] of tags) if (!known.get(self)?.has(tagId)) one.sinceMs = nowMs;
        return (original as Call)(self, nowMs);
      }) as never,
  );
  return () => {
    silent();
    heard();
  };
};

type Call = (self: unknown, ...given: unknown[]) => unknown;
