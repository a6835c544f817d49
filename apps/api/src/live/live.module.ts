import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { BusClient } from '../bus/bus-client';
import { PlantMemory } from '../plant/plant-memory';
import { CLOCK, type Clock } from '../settings/clock';
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
      useFactory: (bus: BusClient, latest: LatestValues, plant: PlantMemory, hub: SocketHub, now: Clock) =>
        new LiveFeed(bus, latest, plant, hub, now),
      inject: [BusClient, LatestValues, PlantMemory, SocketHub, CLOCK],
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
