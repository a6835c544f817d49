import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';
import { PartMemory } from './part-memory';

@Module({
  controllers: [HealthController],
  providers: [HealthService, PartMemory],
  exports: [PartMemory],
})
export class HealthModule {}
