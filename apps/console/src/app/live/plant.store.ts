import { Injectable, computed, inject, signal } from '@angular/core';
import { Network, type Station, Stations, type Tag, Tags } from '@linepack/contracts';
import { Api } from '../core/api';
import { Link } from '../core/link';
import { Loading } from '../core/loading';
import { merge } from 'rxjs';

/** A configuration that could not be read again is asked for after this. */
const RETRY_MS = 3_000;

/**
 * What there is: the network, its stations and tags, as far as the user may see them. Read at first, and again when the
 * server says that it changed or may have changed unheard: units and limits on a wall must not be last year's.
 */
@Injectable({ providedIn: 'root' })
export class PlantStore {
  private readonly api = inject(Api);
  private readonly reading = new Loading<{ network: Network; stations: Station[]; tags: Tag[] }>();

  readonly state = this.reading.state;
  readonly error = this.reading.error;
  readonly network = computed(() => this.reading.value()?.network ?? null);
  readonly stations = computed(() => this.reading.value()?.stations ?? []);
  readonly tags = computed(() => this.reading.value()?.tags ?? []);
  private readonly stationById = computed(() => new Map(this.stations().map((s) => [s.id, s])));
  private readonly tagById = computed(() => new Map(this.tags().map((t) => [t.tagId, t])));
  private readonly byStation = computed(() => Map.groupBy(this.tags(), (t) => t.stationId));
  /** Zone of the network's gas day; of the top bar's clock. */
  readonly zone = computed(() => this.network()?.gasDay.timeZone ?? 'Asia/Shanghai');
  /** The station page shown last: where the navigation leads back to. */
  readonly lastStation = signal<string | null>(null);

  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const link = inject(Link);
    merge(link.configurationChanged, link.joined).subscribe(() => {
      if (this.state() === 'ready') void this.loadAgain();
    });
  }

  private async loadAgain(): Promise<void> {
    clearTimeout(this.retry);
    await this.load();
    if (this.error() !== undefined) this.retry = setTimeout(() => void this.loadAgain(), RETRY_MS);
  }

  async load(): Promise<void> {
    await this.reading.read(async () => {
      const [network, { stations }, { tags }] = await Promise.all([
        this.api.get('/api/network', Network),
        this.api.get('/api/stations', Stations),
        this.api.get('/api/tags', Tags),
      ]);
      return { network, stations, tags };
    });
  }

  station = (id: string | null): Station | null =>
    id === null ? null : (this.stationById().get(id) ?? null);
  tag = (id: number | null): Tag | null => (id === null ? null : (this.tagById().get(id) ?? null));
  tagsOf = (stationId: string): Tag[] => this.byStation().get(stationId) ?? [];
  /** Stations with a tag that is read from this source, in the network's order. */
  fedBy = (sourceId: string): Station[] => {
    const ids = new Set(this.tags().flatMap((t) => (t.sourceId === sourceId ? [t.stationId] : [])));
    return this.stations().filter((s) => ids.has(s.id));
  };
  zoneOf = (stationId: string | null): string => this.station(stationId)?.timeZone ?? this.zone();
}
