import { MICROS_PER_MS, type Micros } from '@linepack/network';
import { numberOf } from './number';
import { QUALITY, qualityOf, type Quality } from './quality';

/** Where one tag's value stands inside a device's JSON message; paths are dotted. */
export interface JsonAddress {
  readonly path: string;
  readonly timePath: string;
  readonly qualityPath?: string | undefined;
}

/** Why nothing could be read of what a source sent: the causes by which such words are counted. */
export type Unreadable =
  'payloadTooLong' | 'payloadNotUtf8' | 'payloadNotJson' | 'valueMissing' | 'valueNotNumeric';

/** One value out of a message. `fault` says what was expected when it could not be used. */
export interface DecodedValue {
  readonly value: number | null;
  readonly quality: Quality;
  /** Source time as the device gave it; null when it gave none that can be read. */
  readonly ts: Micros | null;
  readonly fault: string | null;
  /** Null when a number was read, or when the device itself said that there is none. */
  readonly unreadable: Unreadable | null;
}

export type ParsedPayload =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly fault: string; readonly unreadable: Unreadable };

/** A device's message is a few hundred bytes; one longer than this is none, and is not even parsed. */
export const PAYLOAD_BYTES_MAX = 1_048_576;

/** Keeps nothing between messages: each is decoded whole. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

const unreadable = (cause: Unreadable, fault: string): ParsedPayload => ({
  ok: false,
  fault,
  unreadable: cause,
});

/**
 * A message's bytes as JSON, which is UTF-8 (RFC 8259, 8.1; a byte order mark before it is ignored); a fault instead of
 * an exception, since devices do send rubbish. Other encodings are refused: read as UTF-8, their second bytes could end
 * a text too early and make another number of what follows.
 */
export function parseMessage(payload: Uint8Array): ParsedPayload {
  if (payload.length > PAYLOAD_BYTES_MAX)
    return unreadable('payloadTooLong', `expected at most ${PAYLOAD_BYTES_MAX} bytes, got ${payload.length}`);
  try {
    return parsePayload(UTF_8.decode(payload));
  } catch {
    return unreadable('payloadNotUtf8', 'expected UTF-8');
  }
}

/** The message's text as JSON. */
export function parsePayload(text: string): ParsedPayload {
  try {
    return { ok: true, body: JSON.parse(text) as unknown };
  } catch (error) {
    return unreadable(
      'payloadNotJson',
      `expected JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What stands at a dotted path; a number between dots is an index of an array. Undefined when nothing does. */
export function valueAt(body: unknown, path: string): unknown {
  let at: unknown = body;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    // A list has members only: its length is nothing that a device said.
    if (Array.isArray(at) && !/^\d+$/.test(part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

const ISO_WITH_ZONE = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.(\d+))?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * A source time: ISO 8601 with its zone (kept to the microsecond) or milliseconds since the epoch. Null when it is
 * neither, is no day of the calendar, or is too far away for whole microseconds; a time without a zone is none, since
 * guessing the zone may be eight hours off.
 */
export function timeOf(raw: unknown): Micros | null {
  if (typeof raw === 'number') return exact(Math.round(raw * MICROS_PER_MS));
  if (typeof raw !== 'string') return null;
  const [all, year, month, day, digits = ''] = ISO_WITH_ZONE.exec(raw) ?? [];
  if (all === undefined) return null;
  // Date.parse takes 30 February for 2 March.
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return null;
  return exact(
    Date.parse(raw.replace(/\.\d+/, '')) * MICROS_PER_MS + Number(digits.padEnd(6, '0').slice(0, 6)),
  );
}

const exact = (micros: number): Micros | null => (Number.isSafeInteger(micros) ? (micros as Micros) : null);

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
    const vouched = said !== null && said < 0;
    return {
      value: null,
      quality: vouched ? said : QUALITY.BadDecodingError,
      ts,
      fault: `${address.path}: expected a number, ${raw === undefined ? 'nothing there' : `found ${briefly(raw)}`}`,
      unreadable: vouched ? null : raw === undefined ? 'valueMissing' : 'valueNotNumeric',
    };
  }
  if (said === null)
    return {
      value,
      quality: QUALITY.Uncertain,
      ts,
      fault: `${address.qualityPath}: expected good, bad, uncertain or a StatusCode`,
      unreadable: null,
    };
  const fault =
    ts === null ? `${address.timePath}: expected ISO 8601 with a zone or epoch milliseconds` : null;
  return { value, quality: said, ts, fault, unreadable: null };
}

const BRIEF = 40;

/** What was found, short enough for a log, whatever it is. */
function briefly(raw: unknown): string {
  if (Array.isArray(raw)) return 'a list';
  if (typeof raw === 'object' && raw !== null) return 'a mapping';
  const text = typeof raw === 'string' ? JSON.stringify(raw.slice(0, BRIEF)) : String(raw);
  return typeof raw === 'string' && raw.length > BRIEF ? `${text}…` : text;
}
