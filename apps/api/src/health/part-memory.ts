import type { PartStatus } from '@linepack/contracts';

type PartName = PartStatus['part'];

/** Parts that say themselves how they are; the api sees the database and the bus with its own eyes. */
const SPEAKING = ['simulator', 'collector', 'worker'] as const satisfies readonly PartName[];

/** The collector speaks every two seconds; one not heard for this long is gone, whatever it said last. Microseconds. */
const SILENT_AFTER = 20_000_000;

/** What the api itself knows of its surroundings. */
export interface OwnView {
  readonly at: number;
  readonly database: 'up' | 'away';
  readonly bus: 'up' | 'away';
  readonly plantIsKnown: boolean;
}

/** The last word of every part of the product. */
export class PartMemory {
  private readonly said = new Map<PartName, { status: PartStatus; heardAt: number }>();

  /** @param heardAt this process's clock, microseconds: another computer's may differ */
  take(status: PartStatus, heardAt: number): void {
    this.said.set(status.part, { status, heardAt });
  }

  /** Every part of the product, also those that are not there. */
  list({ at, database, bus, plantIsKnown }: OwnView): PartStatus[] {
    const own = (part: PartName, state: PartStatus['state']): PartStatus => ({ part, state, at, detail: '' });
    return [
      own('database', database === 'up' ? 'up' : 'down'),
      own('bus', bus === 'up' ? 'up' : 'down'),
      ...SPEAKING.map((part) => this.lastWord(part, at) ?? own(part, 'absent')),
      own('api', plantIsKnown ? (database === 'up' && bus === 'up' ? 'up' : 'degraded') : 'starting'),
    ];
  }

  /** A bus that broke together with the collector could not pass on its last will. */
  private lastWord(part: PartName, now: number): PartStatus | undefined {
    const word = this.said.get(part);
    if (!word || part !== 'collector' || now - word.heardAt <= SILENT_AFTER) return word?.status;
    return { ...word.status, state: 'down' };
  }
}

/** What everybody may know of a part: not which endpoints it talks to, nor what they answered. */
export const publicStatus = ({
  part,
  state,
  at,
  detail,
  database,
  spool,
  history,
}: PartStatus): PartStatus => ({
  part,
  state,
  at,
  detail,
  ...(database ? { database } : {}),
  ...(spool ? { spool } : {}),
  ...(history ? { history } : {}),
});
