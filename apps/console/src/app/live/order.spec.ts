import { isAsNew } from './order';

const second = 1_000_000;
const now = 1_000 * second;

describe('which of two words of a tag is the present one', () => {
  it.each([
    ['the first there is', 900, undefined, true],
    ['heard later', 990, 980, true],
    ['heard at the same instant: a quality may change under one stamp', 980, 980, true],
    ['an answer that was overtaken on its way', 970, 980, false],
    ['held one a moment ahead of our clock', 1_000, 1_001, false],
    ['held one an hour ahead', 1_000, 4_600, true],
  ])('%s', (_name, heardAt, held, expected) => {
    const before = held === undefined ? undefined : { heardAt: held * second };
    expect(isAsNew(heardAt * second, before, now)).toBe(expected);
  });
});
