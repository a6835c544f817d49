import type { TagId } from '@linepack/network';

/**
 * Words on their way to the database, by tag: what repeats one of them is durable when that is, and not before. At most
 * one entry a tag.
 */
export class OnTheirWay {
  private readonly byTag = new Map<TagId, Promise<unknown>>();

  /** Resolves when everything of these tags that is on its way now is durable. */
  of(tagIds: Iterable<TagId>): Promise<unknown> {
    return Promise.all(this.distinct(tagIds));
  }

  add(tagIds: readonly TagId[], stored: Promise<unknown>): void {
    const earlier = this.distinct(tagIds);
    const all = earlier.size === 0 ? stored : Promise.all([...earlier, stored]);
    for (const tagId of tagIds) this.byTag.set(tagId, all);
    const arrived = (): void => {
      for (const tagId of tagIds) if (this.byTag.get(tagId) === all) this.byTag.delete(tagId);
    };
    all.then(arrived, arrived);
  }

  private distinct(tagIds: Iterable<TagId>): Set<Promise<unknown>> {
    const waiting = new Set<Promise<unknown>>();
    for (const tagId of tagIds) {
      const stored = this.byTag.get(tagId);
      if (stored) waiting.add(stored);
    }
    return waiting;
  }
}
