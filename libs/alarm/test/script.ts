import { MICROS_PER_SECOND, OUR_CLOCK, type Micros } from '@linepack/network';
import {
  NORMAL,
  afterSetting,
  letterOf,
  levelObservation,
  limitAlarms,
  limitObservation,
  outstanding,
  redefined,
  reduce,
  withdrawn,
  type AlarmDefinition,
  type AlarmInput,
  type AlarmState,
  type Change,
  type Pending,
  type Position,
  type TagValue,
} from '../src/index';

/*
 * An alarm's life as text. A line: time (minutes:seconds), input, then what is expected:
 *
 *   0:10  value 0.39        | B 1  raised@0:10
 *
 * letter, occurrence, and the events of this step with the time they stand at. A refused command says its fault. After
 * a second bar, where there is one: the positions that have not noted the present occurrence.
 *
 * A line's time is ours. A value's own stamp is the same but for `stamp=0:05`; `session=2` is another connection or a
 * clock that was set. `define limit=0.33 on=2 off=9` is a new definition, judged by the value as it stands;
 * `withdraw` takes it away; `restart` forgets what is not stored; `set 600` sets our clock: the lines after it are told in
 * the new time.
 */

const name = { zh: '出站压力', en: 'Outlet pressure' };
const limits = { LL: 0.25, L: 0.28, H: 0.37, HH: 0.38, deadband: 0.01, onDelayS: 10, offDelayS: 5 };

/** H of an outlet held at 0.35 MPa: limit 0.37, deadband 0.01, on-delay 10 s, off-delay 5 s. */
export const outletHigh = limitAlarms({
  tagId: 1,
  key: 'reg-1.pt-102',
  stationId: 'reg-1',
  name,
  unit: 'MPa',
  limits,
}).find((d) => d.condition === 'H') as AlarmDefinition;

const clock = (text: string): Micros => {
  const [minutes, seconds] = text.split(':').map(Number);
  return (((minutes ?? 0) * 60 + (seconds ?? 0)) * MICROS_PER_SECOND) as Micros;
};
const written = (at: Micros): string => {
  const seconds = at / MICROS_PER_SECOND;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const BAD = 0x80310000 | 0;
const UNCERTAIN = 0x40000000;

const optionIn = (words: readonly string[], name: string): string | undefined =>
  words.find((w) => w.startsWith(`${name}=`))?.slice(name.length + 1);

function redefinedBy(words: readonly string[], before: AlarmDefinition): AlarmDefinition {
  const delay = (name: string, otherwise: number): number => {
    const seconds = optionIn(words, name);
    return seconds === undefined ? otherwise : Number(seconds) * MICROS_PER_SECOND;
  };
  const limit = Number(optionIn(words, 'limit') ?? before.limit);
  return { ...before, limit, onDelay: delay('on', before.onDelay), offDelay: delay('off', before.offDelay) };
}

/** A value as it came, by the words of its line. */
function valueOf(at: Micros, [verb, ...words]: string[]): TagValue {
  const stamp = optionIn(words, 'stamp');
  return {
    at: stamp === undefined ? at : clock(stamp),
    receivedAt: at,
    clockSession: Number(optionIn(words, 'session') ?? 1),
    value: verb === 'bad' ? null : Number(words[0]),
    quality: verb === 'bad' ? BAD : words.includes('uncertain') ? UNCERTAIN : 0,
  };
}

function inputOf(at: Micros, words: string[], state: AlarmState): AlarmInput {
  const [verb, first = '', second] = words;
  const by = { at, actor: 'li', comment: '' };
  const level = { at, receivedAt: at, clockSession: OUR_CLOCK } as const;
  switch (verb) {
    case 'breach':
      return levelObservation({ ...level, says: 'holds', value: 1.4, limit: 1, subject: first });
    case 'cured':
      return levelObservation({ ...level, says: 'ended', value: null, limit: null, subject: null });
    case 'tick':
      return { kind: 'tick', now: at };
    case 'acknowledge':
      return {
        kind: 'acknowledge',
        ...by,
        position: first as Position,
        occurrence: second === undefined ? state.occurrence : Number(second),
      };
    case 'shelve':
      return { kind: 'shelve', ...by, until: clock(first) };
    case 'suppress':
      return { kind: 'suppress', ...by, by: first };
    case 'reset':
    case 'unshelve':
    case 'unsuppress':
    case 'outOfService':
    case 'inService':
      return { kind: verb, ...by };
    default:
      throw new Error(`no such input: ${words.join(' ')}`);
  }
}

const squeezed = (text: string): string => text.trim().split(/\s+/).join(' ');

/** Plays a script; returns it as it really went, to be compared with what was written. */
export function play(definition: AlarmDefinition, script: string): { expected: string[]; actual: string[] } {
  let state: AlarmState = NORMAL;
  let defined = definition;
  let present: TagValue | null = null;
  let said: string[] = [];
  const took = ({ state: next, events }: Change): void => {
    state = next;
    said.push(...events.map((e) => `${e.kind}@${written(e.at)}`));
  };
  const take = (input: AlarmInput): void => {
    const result = reduce(defined, state, input);
    if (result.ok) took(result);
    else said.push(result.fault);
  };
  const define = (at: Micros, after: AlarmDefinition): void => {
    took(redefined(defined, after, state, at));
    defined = after;
    if (present) take({ ...limitObservation(defined, present), definedAt: at });
    take({ kind: 'tick', now: at });
  };
  const onPending = (change: (pending: Pending) => Pending): void => {
    if (state.pending) state = { ...state, pending: change(state.pending) };
  };
  const step = (at: Micros, words: string[]): void => {
    switch (words[0]) {
      case 'restart':
        return onPending((pending) => ({ ...pending, clockSession: null, standing: 'unknown' }));
      case 'set':
        return onPending((pending) => afterSetting(pending, Number(words[1]) * MICROS_PER_SECOND));
      case 'withdraw':
        return took(withdrawn(defined, state, at));
      case 'define':
        return define(at, redefinedBy(words, defined));
      case 'value':
      case 'bad':
        present = valueOf(at, words);
        return take(limitObservation(defined, present));
      default:
        return take(inputOf(at, words, state));
    }
  };
  const expected: string[] = [];
  const actual: string[] = [];
  for (const row of script.split('\n').filter((l) => l.includes('|'))) {
    const [left = '', right = '', owed] = row.split('|');
    const [time = '', ...words] = left.trim().split(/\s+/);
    said = [];
    step(clock(time), words);
    const tail = said.join(' ');
    const line = `${time} ${words.join(' ')} |`;
    actual.push(`${line} ${letterOf(state)} ${state.occurrence} ${tail}`.trim());
    expected.push(`${line} ${squeezed(right)}`.trim());
    if (owed === undefined) continue;
    actual.push(`${line} owed by ${outstanding(state).join(' ')}`);
    expected.push(`${line} owed by ${squeezed(owed)}`);
  }
  return { expected, actual };
}
