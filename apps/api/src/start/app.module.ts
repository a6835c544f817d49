import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import type { Logger } from 'pino';
import { AlarmModule } from '../alarm/alarm.module';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { BusModule } from '../bus/bus.module';
import { DatabaseModule } from '../database/database.module';
import { HealthModule } from '../health/health.module';
import { HistoryModule } from '../history/history.module';
import { ProblemFilter } from '../http/problem.filter';
import { LiveModule } from '../live/live.module';
import { LossModule } from '../loss/loss.module';
import { PlantModule } from '../plant/plant.module';
import type { Settings } from '../settings/settings';
import { SettingsModule } from '../settings/settings.module';
import { GIVE_UP, WarmUp, type GiveUp } from './warm-up';

@Module({})
export class AppModule {
  static with(settings: Settings, logger: Logger, giveUp: GiveUp): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings, logger),
        DatabaseModule,
        BusModule,
        AuthModule,
        AuditModule,
        PlantModule,
        LiveModule,
        AlarmModule,
        HistoryModule,
        LossModule,
        HealthModule,
        DiscoveryModule,
      ],
      providers: [
        WarmUp,
        { provide: GIVE_UP, useValue: giveUp },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
