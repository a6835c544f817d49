import { SessionRepository } from '@linepack/store';
import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Logger } from 'pino';
import { AccessGuard } from '../access/access.guard';
import { DatabaseGate } from '../database/database-gate';
import { CLOCK, type Clock } from '../settings/clock';
import { LOGGER } from '../settings/settings.module';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { FirstUsers } from './first-users';
import { Passwords } from './passwords';
import { SessionRegistry } from './session-registry';
import { SignInThrottle } from './sign-in-throttle';

@Global()
@Module({
  controllers: [AuthController],
  providers: [
    AuthService,
    FirstUsers,
    Passwords,
    { provide: SignInThrottle, useFactory: (now: Clock) => new SignInThrottle(now), inject: [CLOCK] },
    {
      provide: SessionRegistry,
      useFactory: (sessions: SessionRepository, gate: DatabaseGate, logger: Logger, now: Clock) =>
        new SessionRegistry(sessions, gate, logger, now),
      inject: [SessionRepository, DatabaseGate, LOGGER, CLOCK],
    },
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
  ],
  exports: [SessionRegistry, AccessGuard, FirstUsers],
})
export class AuthModule {}
