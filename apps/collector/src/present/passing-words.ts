import type { Micros, SourceId, TagId } from '@linepack/network';
import { PresentTag, scaled, type Circumstances, type Instant, type Word } from '@linepack/telemetry';
import type { Received } from '../acquisition/source';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { Heard } from './outcome';

/** What a source said of a tag, scaled to the tag's unit. */
export const wordOf = (tag: CollectorTag, { quality, value, ts, origin }: Received, now: Micros): Word => ({
  tagId: tag.tagId,
  ...scaled({ quality, value }, tag.config.scale),
  sourceTime: ts,
  receivedAt: now,
  origin,
});

/** Nothing is known of such a tag but the word itself. */
const ALONE = { delivery: 'inOrder', reading: null, era: 0, skew: null, connection: 0 } as const;

/**
 * Words of tags that another collector listens to: a broker still had them for this one, and will say them to nobody
 * else. They are stored, which is safe twice, and nothing more is made of them.
 */
export class PassingWords {
  private tags: ReadonlyMap<TagId, CollectorTag> = new Map();

  configure(tags: readonly CollectorTag[]): void {
    this.tags = new Map(tags.map((tag) => [tag.tagId, tag]));
  }

  take(
    sourceId: SourceId,
    received: Received,
    now: Instant,
    commissionedAt: Circumstances['commissionedAt'],
  ): Heard {
    const { tagId } = received;
    const tag = this.tags.get(tagId);
    if (tag?.sourceId !== sourceId)
      return { tagId, verdict: 'unknownTag', isOfNow: false, rows: [], held: null, unreadable: null };
    const around = { ...ALONE, rule: tag.config, now, commissionedAt };
    const { rows } = new PresentTag(tagId, () => 1).take(wordOf(tag, received, now.wall), around);
    return {
      tagId,
      verdict: 'history',
      isOfNow: false,
      rows,
      held: null,
      unreadable: received.unreadable ?? null,
    };
  }
}
