import type { LatestValue, LiveSample } from '@linepack/contracts';

/** By whom and when a word is said. */
interface Said {
  /** Lease epoch of the collector that says it. */
  readonly epoch: number;
  /** This process's clock, microseconds. */
  readonly now: number;
}

/**
 * The present value of every tag, from the database at the start and from the live bus since. The younger owner's word
 * is present, and of one owner the last: what order things have is nothing that clocks say, for a device's, a collector's
 * and ours may each be wrong or set. Nothing was heard later than now, nor before what it takes the place of. What the
 * database holds never stands before a live word, nor takes its place.
 */
export class LatestValues {
  private readonly values = new Map<number, LatestValue>();
  /** Of tags heard live: the epoch of who said the present word. */
  private readonly epochs = new Map<number, number>();

  /** @returns the word as it is kept; null when a younger owner has spoken */
  take([tagId, ts, quality, value, saidAt]: LiveSample, { epoch, now }: Said): LiveSample | null {
    const known = this.values.get(tagId);
    const younger = this.epochs.get(tagId);
    if (younger !== undefined && younger > epoch) return null;
    const before = known && younger !== undefined ? known.heardAt : Number.NEGATIVE_INFINITY;
    const heardAt = Math.min(now, Math.max(saidAt, before));
    this.epochs.set(tagId, epoch);
    // Bad qualities are negative: such a value is shown as bad, beside the last good one.
    const usable = quality >= 0 && value !== null;
    const lastGood = usable ? { ts, value } : (known?.lastGood ?? null);
    this.values.set(tagId, { tagId, ts, quality, value, heardAt, lastGood });
    return [tagId, ts, quality, value, heardAt];
  }

  /** The database was restored from a copy: it gives older epochs than before. */
  ownersAnew(): void {
    for (const tagId of this.epochs.keys()) this.epochs.set(tagId, 0);
  }

  /** Values read from the database; those that the bus has overtaken stay. */
  seed(values: readonly LatestValue[]): void {
    for (const value of values) {
      const known = this.values.get(value.tagId);
      const isNewer = !known || (!this.epochs.has(value.tagId) && known.heardAt < value.heardAt);
      if (isNewer) this.values.set(value.tagId, value);
      else if (!known.lastGood && value.lastGood)
        this.values.set(value.tagId, { ...known, lastGood: value.lastGood });
    }
  }

  of(tagIds: Iterable<number>): LatestValue[] {
    const found: LatestValue[] = [];
    for (const tagId of tagIds) {
      const value = this.values.get(tagId);
      if (value) found.push(value);
    }
    return found;
  }
}
