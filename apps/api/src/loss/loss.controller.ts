import {
  GasDay,
  LossAreas,
  LossDayQuery,
  LossDays,
  LossDaysQuery,
  LossResult,
  LossVersions,
} from '@linepack/contracts';
import { text } from '@linepack/network';
import { Controller, Get, Header, Inject, Param, Query, Res } from '@nestjs/common';
import { z } from 'zod';
import { CurrentSession } from '../access/current-session';
import { Permit } from '../access/permit';
import type { Session } from '../auth/session-registry';
import type { ApiResponse } from '../http/request';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';
import { dayTableCsv, matrixCsv } from './loss-csv';
import { LossService } from './loss.service';

const language = { lang: z.enum(['zh', 'en']).default('zh') };
const DaysCsvQuery = LossDaysQuery.extend(language);
const DayCsvQuery = LossDayQuery.extend(language);
type Days = z.output<typeof LossDaysQuery>;
type DaysCsv = z.output<typeof DaysCsvQuery>;
type Day = z.output<typeof LossDayQuery>;
type DayCsv = z.output<typeof DayCsvQuery>;

const areaId = new ZodPipe(text().min(1).max(48), 'areaId');
const gasDay = new ZodPipe(GasDay, 'gasDay');
const CSV = 'text/csv; charset=utf-8';

@Controller('api/loss')
export class LossController {
  constructor(@Inject(LossService) private readonly loss: LossService) {}

  @Get('days')
  @Permit('loss.read')
  @Describe({
    summary: 'Areas × gas days: the newest version of each closed day, and the running day',
    query: LossDaysQuery,
    answer: LossDays,
    problems: ['databaseAway'],
  })
  days(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(LossDaysQuery)) query: Days,
  ): Promise<LossDays> {
    return this.loss.days(user, query);
  }

  @Get('days.csv')
  @Permit('loss.read')
  @Header('Content-Type', CSV)
  @Describe({
    summary: 'Areas × gas days as CSV',
    query: DaysCsvQuery,
    answer: 'text/csv',
    problems: ['databaseAway'],
  })
  async daysCsv(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(DaysCsvQuery)) query: DaysCsv,
    @Res({ passthrough: true }) response: ApiResponse,
  ): Promise<string> {
    const days = await this.loss.days(user, query);
    attach(response, `loss-${query.from}-${query.to}.csv`);
    return matrixCsv(days, query.lang);
  }

  @Get('areas')
  @Permit('loss.read')
  @Describe({ summary: 'The balance areas', answer: LossAreas })
  areas(@CurrentSession() { user }: Session): LossAreas {
    return { areas: this.loss.areas(user) };
  }

  @Get('areas/:areaId/days/:gasDay')
  @Permit('loss.read')
  @Describe({
    summary: "An area's gas day: the newest version, or the one named",
    query: LossDayQuery,
    answer: LossResult,
    problems: ['notFound', 'databaseAway'],
  })
  day(
    @CurrentSession() { user }: Session,
    @Param('areaId', areaId) area: string,
    @Param('gasDay', gasDay) day: string,
    @Query(new ZodPipe(LossDayQuery)) query: Day,
  ): Promise<LossResult> {
    return this.loss.day(user, area, day, query.version);
  }

  @Get('areas/:areaId/days/:gasDay/versions')
  @Permit('loss.read')
  @Describe({
    summary: 'Every calculation of a closed day, newest first',
    answer: LossVersions,
    problems: ['notFound', 'databaseAway'],
  })
  async versions(
    @CurrentSession() { user }: Session,
    @Param('areaId', areaId) area: string,
    @Param('gasDay', gasDay) day: string,
  ): Promise<LossVersions> {
    return { versions: await this.loss.versions(user, area, day) };
  }

  @Get('areas/:areaId/days/:gasDay/table.csv')
  @Permit('loss.read')
  @Header('Content-Type', CSV)
  @Describe({
    summary: "A gas day's analysis table as CSV",
    query: DayCsvQuery,
    answer: 'text/csv',
    problems: ['notFound', 'databaseAway'],
  })
  async table(
    @CurrentSession() { user }: Session,
    @Param('areaId', areaId) area: string,
    @Param('gasDay', gasDay) day: string,
    @Query(new ZodPipe(DayCsvQuery)) query: DayCsv,
    @Res({ passthrough: true }) response: ApiResponse,
  ): Promise<string> {
    const result = await this.loss.day(user, area, day, query.version);
    attach(response, `loss-${area}-${day}.csv`);
    return dayTableCsv(result, this.loss.area(user, area), query.lang);
  }
}

/** The name is made of an identity and days, which hold nothing that needs quoting (checked by the pipes and the area). */
const attach = (response: ApiResponse, name: string): void => {
  response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
};
