import type { LossLedger } from '@linepack/contracts';
import type { SourceId, TagId } from '@linepack/network';

/** What became of a word, each exactly one. `refused` and `discarded` name why. */
export type Fate =
  'stored' | 'unchanged' | 'duplicate' | 'history' | `refused:${string}` | `discarded:${string}`;

/** Words by what became of them. */
export interface Account {
  received: number;
  readonly fates: Map<Fate, number>;
}

/**
 * The loss ledger: counts every word that a source said, and what became of it, by tag and by source. Words on their
 * way are counted by whoever carries them, apart from this, so that a word that nobody answers for shows as uncounted.
 */
export class Ledger {
  private readonly tags = new Map<TagId, Account>();
  private readonly sources = new Map<SourceId, Account & { carried: number }>();

  received(sourceId: SourceId, tagId: TagId): void {
    this.ofTag(tagId).received += 1;
    this.ofSource(sourceId).received += 1;
  }

  settle(sourceId: SourceId, tagId: TagId, fate: Fate): void {
    count(this.ofTag(tagId), fate);
    count(this.ofSource(sourceId), fate);
  }

  /** Words taken up (positive) or put down again (negative) by whoever carries them to the database. */
  carry(sourceId: SourceId, words: number): void {
    this.ofSource(sourceId).carried += words;
  }

  /** Of one source, or of all. */
  sum(sourceId?: SourceId): LossLedger {
    const sum = { received: 0, stored: 0, unchanged: 0, duplicate: 0, history: 0, discarded: 0, waiting: 0 };
    const refused: Record<string, number> = {};
    let counted = 0;
    for (const [id, { received, carried, fates }] of this.sources) {
      if (sourceId !== undefined && id !== sourceId) continue;
      sum.received += received;
      sum.waiting += carried;
      for (const [fate, words] of fates) {
        counted += words;
        const [column, reason = ''] = fate.split(':') as [keyof typeof sum | 'refused', string | undefined];
        if (column === 'refused') refused[reason] = (refused[reason] ?? 0) + words;
        else sum[column] += words;
      }
    }
    return { ...sum, refused, uncounted: sum.received - counted - sum.waiting };
  }

  /** Line by line, for whoever looks for one tag. */
  byTag(): ReadonlyMap<TagId, Account> {
    return this.tags;
  }

  private ofTag(tagId: TagId): Account {
    let account = this.tags.get(tagId);
    if (!account) this.tags.set(tagId, (account = { received: 0, fates: new Map() }));
    return account;
  }

  private ofSource(sourceId: SourceId): Account & { carried: number } {
    let account = this.sources.get(sourceId);
    if (!account) this.sources.set(sourceId, (account = { received: 0, carried: 0, fates: new Map() }));
    return account;
  }
}

function count({ fates }: Account, fate: Fate): void {
  fates.set(fate, (fates.get(fate) ?? 0) + 1);
}
