import type { CollectorTroubles } from '@linepack/contracts';
import { Troubles } from '../../src/alarm/troubles';
import { ManualTime } from '../manual-time';

const START = 1_750_000_000_000_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;

const setUp = () => {
  const time = new ManualTime(START);
  const troubles = new Troubles('own', time);
  const full = (instance: string, atS: number): CollectorTroubles => ({
    instance,
    at: START + atS * 1e6,
    spoolIsFull: true,
    spoolBytes: 9,
    setAside: 0,
  });
  const known = (): string[] => troubles.others().map((word) => word.instance);
  return { time, troubles, full, known };
};

describe("another collector's word of itself", () => {
  test('stands until its next one', () => {
    const { troubles, full } = setUp();
    troubles.take(full('b', 0));
    troubles.take({ ...full('b', 5), spoolIsFull: false });
    expect(troubles.others().map((w) => w.spoolIsFull)).toEqual([false]);
  });

  test('stands for a day when it is the last one, however often the broker gives it', () => {
    const { time, troubles, full, known } = setUp();
    troubles.take(full('b', 0));
    time.to(DAY - 1);
    troubles.take(full('b', 0));
    expect(known()).toEqual(['b']);
    time.to(DAY + 1);
    expect(known()).toEqual([]);
  });

  test('that was said a while ago stands for the rest of its day', () => {
    const { time, troubles, full, known } = setUp();
    troubles.take(full('b', -20 * HOUR));
    troubles.take(full('c', -2 * DAY));
    expect(known()).toEqual(['b']);
    time.to(4 * HOUR + 1);
    expect(known()).toEqual([]);
  });

  test('counts from one that lives and has another clock', () => {
    const { time, troubles, full, known } = setUp();
    troubles.take(full('b', -3 * DAY));
    troubles.take(full('c', 3 * DAY));
    time.to(5);
    troubles.take(full('b', -3 * DAY + 5));
    expect(known()).toEqual(['b', 'c']);
    time.to(DAY + 1);
    expect(known()).toEqual(['b']);
  });

  test('setting our clock ends none', () => {
    const { time, troubles, full, known } = setUp();
    troubles.take(full('b', 0));
    time.setClock(3 * DAY);
    expect(known()).toEqual(['b']);
  });

  test('our own from before is none', () => {
    const { troubles, full, known } = setUp();
    troubles.take(full('own', 0));
    expect(known()).toEqual([]);
  });
});

test('the others are known when the bus has been listened to for a moment, also while it is away later', () => {
  const { time, troubles } = setUp();
  time.to(100);
  expect(troubles.areKnown).toBe(false);
  troubles.listening();
  time.to(102);
  expect(troubles.areKnown).toBe(false);
  time.to(103);
  expect(troubles.areKnown).toBe(true);
  troubles.listening();
  expect(troubles.areKnown).toBe(true);
});
