import type { StoredAlarm } from '@linepack/store';
import { Listening } from '../../../../apps/collector/src/acquisition/listening';
import { LeaseTerm } from '../../../../apps/collector/src/alarm/lease-term';
import { OnItsWay } from '../../../../apps/collector/src/alarm/on-its-way';
import { PartitionOwnership } from '../../../../apps/collector/src/alarm/partition-ownership';
import { PassingWords } from '../../../../apps/collector/src/present/passing-words';
import type { Entry } from '../../../../apps/collector/src/write/entry';
import { JournalTable } from '../model/journal';
import { patched, type Undo } from './patch';

type Call = (self: unknown, ...given: unknown[]) => unknown;

const both = (one: Undo, other: Undo): Undo => {
  return () => {
    other();
    one();
  };
};

/** What a collector remembers of ownership is never void: it goes on from its copy, whoever else may have taken over. */
export const rememberedIsNeverVoid = (): Undo =>
  both(
    patched(LeaseTerm, 'isCertain', () => () => true),
    patched(LeaseTerm, 'mayGoOn', () => () => true),
  );

/** A process that stood still does not ask whether what it owns is still its own. */
export const nobodyDoubtsAfterStandstill = (): Undo => patched(PartitionOwnership, 'doubt', () => () => null);

/** What waits in the spool of an older epoch replaces the state of a younger owner. */
export const olderSpoolOverrules = (): Undo =>
  patched(
    PartitionOwnership,
    'own',
    (original) =>
      ((
        self: unknown,
        partition: string,
        epoch: number,
        states: readonly StoredAlarm[],
        waiting: readonly Entry[],
      ) => {
        const now = new Map(states.map((s) => [s.alarm.alarmId, s]));
        for (const { event, ...rest } of waiting.flatMap((e) => (e.kind === 'journal' ? e.entries : [])))
          if (event.partition === partition) now.set(event.alarmId, { alarm: event.state, ...rest });
        return (original as Call)(self, partition, epoch, [...now.values()], waiting);
      }) as never,
  );

/** Who loses a station stops listening at once, before its new owner hears it. */
export const handoverIsNotWaitedFor = (): Undo => patched(Listening, 'isHandedOver', () => () => true);

/** The store does not compare epochs: what an older owner left overwrites what a younger one wrote. */
export const epochsAreNotCompared = (): Undo => patched(JournalTable, 'isPast', () => () => false);

/** What a lasting session still has for a former owner is acknowledged and forgotten. */
export const wordsOfOthersAreForgotten = (): Undo =>
  patched(
    PassingWords,
    'take',
    () =>
      ((_self: unknown, _sourceId: unknown, { tagId }: { tagId: number }) => ({
        tagId,
        verdict: 'unknownTag',
        rows: [],
        held: null,
        unreadable: null,
      })) as never,
  );

/** Whoever goes on from the copy on disk does not know what was told and durable nowhere. */
export const copyForgetsWhatIsUnderWay = (): Undo => patched(OnItsWay, 'all', () => () => []);
