import { History, HistoryQuery } from '@linepack/contracts';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CurrentSession } from '../access/current-session';
import { Permit } from '../access/permit';
import type { Session } from '../auth/session-registry';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';
import { HistoryService } from './history.service';

@Controller('api/history')
export class HistoryController {
  constructor(@Inject(HistoryService) private readonly history: HistoryService) {}

  @Get()
  @Permit('station.read')
  @Describe({
    summary: 'History of up to 16 tags; resolution follows range and points, minimum and maximum are kept',
    query: HistoryQuery,
    answer: History,
    problems: ['notFound', 'databaseAway'],
  })
  read(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(HistoryQuery)) query: HistoryQuery,
  ): Promise<History> {
    return this.history.read(user, query);
  }
}
