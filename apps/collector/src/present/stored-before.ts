import { MICROS_PER_SECOND, type Micros, type TagId } from '@linepack/network';
import { SHIFTED_QUALITY_BITS, type SampleRepository } from '@linepack/store';
import { isSurelyAWord, qualityOf } from '@linepack/telemetry';
import type { Log } from '../log';
import { instantOf, type Time, type Timer } from '../time';
import type { PresentValues } from './present-values';

/** Tags of one question. */
const AT_ONCE = 500;
const RETRY_MS = 5_000;
/** No clock is set back by more than this and still believed. µs */
const LOOK_BACK = 2 * 86_400 * MICROS_PER_SECOND;

/**
 * Tells the tags that this collector begins to hear what was stored of them before, by an earlier run or by another
 * collector: the newest sample, and the newest that was a word of the source. While the database is away it asks again.
 */
export class StoredBefore {
  private asked = new Set<TagId>();
  private waiting = new Set<TagId>();
  private timer: Timer | null = null;
  private asking: Promise<void> | null = null;
  private failed = false;
  private stopped = false;

  constructor(
    private readonly samples: Pick<SampleRepository, 'latest'>,
    private readonly values: Pick<PresentValues, 'knows'>,
    private readonly time: Time,
    private readonly log: Log,
  ) {}

  /** From now on these tags are heard, and no others. */
  configure(tagIds: readonly TagId[]): void {
    this.waiting = new Set(tagIds.filter((id) => !this.asked.has(id) || this.waiting.has(id)));
    this.asked = new Set(tagIds);
    this.ask();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.asking;
  }

  private ask(): void {
    if (this.stopped || this.waiting.size === 0) return;
    this.timer?.cancel();
    this.asking ??= this.askAll()
      .catch((error: Error) => {
        if (!this.failed) this.log.warn(`what was stored before is not known yet: ${error.message}`);
        this.failed = true;
        if (!this.stopped) this.timer = this.time.after(RETRY_MS, () => this.ask());
      })
      .finally(() => (this.asking = null));
  }

  private async askAll(): Promise<void> {
    while (this.waiting.size > 0 && !this.stopped) {
      const tagIds = [...this.waiting].slice(0, AT_ONCE);
      const since = (this.time.now() - LOOK_BACK) as Micros;
      for (const { tagId, ts, quality, value, lastGood } of await this.samples.latest(tagIds, since)) {
        const newest = {
          tagId: tagId as TagId,
          ts: ts as Micros,
          value,
          quality: qualityOf(quality & ~SHIFTED_QUALITY_BITS),
        };
        const word = isSurelyAWord(newest) ? newest.ts : ((lastGood?.ts ?? null) as Micros | null);
        this.values.knows(newest, word, instantOf(this.time));
      }
      tagIds.forEach((id) => this.waiting.delete(id));
      this.failed = false;
    }
  }
}
