import type { LatestQuery, LatestValue, Network, Station, Tag, User } from '@linepack/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { maySee } from '../access/visibility';
import { NotFound } from '../http/errors';
import { LatestValues } from '../live/latest-values';
import { PlantMemory } from './plant-memory';

/** Stations, tags and their last values, as far as a user may see them. Everything is answered from memory. */
@Injectable()
export class PlantService {
  constructor(
    @Inject(PlantMemory) private readonly plant: PlantMemory,
    @Inject(LatestValues) private readonly values: LatestValues,
  ) {}

  network(): Network {
    return this.plant.current.network;
  }

  stations(user: User): Station[] {
    return this.plant.current.stations.filter(({ id }) => maySee(user, id));
  }

  /** @throws NotFound */
  tags(user: User, stationId?: string): Tag[] {
    const { tags } = this.plant.current;
    if (stationId === undefined) return tags.filter((tag) => maySee(user, tag.stationId));
    this.assertStation(user, stationId);
    return [...this.plant.tagsOf(stationId)];
  }

  /** @throws NotFound */
  latest(user: User, { tags, station }: LatestQuery): LatestValue[] {
    if (tags) {
      this.assertTags(user, tags);
      const wanted = new Set(tags);
      return this.values.of(
        station === undefined ? wanted : this.idsOf(this.tags(user, station)).filter((id) => wanted.has(id)),
      );
    }
    return this.values.of(this.idsOf(this.tags(user, station)));
  }

  /** @throws NotFound when one of the tags is not there for the user */
  assertTags(user: User, tagIds: readonly number[]): void {
    for (const tagId of tagIds) {
      const tag = this.plant.tag(tagId);
      if (!tag || !maySee(user, tag.stationId)) throw new NotFound(`There is no tag ${tagId}.`);
    }
  }

  private assertStation(user: User, stationId: string): void {
    if (!this.plant.station(stationId) || !maySee(user, stationId))
      throw new NotFound(`There is no station ${stationId}.`);
  }

  private idsOf(tags: readonly Tag[]): number[] {
    return tags.map((tag) => tag.tagId);
  }
}
