import { bareStrings } from '@linepack/contracts';
import { isUnkeepable } from '@linepack/network';
import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidInput, UnkeepableText } from './errors';

/** Parses a body, a query or a parameter once, at the edge. */
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  /** @throws Error when the schema takes a string that the database might not be able to keep */
  constructor(
    readonly schema: S,
    private readonly field = '',
  ) {
    const bare = bareStrings(schema);
    if (bare.length > 0) throw new Error(`expected text() instead of z.string() at ${bare.join(', ')}`);
  }

  /** @throws InvalidInput UnkeepableText naming each field and what was expected */
  transform(value: unknown): z.output<S> {
    const parsed = this.schema.safeParse(value ?? (this.field ? value : {}));
    if (parsed.success) return parsed.data;
    const { issues } = parsed.error;
    const unkeepable = issues.filter(isUnkeepable);
    if (unkeepable.length > 0) throw new UnkeepableText(unkeepable.map((issue) => this.faultOf(issue)));
    throw new InvalidInput(issues.map((issue) => this.faultOf(issue)));
  }

  private faultOf(issue: z.core.$ZodIssue) {
    const field = [this.field, ...fieldsOf(issue)].filter((part) => part !== '').join('.');
    return { field, message: issue.message };
  }
}

// An unknown key is a fault of that key, not of the object around it.
const fieldsOf = (issue: z.core.$ZodIssue): string[] => [
  ...issue.path.map(String),
  ...(issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : []),
];
