import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { BusClient } from '../bus/bus-client';
import { PlantMemory } from '../plant/plant-memory';
import { CLOCK, type Clock } from '../settings/clock';
import { LOGGER } from '../settings/settings.module';
import { LatestValues } from './latest-values';
import { LiveFeed } from './live-feed';
import { LiveGateway } from './live.gateway';
import { SocketHub } from './socket-hub';

@Global()
@Module({
  providers: [
    SocketHub,
    LatestValues,
    LiveGateway,
    {
      provide: LiveFeed,
      useFactory: (
        bus: BusClient,
        latest: LatestValues,
        plant: PlantMemory,
        hub: SocketHub,
        now: Clock,
        logger: Logger,
      ) => new LiveFeed(bus, latest, plant, hub, now, logger),
      inject: [BusClient, LatestValues, PlantMemory, SocketHub, CLOCK, LOGGER],
    },
  ],
  exports: [SocketHub, LatestValues],
})
export class LiveModule implements OnApplicationShutdown {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed) {}

  onApplicationShutdown(): void {
    this.feed.stop();
  }
}
