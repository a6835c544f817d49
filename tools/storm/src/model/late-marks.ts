import type { Micros, TagId } from '@linepack/network';
import { lateSpans, type LateMark, type LateSpan } from '@linepack/store';
import type { Sample } from '@linepack/telemetry';

interface Row {
  readonly id: number;
  readonly tagId: TagId;
  from: number;
  to: number;
  receivedAt: number;
  rolled: boolean;
  recalculated: boolean;
}

type Reader = 'rolled' | 'recalculated';

const JOIN_US = 3_600_000_000;

/** Table `late_mark`. */
export class LateMarkTable {
  private marks: Row[] = [];
  private ids = 0;

  /** @param clock the database's, microseconds */
  constructor(private readonly clock: () => number) {}

  /** Marks what of a batch lies before the watermark. @returns how many samples that were */
  markLate(rows: readonly Pick<Sample, 'tagId' | 'ts'>[], watermark: number): number {
    const late = rows.filter((s) => s.ts < watermark);
    this.leave(lateSpans(late));
    return late.length;
  }

  /** A span that lies at an open mark of its tag extends it; each mark takes one span of a batch at most. */
  leave(spans: readonly LateSpan[]): void {
    const before = [...this.marks];
    const extended = new Set<Row>();
    for (const { tagId, from, to } of spans) {
      const near = before.find(
        (m) =>
          m.tagId === tagId &&
          !m.rolled &&
          !m.recalculated &&
          m.from <= to + JOIN_US &&
          m.to >= from - JOIN_US,
      );
      if (near && !extended.has(near)) {
        extended.add(near);
        Object.assign(near, {
          from: Math.min(near.from, from),
          to: Math.max(near.to, to),
          receivedAt: this.clock(),
        });
      } else
        this.marks.push({
          id: ++this.ids,
          tagId,
          from,
          to,
          receivedAt: this.clock(),
          rolled: false,
          recalculated: false,
        });
    }
  }

  open(reader: Reader, limit = Infinity): LateMark[] {
    return this.marks
      .filter((m) => !m[reader])
      .sort((a, b) => a.receivedAt - b.receivedAt || a.id - b.id)
      .slice(0, limit)
      .map(({ id, tagId, from, to, receivedAt }) => ({
        id,
        tagId,
        from: from as Micros,
        to: to as Micros,
        receivedAt: receivedAt as Micros,
      }));
  }

  /** A mark that grew after it was read stays open. */
  finish(reader: Reader, seen: readonly LateMark[]): void {
    const read = new Map(seen.map((m) => [m.id, m]));
    for (const mark of this.marks) {
      const as = read.get(mark.id);
      if (as?.from === mark.from && as.to === mark.to && as.receivedAt === mark.receivedAt)
        mark[reader] = true;
    }
  }

  removeFinished(): number {
    const before = this.marks.length;
    this.marks = this.marks.filter((m) => !m.rolled || !m.recalculated);
    return before - this.marks.length;
  }
}
