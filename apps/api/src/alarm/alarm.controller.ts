import {
  AcknowledgeBody,
  AlarmEvents,
  AlarmEventsQuery,
  AlarmTable,
  CommandAnswer,
} from '@linepack/contracts';
import { text } from '@linepack/network';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { z } from 'zod';
import { CurrentSession } from '../access/current-session';
import { Permit } from '../access/permit';
import type { Session } from '../auth/session-registry';
import { addressOf, type ApiRequest } from '../http/request';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';
import { AlarmService } from './alarm.service';

@Controller('api/alarms')
export class AlarmController {
  constructor(@Inject(AlarmService) private readonly alarms: AlarmService) {}

  @Get()
  @Permit('alarm.read')
  @Describe({ summary: 'The alarms that are not normal; from memory', answer: AlarmTable })
  table(@CurrentSession() { user }: Session): AlarmTable {
    return this.alarms.table(user);
  }

  @Get('events')
  @Permit('alarm.read')
  @Describe({
    summary: 'The journal: what came after a seq, oldest first, or the newest entries, newest first',
    query: AlarmEventsQuery,
    answer: AlarmEvents,
    problems: ['databaseAway'],
  })
  async events(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(AlarmEventsQuery)) query: z.output<typeof AlarmEventsQuery>,
  ): Promise<AlarmEvents> {
    return { events: await this.alarms.events(user, query) };
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Permit('alarm.acknowledge')
  @Describe({
    summary: "Acknowledges one occurrence at the user's own position; answered when it is durable",
    body: AcknowledgeBody,
    answer: CommandAnswer,
    problems: [
      'unknownAlarm',
      'otherOccurrence',
      'nothingToAcknowledge',
      'notRecorded',
      'busAway',
      'noOwner',
      'expired',
      'outcomeUnknown',
      'notDurable',
    ],
  })
  acknowledge(
    @CurrentSession() { user }: Session,
    @Param('id', new ZodPipe(text().min(1).max(200), 'id')) id: string,
    @Body(new ZodPipe(AcknowledgeBody)) body: z.output<typeof AcknowledgeBody>,
    @Req() request: ApiRequest,
  ): Promise<CommandAnswer> {
    return this.alarms.acknowledge({ user, address: addressOf(request) }, id, body);
  }
}
