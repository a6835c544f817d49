import { createHash } from 'node:crypto';
import type { Lease, LeaseAnswer, LeaseRequest } from '@linepack/store';

/** The leases as the database keeps them, in memory; the rules are those of `LeaseRepository`. */
export class LeaseModel {
  readonly rows = new Map<string, { owner: string; epoch: number; untilMs: number }>();
  private readonly members = new Map<string, { session: string; sinceMs: number; untilMs: number }>();

  /** @param nowMs the database's clock */
  constructor(private readonly nowMs: () => number) {}

  round({ owner, session, partitions, giveUp, ttlMs }: LeaseRequest): LeaseAnswer {
    const now = this.nowMs();
    const known = this.members.get(owner);
    const goesOn = known?.session === session && known.untilMs > now;
    this.members.set(owner, { session, sinceMs: goesOn ? known.sinceMs : now, untilMs: now + ttlMs });
    const others = [...this.members].filter(([name, m]) => name !== owner && m.untilMs > now);
    const settled = others.filter(([, m]) => m.sinceMs <= now - ttlMs).map(([name]) => name);
    const even = partitions.length / (settled.length + 1);
    const holds = (name: string) =>
      partitions.filter((p) => this.runs(p) && this.rows.get(p)?.owner === name).length;
    const share = settled.some((name) => holds(name) < Math.floor(even)) ? Math.floor(even) : Math.ceil(even);
    const mine = partitions.filter((p) => this.runs(p) && this.rows.get(p)?.owner === owner);
    const kept = mine.filter((p) => !giveUp.includes(p));
    const order = (p: string) =>
      `${this.rows.get(p)?.owner === owner ? 0 : 1}${createHash('md5')
        .update(p + owner)
        .digest('hex')}`;
    const free = partitions
      .filter((p) => !this.runs(p) && !giveUp.includes(p))
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
    for (const p of mine) this.write(p, owner, giveUp.includes(p) ? now : now + ttlMs);
    const taken = free.slice(0, Math.max(0, share - kept.length));
    for (const p of taken) this.write(p, owner, now + ttlMs);
    const held = [...kept, ...taken].sort();
    return {
      held: held.map((partition) => this.lease(partition)),
      others: partitions
        .filter((p) => this.rows.has(p) && !held.includes(p))
        .sort()
        .map((partition) => ({
          ...this.lease(partition),
          runs: this.runs(partition) && this.rows.get(partition)?.owner !== owner,
        })),
      members: others.map(([name]) => name).sort(),
      share,
    };
  }

  leave(owner: string): void {
    this.members.delete(owner);
    for (const row of this.rows.values()) if (row.owner === owner) row.untilMs = this.nowMs();
  }

  /** The owner whose lease has not run out; null when there is none. */
  ownerOf(partition: string): string | null {
    return this.runs(partition) ? (this.rows.get(partition)?.owner ?? null) : null;
  }

  /** The highest epoch ever given for a partition; 0 when none was. */
  epochOf(partition: string): number {
    return this.rows.get(partition)?.epoch ?? 0;
  }

  /** Who owns what now. */
  held(): Lease[] {
    return [...this.rows.keys()]
      .filter((partition) => this.runs(partition))
      .sort()
      .map((partition) => this.lease(partition));
  }

  private runs(partition: string): boolean {
    return (this.rows.get(partition)?.untilMs ?? 0) > this.nowMs();
  }

  private lease(partition: string): Lease {
    const row = this.rows.get(partition);
    if (!row) throw new Error(`${partition} never had a lease`);
    return { partition, owner: row.owner, epoch: row.epoch };
  }

  private write(partition: string, owner: string, untilMs: number): void {
    const before = this.rows.get(partition);
    const epoch = (before?.epoch ?? 0) + (before?.owner === owner ? 0 : 1);
    this.rows.set(partition, { owner, epoch, untilMs });
  }
}
