import { type AlarmClass, type AlarmCondition, type Role, positionOf } from '@linepack/contracts';
import response from '../words/response/zh.json';
import type { WordKey } from '../words/words';

/** What an alarm is about, as far as the response depends on it. */
export interface RespondedTag {
  readonly kind: string;
  readonly position: string;
}

/** Who reads: the two positions that answer for an alarm, and those who look after meters and the system. */
export type Reader = 'dispatch' | 'station' | 'metrology' | 'maintainer' | 'viewer';

/** Whom to call where nothing is written for the reader: never himself. */
export type Callee = 'dispatch' | 'station' | 'metrology' | 'maintainer' | 'instruments';

export interface Response {
  /** `written`: it fits the alarm's equipment, condition and reader. `none`: it says so, and names whom to call. */
  readonly kind: 'written' | 'none';
  readonly word: WordKey;
}

const LIMITS: readonly string[] = ['HH', 'H', 'L', 'LL'] satisfies AlarmCondition[];

/** A pressure asks for another hand where gas comes in than where it leaves; any other kind is equipment of its own. */
function equipmentOf({ kind, position }: RespondedTag): string {
  if (kind !== 'pressure') return kind;
  return position === 'inlet' || position === 'outlet' ? `${position}Pressure` : kind;
}

export function readerOf(role: Role): Reader {
  const position = positionOf(role);
  if (position !== null) return position;
  return role === 'metrology' || role === 'maintainer' ? role : 'viewer';
}

/** Who knows most of an alarm of this class, beginning with the first; the reader himself is passed over. */
const KNOWN_BY: Record<AlarmClass, readonly Callee[]> = {
  process: ['station', 'dispatch'],
  communication: ['instruments'],
  loss: ['metrology', 'dispatch'],
  diagnostic: ['maintainer', 'dispatch'],
};

/** Others than the two positions ask dispatch of a process alarm: the station has its hands full. */
function calleeOf(alarmClass: AlarmClass, reader: Reader): Callee {
  if (alarmClass === 'process' && reader !== 'dispatch') return 'dispatch';
  return KNOWN_BY[alarmClass].find((callee) => callee !== reader) ?? 'dispatch';
}

type Tree = { readonly [key: string]: string | Tree | undefined };

const at = (tree: string | Tree | undefined, key: string): string | Tree | undefined =>
  typeof tree === 'object' && Object.hasOwn(tree, key) ? tree[key] : undefined;

/**
 * What a reader is told to do about an alarm: written for its equipment, its condition and himself, or nothing but whom
 * to call. Another alarm's text is never taken in its place.
 * @param tag the tag of a limit alarm; null where the alarm is not of one tag, or its tag is no longer configured
 */
export function responseOf(
  alarm: { readonly condition: string; readonly class: AlarmClass },
  tag: RespondedTag | null,
  role: Role,
): Response {
  const reader = readerOf(role);
  const isLimit = LIMITS.includes(alarm.condition);
  const path = isLimit
    ? [tag === null ? '' : equipmentOf(tag), alarm.condition, reader]
    : [alarm.condition, 'any', reader];
  const found = path.reduce<string | Tree | undefined>(at, response);
  if (typeof found === 'string') return { kind: 'written', word: `response.${path.join('.')}` as WordKey };
  return { kind: 'none', word: `response.none.${calleeOf(alarm.class, reader)}` };
}
