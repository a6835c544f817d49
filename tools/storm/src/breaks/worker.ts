import type { LossResult } from '@linepack/contracts';
import type { DayVerdict } from '@linepack/store';
import { Agenda } from '../../../../apps/worker/src/agenda';
import { AreaFaults } from '../../../../apps/worker/src/loss/area-faults';
import { Worker } from '../../../../apps/worker/src/worker';
import { LateMarkTable } from '../model/late-marks';
import { LossTable } from '../model/loss-results';
import { WorkTables } from '../model/work-tables';
import { patched, type Undo } from './patch';

type Call = (self: unknown, ...given: unknown[]) => unknown;

/** A sample that comes after its time was worked out leaves no mark. */
export const lateSampleLeavesNoMark = (): Undo => patched(LateMarkTable, 'markLate', () => () => 0);

/** A close says of nobody's samples that they are late: before the roll-up has come so far, they leave no mark. */
export const closeDoesNotWaitForRollUp = (): Undo =>
  patched(WorkTables, 'raiseClosing', () => () => undefined);

/** A breach is told by who closed its day, and by nobody when he ended between the result and its telling. */
export const breachIsLostWithItsTeller = (): Undo => {
  const closedBy = new WeakMap<Worker, Set<string>>();
  let closed: ReadonlySet<string> = new Set();
  const undo = [
    patched(
      Worker,
      'tellUpdated' as never,
      (original) =>
        ((self: Worker, results: readonly LossResult[]) => {
          const own = closedBy.get(self) ?? new Set();
          for (const { areaId, provisional } of results) if (!provisional) own.add(areaId);
          closedBy.set(self, own);
          return (original as Call)(self, results);
        }) as never,
    ),
    patched(
      Worker,
      'tellConditions' as never,
      (original) =>
        ((self: Worker) => {
          closed = closedBy.get(self) ?? new Set();
          return (original as Call)(self);
        }) as never,
    ),
    patched(
      LossTable,
      'verdicts',
      (original) =>
        ((self: LossTable, ...given: unknown[]) =>
          ((original as Call)(self, ...given) as DayVerdict[]).filter((v) => closed.has(v.areaId))) as never,
    ),
  ];
  return () => undo.forEach((run) => run());
};

/** What keeps one area from being closed keeps those after it, too. */
export const areaHoldsOthersUp = (): Undo =>
  patched(
    AreaFaults,
    'guard',
    (original) =>
      (async (self: AreaFaults, ...given: unknown[]) => {
        const error = await (original as Call)(self, ...given);
        if (error) throw error;
        return undefined;
      }) as never,
  );

/** A task that is asked to hurry while it runs forgets it at its end. */
export const hurryIsOverwritten = (): Undo =>
  patched(
    Agenda,
    'ended',
    () =>
      ((self: Agenda, name: string, again: number) => {
        const { entries } = self as unknown as { entries: Map<string, { dueAt: number }> };
        (entries.get(name) as { dueAt: number }).dueAt = again;
      }) as never,
  );
