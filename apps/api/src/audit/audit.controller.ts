import { AuditPage, AuditQuery, AuditVerification } from '@linepack/contracts';
import { AuditRepository } from '@linepack/store';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Permit } from '../access/permit';
import { DatabaseGate } from '../database/database-gate';
import { ZodPipe } from '../http/zod.pipe';
import { Describe } from '../openapi/describe';

@Controller('api/audit')
export class AuditController {
  constructor(
    @Inject(AuditRepository) private readonly trail: AuditRepository,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
  ) {}

  @Get()
  @Permit('audit.read')
  @Describe({
    summary: 'The audit trail, newest first',
    query: AuditQuery,
    answer: AuditPage,
    problems: ['databaseAway'],
  })
  async list(@Query(new ZodPipe(AuditQuery)) query: AuditQuery): Promise<AuditPage> {
    const events = await this.gate.run(() => this.trail.list(query));
    return {
      entries: events.map((event) => ({
        seq: event.id,
        at: event.at,
        actor: event.actor,
        address: event.address ?? '',
        action: event.action,
        subject: event.target ?? '',
        before: event.old,
        after: event.new,
      })),
    };
  }

  @Get('verify')
  @Permit('audit.read')
  @Describe({
    summary: 'Computes the hash chain of the audit trail again',
    answer: AuditVerification,
    problems: ['databaseAway'],
  })
  async verify(): Promise<AuditVerification> {
    const verdict = await this.gate.run(() => this.trail.verifyChain());
    return verdict.intact
      ? { intact: true, checked: verdict.events, firstBrokenSeq: null }
      : { intact: false, checked: verdict.brokenAt, firstBrokenSeq: verdict.brokenAt };
  }
}
