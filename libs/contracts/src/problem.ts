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
  type: z.string().describe('URI reference, for instance /problems/invalid-input'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string().describe('Stable word for programs and translations'),
  correlationId: z.string(),
  errors: z
    .array(z.object({ field: z.string(), message: z.string() }))
    .optional()
    .describe('What was wrong with which field'),
});
export type Problem = z.infer<typeof Problem>;
