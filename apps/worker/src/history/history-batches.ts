import { setImmediate as breathe } from 'node:timers/promises';
import type { TagId, TagKey } from '@linepack/network';
import type { HistorySample } from '@linepack/simulation';
import type { Sample } from '@linepack/telemetry';
import { samplesOf } from './history-samples';

/** One batch is one transaction: small enough that a screen's read waits some tens of milliseconds at most. */
const BATCH_ROWS = 10_000;

export interface Batch {
  readonly samples: readonly Sample[];
  /** The instant of its last reading, epoch ms. */
  readonly toMs: number;
}

/**
 * Readings of the whole plant put together to batches. Each reading is computed in a turn of its own, so that a write
 * under way goes on meanwhile: while it waits for this process, the embedded database waits with it.
 */
export async function* batchesOf(
  readings: Iterable<HistorySample>,
  tagIds: ReadonlyMap<TagKey, TagId>,
): AsyncGenerator<Batch, undefined> {
  let samples: Sample[] = [];
  let toMs = 0;
  for (const reading of readings) {
    samples.push(...samplesOf(reading, tagIds));
    toMs = reading.timeMs;
    if (samples.length >= BATCH_ROWS) {
      yield { samples, toMs };
      samples = [];
    }
    await breathe();
  }
  if (samples.length > 0) yield { samples, toMs };
  return undefined;
}
