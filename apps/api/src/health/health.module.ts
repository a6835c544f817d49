import { Module } from '@nestjs/common';
import { BusClient } from '../bus/bus-client';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';
import { LedgerQuestions } from './ledger-questions';
import { PartMemory } from './part-memory';
import { TagLedgersService } from './tag-ledgers.service';

@Module({
  controllers: [HealthController],
  providers: [
    HealthService,
    PartMemory,
    TagLedgersService,
    {
      provide: LedgerQuestions,
      useFactory: (bus: BusClient) => new LedgerQuestions(bus),
      inject: [BusClient],
    },
  ],
  exports: [PartMemory],
})
export class HealthModule {}
