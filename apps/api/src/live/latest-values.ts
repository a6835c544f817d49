import type { LatestValue, LiveSample } from '@linepack/contracts';

/**
 * The present value of every tag, from the database at the start and from the live bus since. What was heard later is
 * present, whatever its source time: a device's clock may be wrong or set. Nothing was heard later than now: another
 * computer's clock may be ahead, and ours may have been set back, and neither may stand before what comes next. What the
 * database holds has a source time and none of hearing: it never stands before a live word, nor takes its place.
 */
export class LatestValues {
  private readonly values = new Map<number, LatestValue>();
  /** Tags heard live. */
  private readonly live = new Set<number>();

  /**
   * @param now this process's clock, microseconds
   * @returns the word as it is kept; null when it is older than what was known
   */
  take([tagId, ts, quality, value, saidAt]: LiveSample, now: number): LiveSample | null {
    const known = this.values.get(tagId);
    const heardAt = Math.min(saidAt, now);
    // A known instant that lies ahead of now is of another clock.
    if (known && this.live.has(tagId) && known.heardAt <= now && known.heardAt > heardAt) return null;
    this.live.add(tagId);
    // Bad qualities are negative: such a value is shown as bad, beside the last good one.
    const usable = quality >= 0 && value !== null;
    const lastGood = usable ? { ts, value } : (known?.lastGood ?? null);
    this.values.set(tagId, { tagId, ts, quality, value, heardAt, lastGood });
    return [tagId, ts, quality, value, heardAt];
  }

  /** Values read from the database; those that the bus has overtaken stay. */
  seed(values: readonly LatestValue[]): void {
    for (const value of values) {
      const known = this.values.get(value.tagId);
      const isNewer = !known || (!this.live.has(value.tagId) && known.heardAt < value.heardAt);
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
