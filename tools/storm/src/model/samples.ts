import type { LatestValue } from '@linepack/contracts';
import type { Micros, TagId } from '@linepack/network';
import type { Sample } from '@linepack/telemetry';

/** What the real writer answers (`Written`). */
export interface Stored {
  readonly inserted: number;
  readonly known: number;
  readonly shifted: number;
  readonly discarded: number;
  readonly late: number;
}

export interface Row {
  readonly ts: number;
  readonly quality: number;
  readonly value: number | null;
}

const MARKED = 0x0408;
const MOST_STEPS = 1_000;

/** Table `sample`: unique on tag and time. Two different values with one stamp are both kept, a microsecond apart. */
export class SampleTable {
  readonly byTag = new Map<number, Map<number, Row>>();
  private readonly sorted = new Map<number, readonly Row[]>();

  /** @param markLate leaves marks of what is late of the new rows. @returns how many that are */
  constructor(
    private readonly markLate: (rows: readonly Pick<Sample, 'tagId' | 'ts'>[]) => number = () => 0,
  ) {}

  write(samples: readonly Sample[]): Stored {
    const counts = { inserted: 0, known: 0, shifted: 0, discarded: 0, late: 0 };
    const fresh: Pick<Sample, 'tagId' | 'ts'>[] = [];
    for (const sample of samples) {
      const ts = this.place(sample, counts);
      if (ts !== null) fresh.push({ tagId: sample.tagId, ts: ts as Micros });
    }
    return { ...counts, late: this.markLate(fresh) };
  }

  /** All rows of a tag by time. */
  rows(tagId: number): readonly Row[] {
    let rows = this.sorted.get(tagId);
    if (!rows) {
      rows = [...(this.byTag.get(tagId)?.values() ?? [])].sort((a, b) => a.ts - b.ts);
      this.sorted.set(tagId, rows);
    }
    return rows;
  }

  /** Position of the first row of a tag at or after an instant. */
  firstAtOrAfter(tagId: number, at: number): number {
    const rows = this.rows(tagId);
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rows[middle] as Row).ts < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The rows of a tag in [from, to), by time. */
  rowsBetween(tagId: number, from: number, to: number): readonly Row[] {
    return this.rows(tagId).slice(this.firstAtOrAfter(tagId, from), this.firstAtOrAfter(tagId, to));
  }

  newest(tagId: number): Row | null {
    let newest: Row | null = null;
    for (const row of this.byTag.get(tagId)?.values() ?? [])
      if (newest === null || row.ts > newest.ts) newest = row;
    return newest;
  }

  /** The newest row of each tag since then, with the newest usable one beside it when it is not usable itself. */
  latest(tagIds: readonly TagId[], since: number): LatestValue[] {
    return [...tagIds]
      .sort((a, b) => a - b)
      .flatMap((tagId) => {
        const rows = this.rows(tagId).filter(({ ts }) => ts >= since);
        const newest = rows.at(-1);
        if (newest === undefined) return [];
        const isUsable = ({ quality, value }: Row): boolean => quality >= 0 && value !== null;
        const good = isUsable(newest) ? undefined : rows.findLast(isUsable);
        const lastGood = good ? { ts: good.ts, value: good.value } : null;
        return [{ tagId, ...newest, heardAt: newest.ts, lastGood } as LatestValue];
      });
  }

  /** @returns where it was placed; null when it was not */
  private place({ tagId, ts, quality, value }: Sample, counts: Record<keyof Stored, number>): number | null {
    let rows = this.byTag.get(tagId);
    if (!rows) this.byTag.set(tagId, (rows = new Map()));
    for (let step = 0; step <= MOST_STEPS; step += 1) {
      const there = rows.get(ts + step);
      if (there === undefined) {
        rows.set(ts + step, { ts: ts + step, quality: step === 0 ? quality : quality | MARKED, value });
        this.sorted.delete(tagId);
        counts.inserted += 1;
        if (step > 0) counts.shifted += 1;
        return ts + step;
      }
      if (there.value === value && (there.quality & ~MARKED) === (quality & ~MARKED)) {
        counts.known += 1;
        return null;
      }
    }
    counts.discarded += 1;
    return null;
  }
}
