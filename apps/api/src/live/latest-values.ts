import type { LatestValue, LiveSample } from '@linepack/contracts';

/** The newest value of every tag, from the database at the start and from the live bus since. */
export class LatestValues {
  private readonly values = new Map<number, LatestValue>();

  /** @returns whether the sample is newer than what was known */
  take([tagId, ts, quality, value]: LiveSample): boolean {
    const known = this.values.get(tagId);
    if (known && known.ts >= ts) return false;
    // Bad qualities are negative: such a value is shown as bad, beside the last good one.
    const usable = quality >= 0 && value !== null;
    const lastGood = usable ? { ts, value } : (known?.lastGood ?? null);
    this.values.set(tagId, { tagId, ts, quality, value, lastGood });
    return true;
  }

  /** Values read from the database; those that the bus has overtaken stay. */
  seed(values: readonly LatestValue[]): void {
    for (const value of values) {
      const known = this.values.get(value.tagId);
      if (!known || known.ts < value.ts) this.values.set(value.tagId, value);
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

  /** Source time of the newest sample among some tags, microseconds; null when there is none. */
  newestAt(tagIds: Iterable<number>): number | null {
    let newest: number | null = null;
    for (const { ts } of this.of(tagIds)) if (newest === null || ts > newest) newest = ts;
    return newest;
  }
}
