import { Source, type SourceConfig } from './network-file';

/** Names and values a network file's `${NAME}` is taken from. */
export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export const hasVariables = (text: string): boolean => text.search(VARIABLE) >= 0;

/**
 * Puts values in place of `${NAME}` and `${NAME:-default}`; as in a shell, the default also stands for an empty value.
 * @returns the text, and the names that are neither set nor have a default
 */
export function substitute(text: string, env: Environment): { text: string; missing: string[] } {
  const missing: string[] = [];
  const replaced = text.replace(VARIABLE, (_all, name: string, fallback: string | undefined) => {
    const value = env[name];
    if (fallback !== undefined) return value || fallback;
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: replaced, missing };
}

/** A plain YAML scalar that became a number or a truth value by substitution is one. */
export function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/**
 * A source as stored, with its `${NAME}` taken from the environment of the process that connects: ports and passwords
 * are resolved at run time and never stored.
 * @throws Error naming the source, and the variable that is not set or the field that is wrong
 */
export function resolveEnvironment(source: SourceConfig, env: Environment): SourceConfig {
  const resolved = Object.entries(source).map(([key, value]): [string, unknown] => {
    if (typeof value !== 'string' || !hasVariables(value)) return [key, value];
    const { text, missing } = substitute(value, env);
    if (missing.length > 0)
      throw new Error(`source ${source.id}: ${key}: environment variable ${missing.join(', ')} is not set`);
    return [key, key.endsWith('Ms') ? typed(text) : text];
  });
  const parsed = Source.safeParse(Object.fromEntries(resolved));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`source ${source.id}: ${issue?.path.join('.')}: ${issue?.message}`);
}
