import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import {
  NORMAL,
  letterOf,
  limitAlarms,
  outstanding,
  reduce,
  type AlarmDefinition,
  type AlarmInput,
  type AlarmState,
  type Position,
} from '../src/index';

/*
 * An alarm's life as text. A line: time (minutes:seconds), input, then what is expected:
 *
 *   0:10  value 0.39        | B 1  raised@0:10
 *
 * letter, occurrence, and the events of this step with the time they stand at. A refused command says its fault. After
 * a second bar, where there is one: the positions that have not noted the present occurrence.
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

function inputOf(at: Micros, words: string[], state: AlarmState): AlarmInput {
  const [verb, first = '', second] = words;
  const by = { at, actor: 'li', comment: '' };
  switch (verb) {
    case 'value':
      return { kind: 'value', at, value: Number(first), quality: second === 'uncertain' ? UNCERTAIN : 0 };
    case 'bad':
      return { kind: 'value', at, value: null, quality: BAD };
    case 'breach':
      return { kind: 'condition', at, active: true, value: 1.4, limit: 1, subject: first };
    case 'cured':
      return { kind: 'condition', at, active: false, value: null, limit: null, subject: null };
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
  const expected: string[] = [];
  const actual: string[] = [];
  for (const line of script.split('\n').filter((l) => l.includes('|'))) {
    const [left = '', right = '', owed] = line.split('|');
    const [time = '', ...words] = left.trim().split(/\s+/);
    const result = reduce(definition, state, inputOf(clock(time), words, state));
    let tail: string;
    if (result.ok) {
      state = result.state;
      tail = result.events.map((e) => `${e.kind}@${written(e.at)}`).join(' ');
    } else tail = result.fault;
    const step = `${time} ${words.join(' ')} |`;
    actual.push(`${step} ${letterOf(state)} ${state.occurrence} ${tail}`.trim());
    expected.push(`${step} ${squeezed(right)}`.trim());
    if (owed === undefined) continue;
    actual.push(`${step} owed by ${outstanding(state).join(' ')}`);
    expected.push(`${step} owed by ${squeezed(owed)}`);
  }
  return { expected, actual };
}
