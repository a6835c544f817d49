import type { Alarm } from '@linepack/contracts';
import { differences, replay, type AlarmRepository, type LeaseRepository } from '@linepack/store';
import type { OwnershipCopy } from './ownership-copy';

export interface VerifyParts {
  readonly alarms: Pick<AlarmRepository, 'tableAndJournal'>;
  readonly leases: Pick<LeaseRepository, 'held'>;
  /** The copy on this computer's disk; null where no collector runs here. */
  readonly copy: () => { readonly folder: string; readonly copy: OwnershipCopy } | null;
  readonly print: (line: string) => void;
}

/**
 * Holds the table of alarms against the journal, and the copy on disk against the table.
 *
 * The copy is held against the table only for partitions that are still owned under the copy's epoch: what another
 * collector has taken over since is his. While entries wait on disk the two may differ; look again when none do.
 *
 * @returns how many differences there are; each is printed
 */
export async function verify({ alarms, leases, copy, print }: VerifyParts): Promise<number> {
  const { table, journal, events } = await alarms.tableAndJournal();
  const replayed = replay(journal);
  print(`table: ${table.length} alarms`);
  print(`journal: ${events} events, ${replayed.size} alarms`);
  const found = differences(['table', table], ['journal', replayed]);
  const onDisk = copy();
  if (onDisk) {
    const held = new Map((await leases.held()).map((l) => [l.partition, l]));
    const mine = onDisk.copy.partitions.filter(
      ({ partition, epoch }) =>
        held.get(partition)?.owner === onDisk.copy.owner && held.get(partition)?.epoch === epoch,
    );
    const names = new Set(mine.map((p) => p.partition));
    const copied = mine.flatMap((p) => p.states.map((s) => s.alarm));
    print(`copy in ${onDisk.folder}: ${copied.length} alarms of ${names.size} partitions`);
    const occurred = table.filter((alarm) => names.has(alarm.partition) && alarm.occurrence > 0);
    found.push(
      ...differences(
        ['copy', copied.filter((a) => a.occurrence > 0)],
        ['table', new Map(occurred.map((alarm): [string, Alarm] => [alarm.alarmId, alarm]))],
      ),
    );
  }
  found.forEach(print);
  print(found.length === 0 ? 'no difference' : `${found.length} differences`);
  return found.length;
}
