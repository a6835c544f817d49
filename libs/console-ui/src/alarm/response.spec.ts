import { type AlarmClass, ROLES, type Role } from '@linepack/contracts';
import { UNITS } from '@linepack/network';
import en from '../words/response/en.json';
import zh from '../words/response/zh.json';
import { type RespondedTag, type Response, readerOf, responseOf } from './response';

type Lang = 'zh' | 'en';
const files: Record<Lang, unknown> = { zh, en };
const text = (lang: Lang, { word }: Response): string =>
  word
    .split('.')
    .slice(1)
    .reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], files[lang]) as string;

const POSITIONS = ['inlet', 'outlet', 'ambient', 'none'];
const LIMITS = ['HH', 'H', 'L', 'LL'];
const ELSEWHERE: [string, AlarmClass][] = [
  ['communication', 'communication'],
  ['badQuality', 'communication'],
  ['loss', 'loss'],
  ['clockSkew', 'diagnostic'],
  ['noFirstValue', 'diagnostic'],
  ['spoolFull', 'diagnostic'],
  ['entrySetAside', 'diagnostic'],
  ['someCondition', 'diagnostic'],
];

interface Case {
  readonly name: string;
  readonly equipment: string;
  readonly condition: string;
  readonly role: Role;
  readonly response: Response;
}

/** Every kind of tag at every position × condition × role, and every alarm that is not of one tag × role. */
const cases: Case[] = ROLES.flatMap((role) => [
  ...Object.keys(UNITS).flatMap((kind) =>
    POSITIONS.flatMap((position) =>
      LIMITS.map((condition) => {
        const tag: RespondedTag = { kind, position };
        const pressureAt = kind === 'pressure' && /let$/.test(position) ? position : '';
        return {
          name: `${kind} ${position} ${condition} ${role}`,
          equipment: `${pressureAt}${kind}`,
          condition,
          role,
          response: responseOf({ condition, class: 'process' }, tag, role),
        };
      }),
    ),
  ),
  ...ELSEWHERE.map(([condition, alarmClass]) => ({
    name: `${condition} ${role}`,
    equipment: condition,
    condition,
    role,
    response: responseOf({ condition, class: alarmClass }, null, role),
  })),
]);

const SELF: Record<string, RegExp> = {
  dispatch: /报调度|联系调度|告知调度|(?:call|tell|to) dispatch/i,
  station: /联系场站|电话场站|请场站|(?:call|ask|have) the station/i,
  metrology: /联系计量工程师|告知计量工程师|(?:call|tell) the metrology/i,
  maintainer: /联系系统维护员|告知系统维护员|(?:call|tell|have) the system maintainer/i,
};

describe('what to do about an alarm', () => {
  it('is answered for every kind of tag, condition and role, in both languages', () => {
    expect(cases).toHaveLength(ROLES.length * (Object.keys(UNITS).length * 16 + ELSEWHERE.length));
    const mute = cases.filter(({ response }) => !text('zh', response) || !text('en', response));
    expect(mute.map((c) => c.name)).toEqual([]);
  });

  it('is never another alarm’s text', () => {
    for (const lang of ['zh', 'en'] as const) {
      const owner = new Map<string, string>();
      for (const { equipment, condition, role, response } of cases) {
        if (response.kind === 'none') continue;
        const own = `${equipment} ${condition} ${readerOf(role)}`;
        const said = text(lang, response);
        expect([said, owner.get(said) ?? own]).toEqual([said, own]);
        owner.set(said, own);
      }
    }
  });

  it('tells nobody to call himself', () => {
    const selves = cases.flatMap(({ name, role, response }) => {
      const self = SELF[readerOf(role)];
      const said = `${text('zh', response)} ${text('en', response)}`;
      return self?.test(said) ? [`${name}: ${self.exec(said)?.[0]}`] : [];
    });
    expect(selves).toEqual([]);
  });

  it('is written for both positions for all but the alarms that have none of their own', () => {
    const unwritten = cases.filter(
      ({ role, response }) => response.kind === 'none' && ['dispatcher', 'stationChief'].includes(role),
    );
    expect([...new Set(unwritten.map(({ equipment, role }) => `${equipment} ${role}`))].sort()).toEqual([
      // A limit on a counter means nothing, and what this version does not know it does not explain.
      'clockSkew stationChief',
      'entrySetAside stationChief',
      'noFirstValue stationChief',
      'someCondition dispatcher',
      'someCondition stationChief',
      'spoolFull stationChief',
      'totaliser dispatcher',
      'totaliser stationChief',
    ]);
  });

  it.each<[string, string, Role, string]>([
    ['dispatcher', 'process', 'dispatcher', 'station'],
    ['chief dispatcher', 'process', 'chief', 'station'],
    ['station chief', 'process', 'stationChief', 'dispatch'],
    ['viewer', 'process', 'viewer', 'dispatch'],
    ['metrology engineer', 'process', 'metrology', 'dispatch'],
    ['station chief', 'diagnostic', 'stationChief', 'maintainer'],
    ['maintainer', 'diagnostic', 'maintainer', 'dispatch'],
    ['metrology engineer', 'loss', 'metrology', 'dispatch'],
    ['viewer', 'communication', 'viewer', 'instruments'],
  ])(
    'where none is written, a %s with an alarm of class %s is told whom to call',
    (_who, alarmClass, role, callee) => {
      const alarm = { condition: 'unheardOf', class: alarmClass as AlarmClass };
      expect(responseOf(alarm, null, role)).toEqual({ kind: 'none', word: `response.none.${callee}` });
    },
  );

  it('is none when the tag of a limit alarm is no longer configured', () => {
    expect(responseOf({ condition: 'LL', class: 'process' }, null, 'dispatcher').kind).toBe('none');
  });

  it.each<[string, string, string, RegExp]>([
    ['gasDetector', 'ambient', 'HH', /撤|leave|out to upwind/i],
    ['differentialPressure', 'none', 'H', /过滤器|filter/i],
    ['voltage', 'none', 'LL', /UPS|发电机/],
    ['odorant', 'none', 'LL', /臭/],
    ['pressure', 'outlet', 'HH', /切断|slam-shut/i],
  ])('speaks of the equipment: %s at %s, %s', (kind, position, condition, expected) => {
    for (const role of ['dispatcher', 'stationChief'] as const)
      expect(text('zh', responseOf({ condition, class: 'process' }, { kind, position }, role))).toMatch(
        expected,
      );
  });

  it('never sends a gas detector or a filter to a regulator’s set point', () => {
    const wrong = cases.filter(
      ({ equipment, response }) =>
        ['gasDetector', 'differentialPressure', 'odorant'].includes(equipment) &&
        /设定|set point/.test(text('zh', response) + text('en', response)),
    );
    expect(wrong.map((c) => c.name)).toEqual([]);
  });
});
