import {
  Global,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BusClient } from '../bus/bus-client';
import { PlantMemory } from '../plant/plant-memory';
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
      useFactory: (bus: BusClient, latest: LatestValues, plant: PlantMemory, hub: SocketHub) =>
        new LiveFeed(bus, latest, plant, hub),
      inject: [BusClient, LatestValues, PlantMemory, SocketHub],
    },
  ],
  exports: [SocketHub, LatestValues],
})
export class LiveModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed) {}

  onApplicationBootstrap(): void {
    this.feed.start();
  }

  onApplicationShutdown(): void {
    this.feed.stop();
  }
}
