import { compare, median, type Case } from '../bench/measure';

describe('a figure of the bench', () => {
  it('is the median of the turns, without the one that warms up, and no matter what else the machine does', async () => {
    // What the machine does meanwhile makes everything of a turn slower; the ratio stays three.
    const slowness = [50, 1, 4, 2];
    let now = 0;
    let turn = 0;
    const order: string[] = [];
    const of: Case = {
      path: 'p',
      load: 'l',
      measured: {
        name: 'm',
        run: () => {
          order.push('measured');
          now += 3 * (slowness[turn++] as number);
        },
      },
      yardstick: {
        name: 'y',
        run: () => {
          order.push('yardstick');
          now += slowness[turn] as number;
        },
      },
      repetitions: 3,
    };
    expect(await compare(of, () => now)).toMatchObject({ measuredMs: 6, yardstickMs: 2, ratio: 3 });
    expect(order).toEqual(Array.from({ length: 4 }, () => ['yardstick', 'measured']).flat());
  });

  it('takes the time a way names itself', async () => {
    let now = 0;
    const way = (ms: number) => () => {
      now += 1_000;
      return Promise.resolve(ms);
    };
    const of: Case = {
      path: 'p',
      load: 'l',
      measured: { name: 'm', run: way(2) },
      yardstick: { name: 'y', run: way(8) },
      repetitions: 1,
    };
    expect(await compare(of, () => now)).toMatchObject({ measuredMs: 2, yardstickMs: 8, ratio: 0.25 });
  });

  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('needs a turn', () => expect(() => median([])).toThrow('at least one'));
});
