import { z } from 'zod';

/**
 * Whether PostgreSQL can keep a text: neither as `text` nor in `jsonb` does it take U+0000 or one half of a surrogate
 * pair.
 */
export const isKeepable = (value: string): boolean => !value.includes('\0') && !/\p{Surrogate}/u.test(value);

/** The check itself, so that a schema that has it can be told from one that forgot it. */
export const KEEPABLE = z.refine<string>(isKeepable, {
  error: 'expected text without NUL or half characters',
  params: { rule: 'keepable' },
});

/** Whether it is this check that an issue comes from. */
export const isUnkeepable = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'custom' && issue.params?.['rule'] === 'keepable';

/**
 * Every string that comes from outside: a file, a request, a socket, the bus. Let in, a text that the database cannot
 * keep would stop whatever has to be written in order. No schema of the contracts uses a bare `z.string()`.
 */
export const text = () => z.string().check(KEEPABLE);
