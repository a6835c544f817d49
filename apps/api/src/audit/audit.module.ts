import { join } from 'node:path';
import { AuditRepository } from '@linepack/store';
import { Global, Inject, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { DatabaseGate } from '../database/database-gate';
import { CLOCK, type Clock } from '../settings/clock';
import type { Settings } from '../settings/settings';
import { LOGGER, SETTINGS } from '../settings/settings.module';
import { AuditController } from './audit.controller';
import { AuditTrail } from './audit-trail';
import { LineFile } from './line-file';

@Global()
@Module({
  controllers: [AuditController],
  providers: [
    {
      provide: AuditTrail,
      useFactory: (
        repository: AuditRepository,
        gate: DatabaseGate,
        settings: Settings,
        logger: Logger,
        now: Clock,
      ) =>
        new AuditTrail(
          repository,
          gate,
          {
            waiting: new LineFile(join(settings.dataFolder, 'api', 'audit-waiting.jsonl')),
            setAside: new LineFile(join(settings.dataFolder, 'api', 'audit-set-aside.jsonl')),
          },
          logger,
          now,
        ),
      inject: [AuditRepository, DatabaseGate, SETTINGS, LOGGER, CLOCK],
    },
  ],
  exports: [AuditTrail],
})
export class AuditModule implements BeforeApplicationShutdown {
  constructor(@Inject(AuditTrail) private readonly trail: AuditTrail) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.trail.stop();
  }
}
