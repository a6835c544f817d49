import { DEMO_TARGETS } from './demo-city';
import { isActive, parseEffect, ScenarioError } from './scenarios';

const parse = (line: string) => {
  const [name = '', ...pairs] = line.split(' ');
  return parseEffect(
    name,
    Object.fromEntries(pairs.map((p) => p.split('='))) as Record<string, string>,
    DEMO_TARGETS,
  );
};

describe('scenarios', () => {
  it.each([
    ['leak pipe=west-2 size=12', { name: 'leak', pipe: 'west-2', sizeMm: 12 }],
    ['leak pipe=main-wenchang size=150', { name: 'leak', pipe: 'main-wenchang', sizeMm: 150 }],
    [
      'meter-bias meter=gate-west.m-1 percent=-1.3',
      { name: 'meter-bias', meter: 'gate-west.m-1', percent: -1.3 },
    ],
    ['bad-quality target=reg-gaoxin', { name: 'bad-quality', target: 'reg-gaoxin' }],
    ['bad-quality target=reg-gaoxin.pt-201', { name: 'bad-quality', target: 'reg-gaoxin.pt-201' }],
    ['station-offline station=ind-glass', { name: 'station-offline', station: 'ind-glass' }],
    ['server-offline server=opc-west', { name: 'server-offline', server: 'opc-west' }],
  ])('%s', (line, expected) => expect(parse(line)).toEqual(expected));

  it.each([
    ['flood', 'scenario "flood": expected one of leak'],
    ['leak size=12', 'leak: pipe is missing: expected pipe=<a pipe or main>'],
    ['leak pipe=north size=12', 'pipe "north": expected one of west-1'],
    ['leak pipe=west-1 size=big', 'size "big": expected a number from 1 to 500'],
    ['leak pipe=west-1 size=', 'size "": expected a number from 1 to 500'],
    ['leak pipe=west-1 diameter=5', 'parameter "diameter": expected one of pipe, size'],
    ['meter-bias meter=gate-west.m-1 percent=90', 'percent "90": expected a number from -20 to 20'],
    ['bad-quality target=gate-west.pt-999', 'target "gate-west.pt-999": expected a tag'],
    ['station-offline station=moon', 'station "moon": expected one of supplier-west'],
    ['server-offline server=x', 'server "x": expected one of'],
  ])('refuses: %s', (line, message) => {
    expect(() => parse(line)).toThrow(ScenarioError);
    expect(() => parse(line)).toThrow(message);
  });

  it('run from their start until just before their end', () => {
    const s = { id: 's', effect: parse('station-offline station=ind-glass'), fromMs: 10, toMs: 20 };
    expect([9, 10, 19, 20].map((t) => isActive(s, t))).toEqual([false, true, true, false]);
    expect(isActive({ ...s, toMs: null }, 1e15)).toBe(true);
  });
});
