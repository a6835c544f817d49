import type { LossLedger } from '@linepack/contracts';
import type { SourceId, TagId } from '@linepack/network';

/** What became of a word, each exactly one. `refused` and `discarded` name why. */
export type Fate =
  'stored' | 'unchanged' | 'duplicate' | 'history' | `refused:${string}` | `discarded:${string}`;

/** Words of one tag by what became of them. */
export interface TagLedger {
  readonly tagId: TagId;
  readonly sourceId: SourceId;
  received: number;
  readonly fates: Map<Fate, number>;
}

/**
 * The loss ledger: counts every word that a source said, and what became of it, by tag and cause. Words on their way
 * are counted by whoever carries them, apart from this, so that a word that nobody answers for shows as uncounted.
 */
export class Ledger {
  private readonly tags = new Map<TagId, TagLedger>();
  /** Words carried and not settled yet, by source. */
  private readonly carried = new Map<SourceId, number>();

  received(sourceId: SourceId, tagId: TagId): void {
    this.of(sourceId, tagId).received += 1;
  }

  settle(sourceId: SourceId, tagId: TagId, fate: Fate): void {
    const { fates } = this.of(sourceId, tagId);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
  }

  /** Words taken up (positive) or put down again (negative) by whoever carries them to the database. */
  carry(sourceId: SourceId, words: number): void {
    this.carried.set(sourceId, (this.carried.get(sourceId) ?? 0) + words);
  }

  /** Of one source, or of all. */
  sum(sourceId?: SourceId): LossLedger {
    const sum = { received: 0, stored: 0, unchanged: 0, duplicate: 0, history: 0, discarded: 0 };
    const refused: Record<string, number> = {};
    let counted = 0;
    for (const tag of this.tags.values()) {
      if (sourceId !== undefined && tag.sourceId !== sourceId) continue;
      sum.received += tag.received;
      for (const [fate, count] of tag.fates) {
        counted += count;
        const [column, reason] = fate.split(':') as [keyof typeof sum | 'refused', string | undefined];
        if (column === 'refused') refused[reason ?? ''] = (refused[reason ?? ''] ?? 0) + count;
        else sum[column] += count;
      }
    }
    const waiting = [...this.carried].reduce(
      (all, [id, words]) => (sourceId === undefined || id === sourceId ? all + words : all),
      0,
    );
    return { ...sum, refused, waiting, uncounted: sum.received - counted - waiting };
  }

  /** Line by line, for whoever looks for one tag. */
  byTag(): readonly TagLedger[] {
    return [...this.tags.values()];
  }

  private of(sourceId: SourceId, tagId: TagId): TagLedger {
    let tag = this.tags.get(tagId);
    if (!tag) this.tags.set(tagId, (tag = { tagId, sourceId, received: 0, fates: new Map() }));
    return tag;
  }
}
