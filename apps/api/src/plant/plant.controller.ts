import {
  LatestQuery,
  LatestValues,
  Network,
  Stations,
  Tags,
  TagsQuery,
  type User,
} from '@linepack/contracts';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentSession } from '../access/current-session';
import { Permit, SignedIn } from '../access/permit';
import type { Session } from '../auth/session-registry';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';
import { PlantService } from './plant.service';

@Controller('api')
export class PlantController {
  constructor(@Inject(PlantService) private readonly plant: PlantService) {}

  @Get('network')
  @SignedIn()
  @Describe({ summary: 'The network: names, gas day, reference conditions', answer: Network })
  network(): Network {
    return this.plant.network();
  }

  @Get('stations')
  @Permit('station.read')
  @Describe({ summary: 'The stations the user may see', answer: Stations })
  stations(@CurrentSession() { user }: Session): Stations {
    return { stations: this.plant.stations(user) };
  }

  @Get('tags')
  @Permit('station.read')
  @Describe({ summary: 'The tags the user may see', query: TagsQuery, answer: Tags, problems: ['notFound'] })
  tags(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(TagsQuery)) query: z.output<typeof TagsQuery>,
  ): Tags {
    return { tags: this.plant.tags(user, query.station) };
  }

  @Get('latest')
  @Permit('station.read')
  @Describe({
    summary: 'Last value of each tag, with its quality and the last good value; from memory',
    query: LatestQuery,
    answer: LatestValues,
    problems: ['notFound'],
  })
  latest(
    @CurrentSession() { user }: { user: User },
    @Query(new ZodPipe(LatestQuery)) query: LatestQuery,
  ): LatestValues {
    return { values: this.plant.latest(user, query) };
  }
}
