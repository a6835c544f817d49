import type { Micros, TagId } from '@linepack/network';
import type { Sample } from '@linepack/telemetry';
import type { PoolClient } from './database';

/** Marks of one tag that are no further apart than this become one. */
const MARK_JOIN_US = 3_600_000_000;

/** Late data of a tag, with no longer pause in it than joins marks. */
export interface LateSpan {
  readonly tagId: TagId;
  readonly from: Micros;
  /** Inclusive. */
  readonly to: Micros;
}

/** One batch may bring yesterday's values and one of the year 2000: what lies between is not late. */
export function lateSpans(samples: readonly Pick<Sample, 'tagId' | 'ts'>[]): LateSpan[] {
  const sorted = [...samples].sort((a, b) => a.tagId - b.tagId || a.ts - b.ts);
  const spans: LateSpan[] = [];
  for (const { tagId, ts } of sorted) {
    const last = spans.at(-1);
    if (last && last.tagId === tagId && ts - last.to <= MARK_JOIN_US)
      spans[spans.length - 1] = { ...last, to: ts };
    else spans.push({ tagId, from: ts, to: ts });
  }
  return spans;
}

/** Leaves marks of late spans; one that lies at an open mark of its tag extends it. */
export async function leaveMarks(client: PoolClient, spans: readonly LateSpan[]): Promise<void> {
  if (spans.length === 0) return;
  await client.query(
    `with late as (
       select tag_id, instant(from_us) as from_ts, instant(to_us) as to_ts, place
       from unnest($1::int[], $2::bigint[], $3::bigint[]) with ordinality as l (tag_id, from_us, to_us, place)
       order by tag_id, from_us
     ), joined as (
       -- a mark takes one span at most; another that lies at it becomes a mark of its own
       update late_mark m
       set from_ts = least(m.from_ts, l.from_ts), to_ts = greatest(m.to_ts, l.to_ts), received_at = clock_timestamp()
       from late l
       where m.id = (
         select o.id from late_mark o
         where o.tag_id = l.tag_id and o.rolled_at is null and o.recalculated_at is null
           and o.from_ts <= l.to_ts + $4 * interval '1 microsecond'
           and o.to_ts >= l.from_ts - $4 * interval '1 microsecond'
         order by o.id limit 1)
       returning l.place
     )
     insert into late_mark (tag_id, from_ts, to_ts, received_at)
     select tag_id, from_ts, to_ts, clock_timestamp() from late
     where place not in (select place from joined)`,
    [spans.map((s) => s.tagId), spans.map((s) => s.from), spans.map((s) => s.to), MARK_JOIN_US],
  );
}

/** Marks what of a batch lies before the watermark. @returns how many samples that were */
export async function markLate(
  client: PoolClient,
  rows: readonly Sample[],
  watermark: number,
): Promise<number> {
  const late = rows.filter((s) => s.ts < watermark);
  await leaveMarks(client, lateSpans(late));
  return late.length;
}
