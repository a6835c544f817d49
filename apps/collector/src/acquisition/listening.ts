import type { SourceId } from '@linepack/network';
import type { CollectorConfiguration } from '../configuration/collector-configuration';
import type { Time } from '../time';

export interface ListeningParts {
  readonly owned: () => readonly string[];
  /** What this collector held before it knew anything of now. */
  readonly heldBefore: () => readonly string[];
  /** Whether the database says that another collector holds the partition. */
  readonly isElsewhere: (partition: string) => boolean;
  /** Whether its new owner says that it hears the sources of the partition. */
  readonly isHeardElsewhere: (partition: string, sourceIds: readonly SourceId[]) => boolean;
  readonly time: Time;
}

/** A new owner that does not say within this time that it hears the sources is left to it, ms. */
const HANDOVER_MS = 10_000;

/**
 * Which stations this collector listens to: those it owns, and those that it owned last until their new owner hears them.
 * What a device says in between is stored and not lost; a value that two collectors heard is one in the store. Alarms are
 * the owner's alone.
 */
export class Listening {
  private readonly lately = new Map<string, { elsewhereMs: number | null }>();
  private before: readonly string[] = [];
  private last: { readonly configuration: CollectorConfiguration; readonly stations: string } | null = null;

  constructor(private readonly parts: ListeningParts) {}

  /** The part of the configuration that is listened to now; null while that is what it was. */
  change(configuration: CollectorConfiguration): CollectorConfiguration | null {
    const stations = this.stations(configuration);
    const names = [...stations].sort().join();
    if (this.last?.configuration === configuration && this.last.stations === names) return null;
    this.last = { configuration, stations: names };
    const tags = configuration.tags.filter((tag) => stations.has(tag.stationId));
    const needed = new Set(tags.map((tag) => tag.sourceId as string));
    return { ...configuration, tags, sources: configuration.sources.filter((s) => needed.has(s.id)) };
  }

  private stations(configuration: CollectorConfiguration): Set<string> {
    const { owned, heldBefore, isElsewhere, time } = this.parts;
    const now = owned();
    for (const partition of [...this.before, ...heldBefore()])
      if (!this.lately.has(partition)) this.lately.set(partition, { elsewhereMs: null });
    for (const partition of now) this.lately.delete(partition);
    this.before = now;
    for (const [partition, one] of this.lately) {
      if (!isElsewhere(partition)) continue;
      one.elsewhereMs ??= time.monotonicMs();
      if (this.isHandedOver(partition, one.elsewhereMs, configuration)) this.lately.delete(partition);
    }
    return new Set([...now, ...this.lately.keys()]);
  }

  private isHandedOver(partition: string, sinceMs: number, { tags }: CollectorConfiguration): boolean {
    const sources = [...new Set(tags.filter((t) => t.stationId === partition).map((t) => t.sourceId))];
    const { time, isHeardElsewhere } = this.parts;
    return isHeardElsewhere(partition, sources) || time.monotonicMs() - sinceMs > HANDOVER_MS;
  }
}
