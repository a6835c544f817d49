import { MICROS_PER_SECOND, type Micros, type SourceId, type TagId } from '@linepack/network';
import {
  QUALITY,
  afterStoring,
  dueRepeat,
  isWorthStoring,
  scaled,
  stampOf,
  type ReportState,
  type Sample,
} from '@linepack/telemetry';
import type { Received } from './acquisition/source';
import type { CollectorTag } from './configuration/collector-configuration';

const STALE_INTERVALS = 3;

/** A sample on its way to the alarms: with how late it was when it came, microseconds. */
export interface Measured {
  readonly tag: CollectorTag;
  readonly sample: Sample;
  readonly lag: number;
}

export interface Outcome {
  /** Every usable word of the plant, in order: for the alarms and the screens. */
  readonly measured: readonly Measured[];
  /** What of it is worth storing. */
  readonly stored: readonly Sample[];
}

interface TagState {
  tag: CollectorTag;
  /** When anything was received of it, on the collector's clock. */
  heardAt: Micros | null;
  stored: ReportState;
  /** The last sample before its source went, and the Bad one that says so. */
  gone: { readonly before: ReportState; readonly marker: Sample } | null;
}

/**
 * From what the plant sent to samples: scaled, stamped, thinned out. When a source goes, each of its tags gets one
 * Bad sample; when it comes back with a value that is older than that (it did not change meanwhile), the value is
 * stored again at the time of receipt, because otherwise the Bad sample would stay the newest word on it.
 */
export class Measurements {
  private tags = new Map<TagId, TagState>();

  configure(tags: readonly CollectorTag[]): void {
    const before = this.tags;
    this.tags = new Map(
      tags.map((tag) => [
        tag.tagId,
        { stored: null, gone: null, heardAt: null, ...before.get(tag.tagId), tag },
      ]),
    );
  }

  received(values: readonly Received[], now: Micros): Outcome {
    const measured: Measured[] = [];
    const stored: Sample[] = [];
    for (const value of values) {
      const state = this.tags.get(value.tagId);
      if (state) this.take(state, value, now, { measured, stored });
    }
    return { measured, stored };
  }

  /** The source cannot be heard any more: one Bad sample a tag. */
  sourceLost(sourceId: SourceId, now: Micros): Outcome {
    return this.markGone((state) => state.tag.sourceId === sourceId, now);
  }

  /**
   * Tags that have not been heard for three reporting intervals though their source is there, where a source says
   * nothing for its devices: a broker stays connected when a device behind it dies.
   */
  devicesLost(isThere: (sourceId: SourceId) => boolean, now: Micros): Outcome {
    const silent = ({ tag, heardAt }: TagState): boolean =>
      heardAt !== null &&
      now - heardAt > STALE_INTERVALS * tag.config.maxReportS * MICROS_PER_SECOND &&
      isThere(tag.sourceId);
    return this.markGone(silent, now);
  }

  private markGone(isGone: (state: TagState) => boolean, now: Micros): Outcome {
    const measured: Measured[] = [];
    for (const state of this.tags.values()) {
      if (state.gone || !isGone(state)) continue;
      const ts = Math.max(now, (state.stored?.ts ?? 0) + 1) as Micros;
      const marker = { tagId: state.tag.tagId, ts, quality: QUALITY.BadNoCommunication, value: null };
      state.gone = { before: state.stored, marker };
      state.stored = marker;
      measured.push({ tag: state.tag, sample: marker, lag: 0 });
    }
    return { measured, stored: measured.map((m) => m.sample) };
  }

  /** Repeats that fall due of tags whose source reports only changes and is there. */
  repeats(isThere: (sourceId: SourceId) => boolean, now: Micros): Sample[] {
    const due: Sample[] = [];
    for (const state of this.tags.values()) {
      if (state.gone || !isThere(state.tag.sourceId)) continue;
      const repeat = dueRepeat(state.stored, now, state.tag.config);
      if (repeat === null) continue;
      state.stored = repeat;
      due.push(repeat);
    }
    return due;
  }

  /**
   * Values that could not be made durable and that their source will send again: they must not be taken for known
   * when they come.
   */
  forget(values: readonly Received[]): void {
    for (const { tagId } of values) {
      const state = this.tags.get(tagId);
      if (!state) continue;
      if (state.gone) state.gone = { ...state.gone, before: null };
      else state.stored = null;
    }
  }

  stationOf(tagId: TagId): string | null {
    return this.tags.get(tagId)?.tag.stationId ?? null;
  }

  private take(
    state: TagState,
    value: Received,
    now: Micros,
    out: { measured: Measured[]; stored: Sample[] },
  ): void {
    const { tag } = state;
    state.heardAt = now;
    const stamp = stampOf(value.ts, now, value.quality);
    const reading = scaled({ quality: stamp.quality, value: value.value }, tag.config.scale);
    let sample: Sample = { tagId: tag.tagId, ts: stamp.ts, ...reading };
    const { gone } = state;
    if (gone && sample.ts <= gone.marker.ts) {
      if (isWorthStoring(gone.before, sample, tag.config)) out.stored.push(sample);
      sample = { ...sample, ts: Math.max(now, gone.marker.ts + 1) as Micros };
    }
    state.gone = null;
    out.measured.push({ tag, sample, lag: now - sample.ts });
    if (!isWorthStoring(state.stored, sample, tag.config)) return;
    state.stored = afterStoring(state.stored, sample);
    out.stored.push(sample);
  }
}
