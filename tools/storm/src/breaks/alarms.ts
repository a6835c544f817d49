import type { StoredAlarm } from '@linepack/store';
import { AlarmTableMemory } from '../../../../apps/api/src/alarm/alarm-table';
import { AlarmEngine } from '../../../../apps/collector/src/alarm/alarm-engine';
import { AlarmInputs } from '../../../../apps/collector/src/alarm/alarm-inputs';
import { AlarmPartition } from '../../../../apps/collector/src/alarm/alarm-partition';
import { patched, type Undo } from './patch';

/** Judges nothing while `define` runs: what is known already waits for the next word. */
const definesBlindly = (occasions: readonly string[]): Undo =>
  patched(
    AlarmPartition,
    'define',
    (original) =>
      ((self: AlarmPartition, ...given: unknown[]) => {
        if (!occasions.includes(given[2] as string)) return (original as Call)(self, ...given);
        Object.defineProperty(self, 'judge', { configurable: true, value: () => [] });
        try {
          return (original as Call)(self, ...given);
        } finally {
          Reflect.deleteProperty(self, 'judge');
        }
      }) as never,
  );

type Call = (self: unknown, ...given: unknown[]) => unknown;

/** Values received before a partition is owned are never judged. */
export const takeoverWaitsForNextValue = (): Undo => definesBlindly(['takenOver']);

/** A limit that is set anew is judged from the next value on. */
export const limitWaitsForNextValue = (): Undo => definesBlindly(['changed']);

/** What the worker and the sources said before a takeover is not kept for the next owner. */
export const conditionsAreForgotten = (): Undo =>
  patched(
    AlarmEngine,
    'own',
    (original) =>
      ((self: AlarmEngine, ...given: unknown[]) => {
        const inner = self as unknown as {
          found: Map<string, unknown>;
          inputs: { levels: Map<string, unknown> };
        };
        inner.found.clear();
        inner.inputs.levels.clear();
        return (original as Call)(self, ...given);
      }) as never,
  );

/** A delay that ran when the owner ended begins again with the next one. */
export const delaysBeginAgain = (): Undo =>
  patched(
    AlarmEngine,
    'own',
    (original) =>
      ((
        self: AlarmEngine,
        name: string,
        epoch: number,
        stored: readonly StoredAlarm[],
        unwritten: unknown,
      ) => {
        const forgotten = stored.map((s) => ({
          ...s,
          pendingSince: null,
          pendingReceivedAt: null,
          pendingKind: null,
        }));
        return (original as Call)(self, name, epoch, forgotten, unwritten);
      }) as never,
  );

/** Nobody looks whether a delay is up. */
export const delaysNeverEnd = (): Undo => patched(AlarmPartition, 'tick', () => () => []);

/** What stands of sources and stations is not taken in. */
export const linksAreNotJudged = (): Undo => patched(AlarmInputs, 'level', () => () => undefined);

/** An acknowledgement, or any event, that is told again overwrites what came after it. */
export const eventsToldAgainOverwrite = (): Undo =>
  patched(
    AlarmTableMemory,
    'take',
    (original) =>
      ((self: AlarmTableMemory, event: { alarmId: string }) => {
        const inner = self as unknown as {
          taken: Set<string>;
          alarms: Map<string, unknown>;
          epochs: Map<string, number>;
        };
        inner.taken.clear();
        inner.epochs.clear();
        inner.alarms.delete(event.alarmId);
        return (original as Call)(self, event);
      }) as never,
  );
