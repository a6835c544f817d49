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

// An unknown key is a fault of that key, not of the object around it.
const fieldsOf = (issue: z.core.$ZodIssue): string[] => [
  ...issue.path.map(String),
  ...(issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : []),
];
