import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK } from './clock';
import type { Settings } from './settings';

/** Injection tokens of what the process was started with. */
export const SETTINGS = Symbol('Settings');
export const LOGGER = Symbol('Logger');

@Global()
@Module({})
export class SettingsModule {
  static with(settings: Settings, logger: Logger): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: () => Date.now() },
      ],
      exports: [SETTINGS, LOGGER, CLOCK],
    };
  }
}
