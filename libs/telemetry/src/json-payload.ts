import { MICROS_PER_MS, type Micros } from '@linepack/network';
import { numberOf } from './number';
import { QUALITY, qualityOf, type Quality } from './quality';

/** Where one tag's value stands inside a device's JSON message; paths are dotted. */
export interface JsonAddress {
  readonly path: string;
  readonly timePath: string;
  readonly qualityPath?: string | undefined;
}

/** One value out of a message. `fault` says what was expected when it could not be used. */
export interface DecodedValue {
  readonly value: number | null;
  readonly quality: Quality;
  /** Source time as the device gave it; null when it gave none that can be read. */
  readonly ts: Micros | null;
  readonly fault: string | null;
}

export type ParsedPayload =
  { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly fault: string };

/** The message's text as JSON; a fault instead of an exception, since devices do send rubbish. */
export function parsePayload(text: string): ParsedPayload {
  try {
    return { ok: true, body: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, fault: `expected JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What stands at a dotted path; a number between dots is an index of an array. Undefined when nothing does. */
export function valueAt(body: unknown, path: string): unknown {
  let at: unknown = body;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.(\d+))?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * A source time: ISO 8601 with its zone (kept to the microsecond) or milliseconds since the epoch. Null when it is
 * neither; a time without a zone is none, since guessing the zone may be eight hours off.
 */
export function timeOf(raw: unknown): Micros | null {
  if (typeof raw === 'number')
    return Number.isFinite(raw) && Math.abs(raw) < 8.64e15
      ? (Math.round(raw * MICROS_PER_MS) as Micros)
      : null;
  if (typeof raw !== 'string') return null;
  const match = ISO_WITH_ZONE.exec(raw);
  if (!match) return null;
  const fraction = (match[3] ?? '').padEnd(6, '0').slice(0, 6);
  const seconds = Date.parse(raw.replace(/\.\d+/, ''));
  return Number.isNaN(seconds) ? null : ((seconds * MICROS_PER_MS + Number(fraction)) as Micros);
}

const WORDS: Record<string, Quality> = {
  good: QUALITY.Good,
  uncertain: QUALITY.Uncertain,
  bad: QUALITY.Bad,
};

/** A quality: "good", "bad", "uncertain" in any case, or an OPC UA StatusCode as a number. Null when it is neither. */
export function qualityFrom(raw: unknown): Quality | null {
  if (typeof raw === 'string') return WORDS[raw.toLowerCase()] ?? null;
  if (typeof raw !== 'number' || !Number.isInteger(raw)) return null;
  return raw >= -(2 ** 31) && raw < 2 ** 32 ? qualityOf(raw) : null;
}

/**
 * One tag's value out of a device's message. It never throws and never yields NaN:
 * - a missing or non-numeric value is BadDecodingError with null, unless the device itself said a worse thing;
 * - a quality path that leads nowhere, or to a word nobody knows, makes the value Uncertain: the device was asked to
 *   vouch for it and did not;
 * - a missing or unreadable time is null here; what it becomes is decided by the present value (SPEC T1).
 */
export function decodeValue(body: unknown, address: JsonAddress): DecodedValue {
  const ts = timeOf(valueAt(body, address.timePath));
  const raw = valueAt(body, address.path);
  const value = numberOf(raw);
  const said =
    address.qualityPath === undefined ? QUALITY.Good : qualityFrom(valueAt(body, address.qualityPath));
  if (value === null) {
    const device = said !== null && said < 0 ? said : QUALITY.BadDecodingError;
    const what = raw === undefined ? 'nothing there' : `found ${JSON.stringify(raw)}`;
    return { value: null, quality: device, ts, fault: `${address.path}: expected a number, ${what}` };
  }
  if (said === null)
    return {
      value,
      quality: QUALITY.Uncertain,
      ts,
      fault: `${address.qualityPath}: expected good, bad, uncertain or a StatusCode`,
    };
  const fault =
    ts === null ? `${address.timePath}: expected ISO 8601 with a zone or epoch milliseconds` : null;
  return { value, quality: said, ts, fault };
}
