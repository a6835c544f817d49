import { KEEPABLE } from '@linepack/network';
import { z } from 'zod';

/**
 * Where a schema takes a string without the check that the database can keep it, as paths through its definition.
 * Whoever parses what comes from outside refuses a schema for which this is not empty.
 */
export function bareStrings(schema: z.core.$ZodType): string[] {
  return walk(schema, '', new Set());
}

function walk(part: unknown, path: string, seen: Set<unknown>): string[] {
  if (typeof part !== 'object' || part === null || seen.has(part)) return [];
  seen.add(part);
  if (part instanceof z.core.$ZodType) {
    const { def } = part._zod;
    if (def.type === 'string') return def.checks?.includes(KEEPABLE) ? [] : [path];
    return walk(def, path, seen);
  }
  // Schemas lie in a definition as they are, in a list, or by name.
  return Object.entries(part).flatMap(([key, inner]) => walk(inner, `${path}/${key}`, seen));
}
