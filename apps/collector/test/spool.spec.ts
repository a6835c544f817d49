import type { JournalledEvent } from '@linepack/store';
import type { Entry } from '../src/write/entry';
import type { Disk } from '../src/disk/disk';
import { Outbox } from '../src/write/outbox';
import { RefusedFile } from '../src/write/refused-file';
import { Spool, SpoolFullError } from '../src/write/spool';
import { systemTime } from '../src/time';
import { quiet, until } from './house';
import { SimulatedMedium } from './simulated-disk';

let medium: SimulatedMedium;
let disk: Disk;
beforeEach(() => {
  medium = new SimulatedMedium({ random: () => 0 });
  disk = medium.mount('spool');
});

const open = (more: { maxBytes?: number; segmentBytes?: number } = {}): Spool<number> =>
  Spool.open<number>({ disk, maxBytes: 1 << 20, segmentBytes: 64, log: () => undefined, ...more });
const drain = async (spool: Spool<number>): Promise<number[]> => {
  const seen: number[] = [];
  for (let next = spool.peek(3); next.length > 0; next = spool.peek(3)) {
    seen.push(...next);
    await spool.done(next.length);
  }
  return seen;
};
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('the spool', () => {
  test('gives back in order what was put, over many segments, and leaves nothing behind', async () => {
    const spool = open();
    for (const n of numbers(0, 50)) await spool.append([n], 'normal');
    expect(disk.list().length).toBeGreaterThan(5);
    expect(spool.size().entries).toBe(50);
    expect(await drain(spool)).toEqual(numbers(0, 50));
    expect(spool.isEmpty).toBe(true);
    expect(disk.list()).toEqual([]);
  });

  test.each([0, 1])(
    'refuses what a full disk takes only half of, after %d entries, and goes on',
    async (there) => {
      const spool = open({ segmentBytes: 1 << 10 });
      for (const n of numbers(0, there)) await spool.append([n], 'normal');
      medium.capacityBytes = medium.usedBytes() + 5;
      await expect(spool.append([100], 'normal')).rejects.toThrow('the disk took 5 of 11 bytes');
      medium.capacityBytes = Infinity;
      await spool.append([101], 'normal');
      expect(open().size().entries).toBe(there + 1);
      expect(await drain(spool)).toEqual([...numbers(0, there), 101]);
    },
  );

  test('is found again by the next process, without what was done in whole segments', async () => {
    const first = open();
    for (const n of numbers(0, 30)) await first.append([n], 'normal');
    await first.done(15);
    await first.close();
    const again = await drain(open());
    // What was done in a segment that is not wholly done comes again; nothing is missing.
    expect(again.at(-1)).toBe(29);
    expect(again).toEqual(numbers(again[0] as number, 30));
    expect(again[0]).toBeGreaterThan(0);
    expect(again[0]).toBeLessThanOrEqual(15);
  });

  test('appends go on while the oldest are taken', async () => {
    const spool = open();
    const seen: number[] = [];
    const writing = (async () => {
      for (const n of numbers(0, 100)) await spool.append([n], 'normal');
    })();
    while (seen.length < 100) {
      const next = spool.peek(2);
      if (next.length > 0) await spool.done(next.length);
      else await new Promise((resolve) => setImmediate(resolve));
      seen.push(...next);
    }
    await writing;
    expect(seen).toEqual(numbers(0, 100));
  });

  test('cuts a torn tail at every byte and keeps what was whole', async () => {
    const spool = open({ segmentBytes: 1 << 20 });
    await spool.append([1, 2, 3], 'normal');
    await spool.close();
    const [name] = disk.list() as [string];
    const whole = disk.read(name) as Buffer;
    const frame = whole.length / 3;
    for (let length = whole.length - 1; length > 0; length -= 1) {
      disk.replace(name, whole.subarray(0, length));
      expect(open().size().entries).toBe(Math.floor(length / frame));
    }
    disk.replace(name, Buffer.concat([whole, Buffer.from([9, 0, 0, 0, 1, 2, 3, 4, 5])]));
    const recovered = open({ segmentBytes: 1 << 20 });
    await recovered.append([4], 'normal');
    expect(await drain(recovered)).toEqual([1, 2, 3, 4]);
  });

  test('refuses samples when it is full; the reserve is for the journal', async () => {
    const spool = open({ maxBytes: 200 });
    await expect(spool.append(numbers(0, 30), 'normal')).rejects.toThrow(SpoolFullError);
    await spool.append(numbers(0, 21), 'normal');
    await expect(spool.append([21], 'normal')).rejects.toThrow('the spool is full (200 bytes)');
    await spool.append([21], 'reserve');
    expect(await drain(spool)).toEqual(numbers(0, 22));
  });
});

describe('the way into the database', () => {
  const entry = (n: number): Entry => ({ kind: 'samples', samples: [[n, n, 0, n]] });
  class FlakyDatabase {
    readonly rows: number[] = [];
    trouble: ((n: number) => Error | null) | null = null;
    write(entries: readonly Entry[]): Promise<JournalledEvent[]> {
      const ids = entries.flatMap((e) => (e.kind === 'samples' ? e.samples.map((s) => s[0]) : []));
      for (const id of ids) {
        const error = this.trouble?.(id);
        if (error) return Promise.reject(error);
      }
      this.rows.push(...ids);
      return Promise.resolve([]);
    }
  }
  const start = (database: FlakyDatabase): Outbox => {
    const spool = Spool.open<Entry>({ disk, maxBytes: 1 << 20, log: () => undefined });
    const refused = new RefusedFile(medium.mount('collector'), 'refused.jsonl');
    const outbox = new Outbox({
      time: systemTime,
      destination: database,
      spool,
      refused,
      onJournalled: () => undefined,
      log: quiet,
    });
    outbox.start();
    return outbox;
  };

  test('keeps the order over an outage, and says where an entry is durable', async () => {
    const database = new FlakyDatabase();
    const outbox = start(database);
    expect(await outbox.put(entry(1), 0)).toBe('journal');
    database.trouble = () => new Error('connect ECONNREFUSED');
    expect(await outbox.put(entry(2), 0)).toBe('spool');
    expect(outbox.database).toBe('away');
    database.trouble = null;
    // Even though the database is back: behind what waits.
    expect(await outbox.put(entry(3), 0)).toBe('spool');
    await until('the spool is empty', () => outbox.spool.entries === 0);
    expect(await outbox.put(entry(4), 0)).toBe('journal');
    await outbox.stop();
    expect(database.rows).toEqual([1, 2, 3, 4]);
  });

  test('an entry the database refuses for what it is does not hold up the rest', async () => {
    const database = new FlakyDatabase();
    const outbox = start(database);
    database.trouble = (n) => (n === 2 ? Object.assign(new Error('out of range'), { code: '22003' }) : null);
    await Promise.all([1, 2, 3].map((n) => outbox.put(entry(n), 0)));
    await until('the spool is empty', () => outbox.spool.entries === 0);
    await outbox.stop();
    expect(database.rows.toSorted()).toEqual([1, 3]);
    expect(String(medium.mount('collector').read('refused.jsonl'))).toContain('"samples":[[2,2,0,2]]');
    expect(outbox.counts.refused).toBe(1);
  });
});
