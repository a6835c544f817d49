import type { LatestQuery, LatestValue, Network, Station, Tag, User } from '@linepack/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { assertMaySee, maySee } from '../access/visibility';
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

  /** @throws Forbidden NotFound */
  tags(user: User, stationId?: string): Tag[] {
    const { tags } = this.plant.current;
    if (stationId === undefined) return tags.filter((tag) => maySee(user, tag.stationId));
    this.assertStation(user, stationId);
    return [...this.plant.tagsOf(stationId)];
  }

  /** @throws Forbidden NotFound */
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

  /** @throws Forbidden NotFound when the user may not see one of the tags */
  assertTags(user: User, tagIds: readonly number[]): void {
    for (const tagId of tagIds) {
      const tag = this.plant.tag(tagId);
      // Bound users learn nothing of what is elsewhere, not even whether it exists.
      if (!tag && user.stations === null) throw new NotFound(`There is no tag ${tagId}.`);
      assertMaySee(user, tag?.stationId ?? null);
    }
  }

  private assertStation(user: User, stationId: string): void {
    assertMaySee(user, stationId);
    if (!this.plant.station(stationId)) throw new NotFound(`There is no station ${stationId}.`);
  }

  private idsOf(tags: readonly Tag[]): number[] {
    return tags.map((tag) => tag.tagId);
  }
}
