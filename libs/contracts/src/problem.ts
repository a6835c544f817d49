import { text } from '@linepack/network';
import { z } from 'zod';

/** Every code the api answers with; the console has a text for each. */
export const PROBLEM_CODES = [
  'invalidInput',
  'unkeepableText',
  'badCredentials',
  'notSignedIn',
  'forbidden',
  'foreignOrigin',
  'notFound',
  'unknownAlarm',
  'otherOccurrence',
  'nothingToAcknowledge',
  'tooManyAttempts',
  'noOwner',
  'expired',
  'outcomeUnknown',
  'notRecorded',
  'notDurable',
  'databaseAway',
  'busAway',
  'badRequest',
  'internal',
] as const;
export const ProblemCode = z.enum(PROBLEM_CODES);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** A problem document (RFC 9457), the answer to every request that failed. */
export const Problem = z.object({
  type: text().describe('URI reference, for instance /problems/invalid-input'),
  title: text(),
  status: z.number().int(),
  detail: text().optional(),
  code: text().describe('Stable word for programs and translations'),
  correlationId: text(),
  errors: z
    .array(z.object({ field: text(), message: text() }))
    .optional()
    .describe('What was wrong with which field'),
});
export type Problem = z.infer<typeof Problem>;
