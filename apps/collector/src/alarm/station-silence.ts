import type { Micros, SourceId, TagId } from '@linepack/network';
import { QUALITY, isUsable, type Quality } from '@linepack/telemetry';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { Present } from '../present/present-values';

export interface StationHeard {
  readonly stationId: string;
  readonly silent: boolean;
  readonly at: Micros;
}

interface Heard {
  readonly sourceId: SourceId;
  word: 'unknown' | 'usable' | 'bad' | 'silent';
}

/**
 * Tells when a whole station falls silent though its sources are there: nothing usable comes of the tags they carry,
 * and BadNoCommunication is said of at least one (others may be bad for reasons of their own, or unknown). A source
 * that is away itself is said once, by its own alarm, and not again for its stations.
 */
export class StationSilence {
  private readonly stations = new Map<string, Map<TagId, Heard>>();
  private readonly told = new Map<string, boolean>();

  constructor(private readonly isThere: (sourceId: SourceId) => boolean) {}

  configure(tags: readonly CollectorTag[]): void {
    const before = new Map(this.stations);
    this.stations.clear();
    for (const { tagId, stationId, sourceId } of tags) {
      const station = this.stations.get(stationId) ?? new Map<TagId, Heard>();
      const word = before.get(stationId)?.get(tagId)?.word ?? 'unknown';
      this.stations.set(stationId, station.set(tagId, { sourceId, word }));
    }
  }

  /** The stations whose standing changed with these values. */
  observe(present: readonly Present[]): StationHeard[] {
    const touched = new Map<string, Micros>();
    for (const { tag, value } of present) {
      const known = this.stations.get(tag.stationId)?.get(tag.tagId);
      if (!known) continue;
      known.word = wordOf(value.quality);
      touched.set(tag.stationId, value.receivedAt);
    }
    return [...touched].flatMap(([stationId, at]) => {
      const silent = this.isSilent(stationId);
      if (silent === (this.told.get(stationId) ?? false)) return [];
      this.told.set(stationId, silent);
      return [{ stationId, silent, at }];
    });
  }

  private isSilent(stationId: string): boolean {
    const tags = [...(this.stations.get(stationId)?.values() ?? [])].filter((t) => this.isThere(t.sourceId));
    return tags.some((t) => t.word === 'silent') && tags.every((t) => t.word !== 'usable');
  }
}

const wordOf = (quality: Quality): Heard['word'] =>
  isUsable(quality) ? 'usable' : quality === QUALITY.BadNoCommunication ? 'silent' : 'bad';
