import type { Lease } from '@linepack/store';

interface Row {
  owner: string;
  epoch: number;
  expiresAt: number;
}

/** Table `partition_lease`, on the database's clock (microseconds). */
export class LeaseTable {
  readonly rows = new Map<string, Row>();
  constructor(private readonly now: () => number) {}

  acquire(partition: string, owner: string, ttlMs: number): Lease | null {
    const now = this.now();
    const expiresAt = now + ttlMs * 1_000;
    const row = this.rows.get(partition);
    if (!row) {
      this.rows.set(partition, { owner, epoch: 1, expiresAt });
      return { partition, owner, epoch: 1 };
    }
    const isFree = row.expiresAt <= now;
    if (row.owner !== owner && !isFree) return null;
    const epoch = row.owner === owner && !isFree ? row.epoch : row.epoch + 1;
    this.rows.set(partition, { owner, epoch, expiresAt });
    return { partition, owner, epoch };
  }

  renew({ partition, owner, epoch }: Lease, ttlMs: number): boolean {
    const row = this.rows.get(partition);
    if (row?.owner !== owner || row.epoch !== epoch) return false;
    row.expiresAt = this.now() + ttlMs * 1_000;
    return true;
  }

  release({ partition, owner, epoch }: Lease): void {
    const row = this.rows.get(partition);
    if (row?.owner === owner && row.epoch === epoch) row.expiresAt = this.now();
  }

  /** The owner whose lease has not run out; null when there is none. */
  ownerOf(partition: string): string | null {
    const row = this.rows.get(partition);
    return row && row.expiresAt > this.now() ? row.owner : null;
  }

  /** Who owns what now. */
  held(): Lease[] {
    const now = this.now();
    return [...this.rows]
      .filter(([, row]) => row.expiresAt > now)
      .map(([partition, { owner, epoch }]) => ({ partition, owner, epoch }))
      .sort((a, b) => (a.partition < b.partition ? -1 : 1));
  }
}
