import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidInput } from './errors';

/** Parses a body, a query or a parameter once, at the edge. */
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(
    private readonly schema: S,
    private readonly field = '',
  ) {}

  /** @throws InvalidInput naming each field and what was expected */
  transform(value: unknown): z.output<S> {
    const unkeepable = unkeepableIn(value, this.field);
    if (unkeepable !== null)
      throw new InvalidInput([
        { field: unkeepable, message: 'expected text without NUL or half characters' },
      ]);
    const parsed = this.schema.safeParse(value ?? (this.field ? value : {}));
    if (parsed.success) return parsed.data;
    throw new InvalidInput(
      parsed.error.issues.map((issue) => ({
        field: [this.field, ...fieldsOf(issue)].filter((part) => part !== '').join('.'),
        message: issue.message,
      })),
    );
  }
}

/**
 * Where a text is that PostgreSQL takes neither as text nor in jsonb: U+0000, or one half of a surrogate pair. Let in
 * as a comment it would stop the journal, which keeps its order and tries again what it could not write.
 * @returns the field's path, null when there is none
 */
function unkeepableIn(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || /\p{Surrogate}/u.test(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = unkeepableIn(inner, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

// An unknown key is a fault of that key, not of the object around it.
const fieldsOf = (issue: z.core.$ZodIssue): string[] => [
  ...issue.path.map(String),
  ...(issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : []),
];
