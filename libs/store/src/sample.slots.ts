import type { Micros, TagId } from '@linepack/network';
import { isUsable, QUALITY, type Quality, type Sample } from '@linepack/telemetry';

/**
 * Two different values of one tag with one stamp are both kept, the later one a microsecond on. It carries the
 * StatusCode's ExtraData bit ("hides other data at the same timestamp", OPC 10000-11, 6.4.3) with the info type
 * DataValue (OPC 10000-4, 7.39.1), so that a reader can tell its time was moved.
 */
export const SHIFTED_QUALITY_BITS = 0x0408;

/** More values than this with one stamp come from a clock that stands still; the rest is discarded. */
export const MOST_SHIFTS = 1_000;

/** What is stored around the stamps of a batch, by tag and time. */
export type Occupied = Map<TagId, Map<Micros, Sample>>;

export interface Placed {
  readonly rows: Sample[];
  readonly known: number;
  readonly shifted: number;
  readonly discarded: number;
}

/** A number that is not one is stored as no value, and not as a usable one. */
function storable(sample: Sample): Sample {
  if (!Number.isSafeInteger(sample.ts))
    throw new RangeError(`tag ${sample.tagId}: ts ${sample.ts}: expected whole microseconds since the epoch`);
  if (sample.value === null || Number.isFinite(sample.value)) return sample;
  return {
    ...sample,
    value: null,
    quality: isUsable(sample.quality) ? QUALITY.BadDecodingError : sample.quality,
  };
}

// The mark is ours, not the sample's: a replayed sample comes without it. -0 and 0 are one value in SQL.
const same = (stored: Sample, sample: Sample): boolean =>
  stored.value === sample.value &&
  (stored.quality & ~SHIFTED_QUALITY_BITS) === (sample.quality & ~SHIFTED_QUALITY_BITS);

/**
 * Gives every sample its place: the first microsecond from its own stamp on that is free, unless an equal sample is met
 * on the way. Rows never move, so a replayed sample walks the same way to itself, and placing again places nothing.
 * `occupied` is extended by what is placed.
 */
export function placeSamples(samples: readonly Sample[], occupied: Occupied): Placed {
  const rows: Sample[] = [];
  let [known, shifted, discarded] = [0, 0, 0];
  for (const given of samples) {
    const sample = storable(given);
    const slots = occupied.get(sample.tagId) ?? new Map<Micros, Sample>();
    occupied.set(sample.tagId, slots);
    let ts = sample.ts;
    let there = slots.get(ts);
    while (there && !same(there, sample) && ts - sample.ts < MOST_SHIFTS) {
      ts = (ts + 1) as Micros;
      there = slots.get(ts);
    }
    if (there && same(there, sample)) known += 1;
    else if (there) discarded += 1;
    else {
      const moved = ts !== sample.ts;
      const row = moved
        ? { ...sample, ts, quality: (sample.quality | SHIFTED_QUALITY_BITS) as Quality }
        : sample;
      if (moved) shifted += 1;
      slots.set(ts, row);
      rows.push(row);
    }
  }
  // By the unique key: two writers whose batches overlap then wait for each other in one order, and never in a ring.
  rows.sort((a, b) => a.tagId - b.tagId || a.ts - b.ts);
  return { rows, known, shifted, discarded };
}
