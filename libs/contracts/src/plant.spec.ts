import { HistoryQuery } from './plant';

const query = (change: object) => HistoryQuery.safeParse({ tags: '1', from: '0', to: '1', ...change });

describe('a history query', () => {
  test('takes tags as numbers and a default of points', () => {
    expect(query({ tags: '3,14' }).data).toEqual({ tags: [3, 14], from: 0, to: 1, points: 600 });
  });

  test.each([
    ['no tag', { tags: '' }, 'tags'],
    ['a name for an id', { tags: 'pt-101' }, 'tags'],
    ['more tags than a chart can show', { tags: Array.from({ length: 17 }, (_, i) => i).join() }, 'tags'],
    ['a time that is no number', { from: 'yesterday' }, 'from'],
    ['more points than an answer may have', { points: '5001' }, 'points'],
  ])('refuses %s and names the field', (_what, change, field) => {
    expect(query(change).error?.issues.map((i) => i.path.join('.'))).toEqual([field]);
  });
});
