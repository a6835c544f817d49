import type { AlarmRepository, CoverageRepository, LeaseRepository, SampleWriter } from '@linepack/store';
import type { Surroundings } from '../../../../apps/collector/src/assemble';
import type { DatabaseLink, DatabaseServer } from './database-server';

/** The repositories as the collector has them, on the model: every call is a call over the network. */
export function repositoriesOver(link: DatabaseLink, server: DatabaseServer) {
  const { samples, journal, leases, coverage } = server;
  const writer: Pick<SampleWriter, 'write'> = {
    write: (rows) => link.call(`write ${rows.length} samples`, () => samples.write(rows)),
  };
  const alarms: Pick<AlarmRepository, 'append' | 'saveStates' | 'states' | 'openPartitions' | 'table'> = {
    append: (entries) =>
      link.call(
        `append ${entries.map((e) => `${e.event.alarmId} ${e.event.kind} ${e.event.occurrence}`).join(', ')}`,
        () => journal.append(entries),
      ),
    saveStates: (states) => link.call(`save ${states.length} states`, () => journal.saveStates(states)),
    states: (partition) => link.call(`states of ${partition}`, () => journal.states(partition)),
    openPartitions: () => link.call('open partitions', () => journal.openPartitions()),
    table: () => link.call('table', () => journal.table()),
  };
  const lease: Pick<LeaseRepository, 'round' | 'leave'> = {
    round: (request) =>
      link.call('leases', () => {
        server.askedAt.set(request.owner, server.kernel.now);
        return leases.round(request);
      }),
    leave: (owner) => link.call('leases: leave', () => leases.leave(owner)),
  };
  const configuration: Surroundings['configuration'] = {
    currentNetwork: () => link.call('network', () => server.network),
  };
  const covering: Pick<CoverageRepository, 'record'> = {
    record: (sourceId, at, state) =>
      link.call(`coverage ${sourceId} ${state}`, () => coverage.record(sourceId, at, state)),
  };
  const reader: Surroundings['samples'] = {
    latest: async (tagIds, since) => {
      const what = `latest of ${tagIds.length} tags`;
      const rows = await link.call(what, () => samples.latest(tagIds, since ?? 0));
      tagIds.forEach((id) => server.toldBefore.set(`${link.process.name} ${id}`, server.kernel.now));
      return rows;
    },
  };
  return { writer, alarms, lease, configuration, coverage: covering, samples: reader };
}
