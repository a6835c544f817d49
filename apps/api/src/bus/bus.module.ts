import { randomUUID } from 'node:crypto';
import { TOPIC, type PartStatus } from '@linepack/contracts';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '../settings/clock';
import type { Settings } from '../settings/settings';
import { LOGGER, SETTINGS } from '../settings/settings.module';
import { BusClient } from './bus-client';

@Global()
@Module({
  providers: [
    {
      provide: BusClient,
      useFactory: (settings: Settings, logger: Logger, now: Clock) =>
        new BusClient(settings.busUrl, `linepack-api-${randomUUID()}`, logger, {
          topic: TOPIC.status('api'),
          payload: (): PartStatus => ({ part: 'api', state: 'down', at: now() * 1_000, detail: '' }),
        }),
      inject: [SETTINGS, LOGGER, CLOCK],
    },
  ],
  exports: [BusClient],
})
export class BusModule implements OnApplicationShutdown {
  constructor(@Inject(BusClient) private readonly bus: BusClient) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}
