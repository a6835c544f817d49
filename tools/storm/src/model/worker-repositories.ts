import type { Micros } from '@linepack/network';
import { RollUp, type RollupTables } from '@linepack/store';
import type { WorkerStore } from '../../../../apps/worker/src/worker-store';
import type { DatabaseLink, DatabaseServer } from './database-server';

const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const isUnused = (): never => {
  throw new Error('the storm fills no history');
};

/** The repositories as the worker has them, on the model: every call is a call over the network. */
export function workerStoreOver(link: DatabaseLink, server: DatabaseServer): WorkerStore {
  const { work, coverage } = server;
  const { marks, losses, meterHours, aggregates } = work;
  const tables: RollupTables = {
    claim: (until) => link.call('roll-up: claim', () => work.claim(until)),
    claimIsRolled: (to) => link.call('roll-up: claim is rolled', () => work.claimIsRolled(to)),
    beginAt: isUnused,
    watermark: isUnused,
    grid: isUnused,
    minutes: (tagIds, from, to, { widthS, holdS }) =>
      link.call('roll-up: minutes', () =>
        aggregates.rollMinutes(tagIds, from, to, widthS * 1e6, holdS === null ? null : holdS * 1e6),
      ),
    hours: (tagIds, from, to) => link.call('roll-up: hours', () => aggregates.rollHours(tagIds, from, to)),
    longestHoldUs: (tagIds, at) => link.call('longest hold', () => work.longestHoldUs(tagIds, at)),
    allTags: () => link.call('all tags', () => work.allTags()),
  };
  const late = {
    toRoll: (limit: number) => link.call('marks to roll', () => marks.open('rolled', limit)),
    rolled: (seen: Parameters<typeof marks.finish>[1]) =>
      link.call('marks rolled', () => marks.finish('rolled', seen)),
  };
  return {
    config: {
      networkAt: (at) => link.call('network', () => work.networkAt(at)),
      currentNetwork: () => link.call('network', () => work.networkAt(server.clock)),
    },
    jobs: {
      load: (name) => link.call(`load ${name}`, () => clone(work.jobs.get(name) ?? null)),
      save: (name, state) => link.call(`save ${name}`, () => void work.jobs.set(name, clone(state))),
    },
    loss: {
      save: (result) =>
        link.call(`result ${result.areaId} ${result.gasDay} ${result.verdict}`, () => losses.save(result)),
      result: (areaId, day) => link.call('result', () => losses.result(areaId, day)),
      lastClosed: () => link.call('last closed', () => losses.lastClosed()),
      touching: (from, to) => link.call('touching', () => losses.touching(from, to)),
      verdicts: (since, days) => link.call('verdicts', () => losses.verdicts(since, days)),
      saveProvisional: (result) =>
        link.call(`provisional ${result.areaId}`, () => void losses.provisional.set(result.areaId, result)),
    },
    hours: {
      save: (records) => link.call(`keep ${records.length} hours`, () => meterHours.save(records)),
      newest: (meterIds, from, to) => link.call('hours', () => meterHours.newest(meterIds, from, to)),
    },
    coverage: {
      between: (sources, from, to) =>
        link.call('coverage', () => sources.flatMap((sourceId) => coverage.between(sourceId, from, to))),
    },
    samples: {
      around: (tagIds, instants, age) => link.call('around', () => work.around(tagIds, instants, age)),
      ranges: isUnused,
      compressBefore: () => link.call('compress', () => 0),
    },
    rollup: new RollUp(tables, late),
    marks: {
      toRecalculate: (limit) => link.call('marks to recalculate', () => marks.open('recalculated', limit)),
      recalculated: (seen) => link.call('marks recalculated', () => marks.finish('recalculated', seen)),
      removeFinished: () => link.call('remove marks', () => marks.removeFinished()),
    },
    watermark: { raise: (at: Micros) => link.call('watermark', () => work.raiseClosing(at)) },
    writer: { backfill: isUnused, write: isUnused },
    answers: () => link.call('select 1', () => 1),
  };
}
