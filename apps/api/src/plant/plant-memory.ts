import type { LossArea, Network, Station, Tag } from '@linepack/contracts';
import { DatabaseAway } from '../http/errors';

/** What the network file says, as it is in force now. */
export interface Plant {
  readonly network: Network;
  readonly stations: readonly Station[];
  readonly tags: readonly Tag[];
  readonly areas: readonly LossArea[];
}

/** The plant in memory: read at the start and whenever the configuration changes, there while the database is away. */
export class PlantMemory {
  private plant: Plant | null = null;
  private tagsById = new Map<number, Tag>();
  private tagsByStation = new Map<string, Tag[]>();

  get isKnown(): boolean {
    return this.plant !== null;
  }

  /** @throws DatabaseAway when it was never read: only the database knows it */
  get current(): Plant {
    if (!this.plant) throw new DatabaseAway();
    return this.plant;
  }

  replace(plant: Plant): void {
    this.plant = plant;
    this.tagsById = new Map(plant.tags.map((tag) => [tag.tagId, tag]));
    this.tagsByStation = new Map(plant.stations.map(({ id }) => [id, []]));
    for (const tag of plant.tags) this.tagsByStation.get(tag.stationId)?.push(tag);
  }

  tag(tagId: number): Tag | null {
    return this.tagsById.get(tagId) ?? null;
  }

  tagsOf(stationId: string): readonly Tag[] {
    return this.tagsByStation.get(stationId) ?? [];
  }

  station(stationId: string): Station | null {
    return this.plant?.stations.find((station) => station.id === stationId) ?? null;
  }

  area(areaId: string): LossArea | null {
    return this.plant?.areas.find((area) => area.areaId === areaId) ?? null;
  }
}
