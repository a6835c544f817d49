import type { Micros, SourceId, TagId } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { Measured } from '../measurement';

export interface StationHeard {
  readonly stationId: string;
  readonly silent: boolean;
  readonly at: Micros;
}

/**
 * Tells when a whole station falls silent though its sources are there: every tag of it that such a source carries
 * says BadNoCommunication. A source that is away itself is said once, by its own alarm, and not again for its stations.
 */
export class StationSilence {
  private readonly stations = new Map<string, Map<TagId, { sourceId: SourceId; silent: boolean | null }>>();
  private readonly told = new Map<string, boolean>();

  constructor(private readonly isThere: (sourceId: SourceId) => boolean) {}

  configure(tags: readonly CollectorTag[]): void {
    const before = new Map(this.stations);
    this.stations.clear();
    for (const { tagId, stationId, sourceId } of tags) {
      const station =
        this.stations.get(stationId) ?? new Map<TagId, { sourceId: SourceId; silent: boolean | null }>();
      const silent = before.get(stationId)?.get(tagId)?.silent ?? null;
      this.stations.set(stationId, station.set(tagId, { sourceId, silent }));
    }
  }

  /** The stations whose standing changed with these samples. */
  observe(measured: readonly Measured[]): StationHeard[] {
    const touched = new Map<string, Micros>();
    for (const { tag, sample } of measured) {
      const known = this.stations.get(tag.stationId)?.get(tag.tagId);
      if (!known) continue;
      known.silent = sample.quality === QUALITY.BadNoCommunication;
      touched.set(tag.stationId, sample.ts);
    }
    return [...touched].flatMap(([stationId, at]) => {
      const silent = this.isSilent(stationId);
      if (silent === (this.told.get(stationId) ?? false)) return [];
      this.told.set(stationId, silent);
      return [{ stationId, silent, at }];
    });
  }

  private isSilent(stationId: string): boolean {
    const carried = [...(this.stations.get(stationId)?.values() ?? [])].filter((t) =>
      this.isThere(t.sourceId),
    );
    return carried.length > 0 && carried.every((t) => t.silent === true);
  }
}
