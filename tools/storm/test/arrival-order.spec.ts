import {
  NetworkFile,
  type MeterId,
  type Micros,
  type StationId,
  type TagId,
  type TagKey,
} from '@linepack/network';
import type { NetworkSnapshot } from '@linepack/store';
import { arrivalOffice } from '../../../apps/worker/test/arrival-office';
import { dependsOnSamplesAlone } from '../../../apps/worker/test/arrivals';
import { smallTown } from '../../../apps/worker/test/small-town';
import { workModel } from './work-model';

/** The small town as the database would give it. */
function snapshotOf(file: NetworkFile): NetworkSnapshot {
  const parts = file.stations.flatMap((station) => station.tags.map((config) => ({ station, config })));
  return {
    at: 0 as Micros,
    file,
    tags: parts.map(({ station, config }, i) => ({
      tagId: (i + 1) as TagId,
      key: `${station.id}.${config.id}` as TagKey,
      stationId: station.id as StationId,
      config,
    })),
    meters: file.stations.flatMap(({ id, meters }) =>
      meters.map((config) => ({ key: `${id}.${config.id}` as MeterId, stationId: id as StationId, config })),
    ),
    versions: new Map(),
  };
}

test('a closed day depends on its samples, not on the order in which they came', async () => {
  const network = snapshotOf(smallTown());
  let model = workModel(network);
  const office = arrivalOffice({
    tags: new Map(network.tags.map(({ key, tagId }) => [key, tagId])),
    store: () => model.store,
    empty: async () => void (model = workModel(network)),
    write: async (batch) => model.samples.write(batch),
  });
  await dependsOnSamplesAlone(office, { numRuns: 60, endOnFailure: true });
}, 240_000);
