import { jest } from '@jest/globals';
import { WarmUp } from './warm-up';

/** A warm-up whose network is read when the test says so; nothing else of it matters here. */
function starting() {
  const reads: { there: (isThere: boolean) => void; fail: (error: Error) => void }[] = [];
  let onDatabase: (state: 'up' | 'away') => void = () => undefined;
  const nothing = undefined as never;
  const gate = {
    onChange: (listener: typeof onDatabase) => (onDatabase = listener),
    run: () => Promise.resolve({ seq: 0, alarms: [] }),
  };
  const bus = { subscribe: () => undefined };
  const reader = {
    read: () => new Promise<boolean>((there, fail) => void reads.push({ there, fail })),
  };
  const warmUp = new WarmUp(
    ...([
      gate,
      bus,
      nothing,
      reader,
      nothing,
      { ensure: () => undefined },
      nothing,
      nothing,
      nothing,
    ] as never[] as [never, never, never, never, never, never, never, never, never]),
    { seed: () => false } as never,
    { sendTable: () => undefined } as never,
    nothing,
    nothing,
    { warn: () => undefined } as never,
  );
  return { warmUp, reads, database: (state: 'up' | 'away') => onDatabase(state) };
}
const settled = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

describe('warming up', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('tries again while there is no network', async () => {
    const { reads, database } = starting();
    database('up');
    reads[0]?.there(false);
    await settled();
    jest.advanceTimersByTime(2_000);
    expect(reads).toHaveLength(2);
  });

  it.each(['fails', 'finds nothing'])(
    'begins nothing after it was stopped, though what it was at %s',
    async (how) => {
      const { warmUp, reads, database } = starting();
      database('up');
      const stopping = warmUp.onApplicationShutdown();
      if (how === 'fails') reads[0]?.fail(new Error('gone'));
      else reads[0]?.there(false);
      await stopping;
      database('away');
      database('up');
      await settled();
      expect(jest.getTimerCount()).toBe(0);
      expect(reads).toHaveLength(1);
    },
  );
});
