import type { PartStatus } from '@linepack/contracts';
import { Collectors } from './collectors';

type PartName = PartStatus['part'];

/** What the api itself knows of its surroundings. */
export interface OwnView {
  readonly at: number;
  readonly database: 'up' | 'away';
  readonly bus: 'up' | 'away';
  /** Topics that the bus does not let the api hear. */
  readonly deafTo: readonly string[];
  /** Every partition the configuration asks for; null while it is not known. */
  readonly partitions: readonly string[] | null;
  /** Audit entries that lie set aside. */
  readonly auditSetAside: number;
}

/** The last word of every part of the product. The api sees the database and the bus with its own eyes. */
export class PartMemory {
  private readonly said = new Map<PartName, PartStatus>();
  private readonly collectors = new Collectors();

  /** @param heardAt this process's clock, microseconds: another computer's may differ */
  take(status: PartStatus, heardAt: number): void {
    if (status.part === 'collector') this.collectors.take(status, heardAt);
    else this.said.set(status.part, status);
  }

  /** Every part of the product, also those that are not there. Several collectors are one part. */
  list(view: OwnView): PartStatus[] {
    const { at, database, bus, partitions } = view;
    const own = (part: PartName, state: PartStatus['state'], detail = ''): PartStatus => ({
      part,
      state,
      at,
      detail,
    });
    return [
      own('database', database === 'up' ? 'up' : 'down'),
      own('bus', bus === 'up' ? 'up' : 'down'),
      this.said.get('simulator') ?? own('simulator', 'absent'),
      this.collectors.asOne(at, partitions ?? []) ?? own('collector', 'absent'),
      this.said.get('worker') ?? own('worker', 'absent'),
      own('api', ...ownState(view)),
    ];
  }

  /** Whether a living collector says that it owns the partition. */
  isOwned(partition: string, now: number): boolean {
    return this.collectors.owns(partition, now);
  }

  collectorsAt(now: number): PartStatus[] {
    return this.collectors.list(now);
  }
}

function ownState(view: OwnView): [PartStatus['state'], string] {
  const { database, bus, deafTo, partitions, auditSetAside } = view;
  if (partitions === null) return ['starting', ''];
  const troubles = [
    ...(auditSetAside > 0
      ? [`the database refused ${auditSetAside} audit entries; they lie in audit-set-aside.jsonl`]
      : []),
    ...(deafTo.length > 0 ? [`the bus refuses to let it hear ${deafTo.join(', ')}`] : []),
  ];
  const isWell = database === 'up' && bus === 'up' && troubles.length === 0;
  return [isWell ? 'up' : 'degraded', troubles.join('; ')];
}

/**
 * What everybody may know of a part: whether it works. Not which endpoints it talks to, what they answered, nor an
 * error as it was thrown.
 */
export const publicStatus = ({ part, state, at, database, history }: PartStatus): PartStatus => ({
  part,
  state,
  at,
  detail: '',
  ...(database ? { database } : {}),
  ...(history ? { history: { ...history, detail: '' } } : {}),
});
