import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { BusClient } from '../bus/bus-client';
import { DatabaseGate } from '../database/database-gate';
import { HealthModule } from '../health/health.module';
import { SocketHub } from '../live/socket-hub';
import { AlarmCommands } from './alarm-commands';
import { AlarmController } from './alarm.controller';
import { AlarmFeed } from './alarm-feed';
import { AlarmService } from './alarm.service';
import { AlarmTableMemory } from './alarm-table';

@Module({
  imports: [HealthModule],
  controllers: [AlarmController],
  providers: [
    AlarmService,
    AlarmTableMemory,
    { provide: AlarmCommands, useFactory: (bus: BusClient) => new AlarmCommands(bus), inject: [BusClient] },
    {
      provide: AlarmFeed,
      useFactory: (bus: BusClient, table: AlarmTableMemory, hub: SocketHub, gate: DatabaseGate) =>
        new AlarmFeed(bus, table, hub, gate),
      inject: [BusClient, AlarmTableMemory, SocketHub, DatabaseGate],
    },
  ],
  exports: [AlarmTableMemory, AlarmFeed],
})
export class AlarmModule implements OnApplicationShutdown {
  constructor(
    @Inject(AlarmFeed) private readonly feed: AlarmFeed,
    @Inject(AlarmCommands) private readonly commands: AlarmCommands,
  ) {}

  onApplicationShutdown(): void {
    this.feed.stop();
    this.commands.stop();
  }
}
