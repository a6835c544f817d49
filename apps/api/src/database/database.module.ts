import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import {
  AlarmRepository,
  AuditRepository,
  ConfigRepository,
  LossRepository,
  openPool,
  SampleRepository,
  SessionRepository,
  UserRepository,
  type Pool,
} from '@linepack/store';
import type { Logger } from 'pino';
import type { Settings } from '../settings/settings';
import { LOGGER, SETTINGS } from '../settings/settings.module';
import { DatabaseGate } from './database-gate';

export const POOL = Symbol('Pool');

/** A route answers within this or says that the database is away, ms. */
const ANSWER_WITHIN_MS = 10_000;
const CONNECT_WITHIN_MS = 3_000;

const repositories = [
  AlarmRepository,
  AuditRepository,
  ConfigRepository,
  LossRepository,
  SampleRepository,
  SessionRepository,
  UserRepository,
];

@Global()
@Module({
  providers: [
    {
      provide: POOL,
      useFactory: (settings: Settings, logger: Logger) =>
        openPool(settings.databaseUrl, {
          max: 6,
          applicationName: 'linepack-api',
          connectTimeoutMs: CONNECT_WITHIN_MS,
          answerTimeoutMs: ANSWER_WITHIN_MS,
          onIdleError: (error) => logger.debug({ cause: error.message }, 'an idle connection ended'),
        }),
      inject: [SETTINGS, LOGGER],
    },
    {
      provide: DatabaseGate,
      useFactory: (users: UserRepository, logger: Logger) =>
        // Counting the accounts also finds out whether the schema is there.
        new DatabaseGate(async () => void (await users.count()), logger),
      inject: [UserRepository, LOGGER],
    },
    ...repositories.map((Repository) => ({
      provide: Repository,
      useFactory: (pool: Pool) => new Repository(pool),
      inject: [POOL],
    })),
  ],
  exports: [DatabaseGate, ...repositories],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.gate.stop();
    await this.pool.end();
  }
}
