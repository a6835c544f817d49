import {
  AlarmCondition,
  AlarmEventKind,
  AlarmLetter,
  LossVerdict,
  PROBLEM_CODES,
  ROLES,
} from '@linepack/contracts';
import enWords from './en.json';
import enResponse from './response/en.json';
import zhResponse from './response/zh.json';
import zhWords from './zh.json';

type Tree = { readonly [key: string]: string | Tree };
const flat = (tree: Tree, before = ''): [string, string][] =>
  Object.entries(tree).flatMap(([k, v]): [string, string][] =>
    typeof v === 'string' ? [[before + k, v]] : flat(v, `${before}${k}.`),
  );
const words = {
  zh: new Map(flat({ ...zhWords, response: zhResponse })),
  en: new Map(flat({ ...enWords, response: enResponse })),
};
const slots = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
const HAN = /\p{Script=Han}/u;

describe('words', () => {
  it('have the same keys in both languages', () => {
    expect([...words.en.keys()].sort()).toEqual([...words.zh.keys()].sort());
  });
  it('say something under every key, with the same values filled in', () => {
    for (const [key, text] of words.zh) {
      expect(text.trim()).not.toBe('');
      expect([key, slots(words.en.get(key) ?? '')]).toEqual([key, slots(text)]);
    }
  });
  it('are English in English, but for the name of the other language', () => {
    const han = [...words.en].filter(([, text]) => HAN.test(text)).map(([key]) => key);
    expect(han).toEqual(['shell.inChinese']);
  });
  it('are Chinese in Chinese, but for signs both share', () => {
    const foreign = [...words.zh].filter(([, text]) => !HAN.test(text)).map(([key]) => key);
    expect(foreign).toEqual(['shell.inEnglish', 'lossRole.cng']);
  });
  it.each([
    ['role', ROLES],
    ['problem', PROBLEM_CODES],
    ['condition', AlarmCondition.options],
    ['letter', AlarmLetter.options],
    ['event', AlarmEventKind.options],
    ['verdict', LossVerdict.options],
  ])('name every %s of the contracts', (group, options) => {
    expect(options.filter((o) => !words.zh.has(`${group}.${o}`))).toEqual([]);
  });
});
