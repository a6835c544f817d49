import type { Disk } from '../../../../apps/collector/src/disk/disk';
import { MeasurementFlow } from '../../../../apps/collector/src/measurement-flow';
import { Outbox } from '../../../../apps/collector/src/write/outbox';
import { Replay } from '../../../../apps/collector/src/write/replay';
import { Spool } from '../../../../apps/collector/src/write/spool';
import { WaitingRoom, type Waiting } from '../../../../apps/collector/src/write/waiting-room';
import { SimulatedMedium } from '../../../../apps/collector/test/simulated-disk';
import { patched, type Undo } from './patch';

type Call = (self: unknown, ...given: unknown[]) => unknown;

/** What is retried overtakes itself: entries that wait together come back in another order. */
export const retriesComeOutOfOrder = (): Undo =>
  patched(
    Spool,
    'append',
    (original) =>
      ((self: unknown, entries: readonly unknown[], importance: unknown) =>
        (original as Call)(self, [...entries].reverse(), importance)) as never,
  );

/** What could not be delivered goes behind what came after it. */
export const whatIsGivenBackGoesLast = (): Undo =>
  patched(
    WaitingRoom,
    'giveBack',
    (original) =>
      ((self: WaitingRoom, taken: readonly Waiting[]) => {
        const later = self.take(Infinity);
        (original as Call)(self, taken);
        for (const waiting of later.reverse()) (original as Call)(self, [waiting]);
      }) as never,
  );

/** A message is acknowledged to its source when it was received, not when it is durable. */
export const acknowledgedBeforeDurable = (): Undo =>
  patched(
    MeasurementFlow,
    'sinkOf',
    (original) =>
      ((self: unknown, ...given: unknown[]) => {
        const sink = (original as Call)(self, ...given) as {
          values: (...words: unknown[]) => { durably: Promise<unknown> };
        };
        return {
          ...sink,
          values: (...words: unknown[]) => {
            sink.values(...words).durably.catch(() => undefined);
            return { durably: Promise.resolve() };
          },
        };
      }) as never,
  );

/** The spool's appends are taken for durable before they were synced. */
export const spoolIsNotSynced = (): Undo =>
  patched(
    SimulatedMedium,
    'mount',
    (original) =>
      ((self: unknown, name: string) => {
        const disk = (original as Call)(self, name) as Disk;
        if (name !== 'spool') return disk;
        const open = disk.open.bind(disk);
        return Object.assign(Object.create(disk) as Disk, {
          open: async (file: string) => ({ ...(await open(file)), datasync: () => Promise.resolve() }),
        });
      }) as never,
  );

/** What waited in the spool when a process began is not sent. */
export const spoolIsNotReplayed = (): Undo => patched(Replay, 'run', () => () => Promise.resolve());

/** Entries that the spool refuses are given up instead of kept in memory. */
export const diskFailureLosesEntries = (): Undo =>
  patched(
    Outbox,
    'sayDisk',
    (original) =>
      ((self: Outbox, error: Error) => {
        (original as Call)(self, error);
        const inner = self as unknown as { inHand: { reject: (e: Error) => void }[] };
        inner.inHand.forEach((w) => w.reject(error));
        inner.inHand.length = 0;
      }) as never,
  );
