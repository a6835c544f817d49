import type { NetworkSnapshot } from '@linepack/store';
import type { WorkerStore } from '../../../apps/worker/src/worker-store';
import { CoverageTable } from '../src/model/coverage';
import type { DatabaseLink, DatabaseServer } from '../src/model/database-server';
import { SampleTable } from '../src/model/samples';
import { WorkTables } from '../src/model/work-tables';
import { workerStoreOver } from '../src/model/worker-repositories';

export interface WorkModel {
  readonly samples: SampleTable;
  readonly coverage: CoverageTable;
  readonly work: WorkTables;
  readonly store: WorkerStore;
}

/** The model with what the worker asks of it, without a line in between. */
export function workModel(network: NetworkSnapshot | null): WorkModel {
  let clock = 0;
  const samples: SampleTable = new SampleTable((rows) => work.markLate(rows));
  const coverage = new CoverageTable((source, change) => work.coverageChanged(source, change));
  const work: WorkTables = new WorkTables(samples, coverage, () => ++clock);
  work.networkAt = () => network;
  const link = { call: (_: string, run: () => unknown) => Promise.resolve().then(run) };
  const store = workerStoreOver(link as DatabaseLink, { work, coverage, clock } as unknown as DatabaseServer);
  return { samples, coverage, work, store };
}
