import { AuditPage, AuditQuery, AuditVerification } from '@linepack/contracts';
import { AuditRepository } from '@linepack/store';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CurrentSession } from '../access/current-session';
import { Permit } from '../access/permit';
import { assertSeesNetwork } from '../access/visibility';
import type { Session } from '../auth/session-registry';
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
    summary: 'The audit trail, newest first; of a bound user, what he did and what was done at his stations',
    query: AuditQuery,
    answer: AuditPage,
    problems: ['databaseAway'],
  })
  async list(
    @CurrentSession() { user }: Session,
    @Query(new ZodPipe(AuditQuery)) query: AuditQuery,
  ): Promise<AuditPage> {
    const { userName, stations } = user;
    const boundTo = stations === null ? {} : { boundTo: { userName, stations } };
    const events = await this.gate.run(() => this.trail.list({ ...query, ...boundTo }));
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
  async verify(@CurrentSession() { user }: Session): Promise<AuditVerification> {
    assertSeesNetwork(user);
    const verdict = await this.gate.run(() => this.trail.verifyChain());
    return verdict.intact
      ? { intact: true, checked: verdict.events, firstBrokenSeq: null }
      : { intact: false, checked: verdict.brokenAt, firstBrokenSeq: verdict.brokenAt };
  }
}
