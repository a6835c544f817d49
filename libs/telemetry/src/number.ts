/** OPC UA's 64-bit integers arrive as [high, low] words, each unsigned 32 bits. */
export type WireInteger = 'Int64' | 'UInt64';

const WORD = 2 ** 32;

/**
 * A value off the wire as a number: finite numbers as they are, booleans as 0 and 1, everything else null, so that
 * NaN and infinity never travel on.
 */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * A 64-bit integer of OPC UA Part 6, 5.2.2.2 as a number; null when it is not a pair of words. Above 2^53 it is the
 * nearest double: no totaliser comes near.
 */
export function integerOfWords(words: unknown, type: WireInteger): number | null {
  if (!(Array.isArray(words) || words instanceof Uint32Array) || words.length !== 2) return null;
  const [high, low] = [numberOf(words[0]), numberOf(words[1])];
  if (high === null || low === null) return null;
  const signed = type === 'Int64' && high >= WORD / 2 ? high - WORD : high;
  return signed * WORD + low;
}
