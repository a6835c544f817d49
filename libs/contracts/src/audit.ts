import { text } from '@linepack/network';
import { z } from 'zod';
import { micros } from './plant';

/**
 * What is written to the audit trail. A command has an entry before it is sent, and one for its outcome, both with its
 * command id; an outcome that is not known yet gets another entry when it comes.
 */
export const AuditAction = z.enum([
  'auth.signIn',
  'auth.signInFailed',
  'auth.signOut',
  'auth.passwordChanged',
  'alarm.acknowledge',
  'command.outcome',
]);
export type AuditAction = z.infer<typeof AuditAction>;

/** One entry of the audit trail: append-only, each carrying the hash of the one before. */
export const AuditEntry = z.object({
  seq: z.number().int(),
  at: micros,
  actor: text(),
  address: text().describe('Network address the request came from'),
  action: text(),
  subject: text().describe('What it was done to: an alarm id, a user name'),
  before: z.unknown().describe('Old value, null where there is none'),
  after: z.unknown().describe('New value, never a secret'),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** `GET /api/audit?before=&limit=`: newest first. */
export const AuditQuery = z.strictObject({
  before: z.coerce.number().int().min(1).optional().describe('Only entries with a smaller seq'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
export const AuditPage = z.object({ entries: z.array(AuditEntry) });
export type AuditPage = z.infer<typeof AuditPage>;

/** `GET /api/audit/verify`: the hash chain, computed again. */
export const AuditVerification = z.object({
  intact: z.boolean(),
  checked: z.number().int().describe('Entries looked at'),
  firstBrokenSeq: z.number().int().nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
