import { jest } from '@jest/globals';
import { instantOf } from '../src/time';
import { ManualTime } from './manual-time';

test('an instant is whole microseconds on both clocks: rows are stamped with their difference', () => {
  const time = new ManualTime(1_750_000_000_000_000);
  jest.spyOn(time, 'monotonicMs').mockReturnValue(1_234.567_891_2);
  expect(instantOf(time)).toEqual({ wall: 1_750_000_000_000_000, steady: 1_234_568 });
});
