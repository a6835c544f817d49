import { Diagnostics, Health, TagLedgers, TagLedgersQuery } from '@linepack/contracts';
import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentSession } from '../access/current-session';
import { Open, Permit } from '../access/permit';
import type { Session } from '../auth/session-registry';
import type { ApiResponse } from '../http/request';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';
import { HealthService } from './health.service';
import { TagLedgersService } from './tag-ledgers.service';

@Controller('api')
export class HealthController {
  constructor(
    @Inject(HealthService) private readonly service: HealthService,
    @Inject(TagLedgersService) private readonly ledgers: TagLedgersService,
  ) {}

  @Get('health')
  @Open()
  @Describe({ summary: 'How each part is: 200 when ready, 503 otherwise', answer: Health })
  health(@Res({ passthrough: true }) response: ApiResponse): Health {
    const health = this.service.health();
    response.statusCode = health.status === 'ready' ? 200 : 503;
    return health;
  }

  @Get('diagnostics')
  @Permit('diagnostics.read')
  @Describe({
    summary: 'Connections, waiting entries and how far behind each station is',
    answer: Diagnostics,
  })
  diagnostics(@CurrentSession() { user }: Session): Diagnostics {
    return this.service.diagnostics(user);
  }

  @Get('diagnostics/tags')
  @Permit('diagnostics.read')
  @Describe({
    summary:
      'What became of every word of one tag, or of the tags with most words refused, discarded or repeated',
    query: TagLedgersQuery,
    answer: TagLedgers,
    problems: ['notFound', 'busAway', 'databaseAway'],
  })
  tagLedgers(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(TagLedgersQuery)) query: z.output<typeof TagLedgersQuery>,
  ): Promise<TagLedgers> {
    return this.ledgers.read(user, query);
  }
}
