import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Disk } from '../../src/disk/disk';
import { parseEntry } from '../../src/write/entry';
import { SEGMENT_HEADER, encodeFrame } from '../../src/write/frame';
import { Spool, SpoolFullError } from '../../src/write/spool';
import { seeded } from '../seeded';
import { SimulatedMedium } from '../simulated-disk';

let medium: SimulatedMedium;
let disk: Disk;
let said: string[];
beforeEach(() => {
  medium = new SimulatedMedium({ random: seeded(1) });
  disk = medium.mount('spool');
  said = [];
});

/** A number as the spool's entry; anything else is none. */
const parse = (stored: unknown): number => {
  if (typeof stored !== 'number') throw new TypeError('expected a number');
  return stored;
};
type More = { maxBytes?: number; segmentBytes?: number; on?: Disk };
const open = ({ on = disk, ...more }: More = {}): Spool<number> =>
  Spool.open<number>({
    disk: on,
    maxBytes: 1 << 20,
    segmentBytes: 64,
    parse,
    log: (m) => said.push(m),
    ...more,
  });
/** A new process on the same disk. */
const restarted = (more: More = {}): Spool<number> => open({ on: medium.mount('spool'), ...more });
const drain = async (spool: Spool<number>): Promise<number[]> => {
  const seen: number[] = [];
  for (let next = spool.peek(3); next.length > 0; next = spool.peek(3)) {
    seen.push(...next);
    await spool.done(next.length);
  }
  return seen;
};
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const fill = async (spool: Spool<number>, ns: readonly number[]): Promise<void> => {
  for (const n of ns) await spool.append([n], 'normal');
};
/** Bytes of a small number's frame. */
const FRAME = encodeFrame(0, '1').length;

describe('the spool', () => {
  test('gives back in order what was put, over many segments, and leaves nothing behind', async () => {
    const spool = open();
    await fill(spool, numbers(0, 50));
    expect(disk.list().length).toBeGreaterThan(5);
    expect(spool.size().entries).toBe(50);
    expect([...spool.waiting()]).toEqual(numbers(0, 50));
    expect(await drain(spool)).toEqual(numbers(0, 50));
    expect(spool.isEmpty).toBe(true);
    expect(spool.size()).toEqual({ entries: 0, bytes: 0 });
    expect(disk.list()).toEqual([]);
    expect(said).toEqual([]);
  });

  test('is found again by the next process, without what was done in whole segments', async () => {
    const first = open();
    await fill(first, numbers(0, 30));
    await first.done(first.peek(2).length);
    await first.done(first.peek(2).length);
    expect(first.size().entries).toBe(26);
    expect([...first.waiting()]).toEqual(numbers(4, 30));
    const perSegment = Math.ceil((64 - SEGMENT_HEADER.length) / FRAME);
    // What was done in a segment that is not wholly done comes again; nothing is missing.
    expect(await drain(restarted())).toEqual(numbers(Math.floor(4 / perSegment) * perSegment, 30));
  });

  test('goes on with new segments beside those it found: it never writes into an old one', async () => {
    await fill(open({ segmentBytes: 1 << 10 }), [1, 2]);
    const [old] = disk.list() as [string];
    const before = disk.read(old);
    const spool = restarted({ segmentBytes: 1 << 10 });
    await fill(spool, [3]);
    expect(disk.read(old)).toEqual(before);
    expect(await drain(spool)).toEqual([1, 2, 3]);
  });

  test('appends go on while the oldest are taken, in the segment that is being written, too', async () => {
    const spool = open({ segmentBytes: 1 << 10 });
    const seen: number[] = [];
    const writing = fill(spool, numbers(0, 100));
    while (seen.length < 100) {
      const next = spool.peek(2);
      if (next.length > 0) await spool.done(next.length);
      else await Promise.resolve();
      seen.push(...next);
    }
    await writing;
    expect(seen).toEqual(numbers(0, 100));
    expect(spool.size()).toEqual({ entries: 0, bytes: 0 });
  });

  test('nothing appended is nothing written', async () => {
    await open().append([], 'normal');
    expect(disk.list()).toEqual([]);
  });

  test('refuses samples when it is full; the reserve, a twentieth more, is for the journal', async () => {
    const maxBytes = SEGMENT_HEADER.length + 20 * FRAME;
    const spool = open({ maxBytes, segmentBytes: 1 << 10 });
    await expect(
      spool.append(
        Array.from({ length: 21 }, () => 1),
        'normal',
      ),
    ).rejects.toThrow(SpoolFullError);
    expect(disk.list()).toEqual([]);
    await spool.append(
      Array.from({ length: 20 }, () => 1),
      'normal',
    );
    expect(spool.size().bytes).toBe(maxBytes);
    await expect(spool.append([2], 'normal')).rejects.toThrow(`the spool is full (${maxBytes} bytes)`);
    await spool.append([3], 'reserve');
    await expect(spool.append([4], 'reserve')).rejects.toThrow(SpoolFullError);
    expect((await drain(spool)).at(-1)).toBe(3);
    await spool.append([5], 'normal');
    expect(await drain(spool)).toEqual([5]);
  });
});

describe('when the power goes', () => {
  test('what was promised is there, in order, and of the rest at most a beginning', async () => {
    for (let seed = 0; seed < 200; seed += 1) {
      medium = new SimulatedMedium({ random: seeded(seed) });
      const spool = open({ on: medium.mount('spool'), segmentBytes: 300 });
      const promised: number[] = [];
      let batch = 0;
      const writing = (async () => {
        for (; ; batch += 1)
          await spool.append(numbers(batch * 10, batch * 10 + 10), 'normal').then(() => promised.push(batch));
      })();
      for (let turn = 0; turn < seed; turn += 1) await Promise.resolve();
      medium.powerCut();
      void writing;
      const found = await drain(restarted());
      const least = promised.length * 10;
      expect(found.length).toBeGreaterThanOrEqual(least);
      expect(found.length).toBeLessThanOrEqual(least + 10);
      expect(found.slice(0, least)).toEqual(numbers(0, least));
      expect(found).toEqual(found.toSorted((a, b) => a - b));
    }
  });

  test('what is done does not come back: newer entries may have gone past it', async () => {
    for (let seed = 0; seed < 50; seed += 1) {
      medium = new SimulatedMedium({ random: seeded(seed) });
      const spool = open({ on: medium.mount('spool') });
      await fill(spool, numbers(0, 9));
      await drain(spool);
      medium.powerCut();
      expect(await drain(restarted())).toEqual([]);
    }
  });

  test('a tail that was cut short at any byte is passed over, and what was whole is kept', async () => {
    const spool = open({ segmentBytes: 1 << 20 });
    await spool.append([1, 2, 3], 'normal');
    await spool.close();
    const [name] = disk.list() as [string];
    const whole = disk.read(name) as Buffer;
    for (let length = whole.length - 1; length > 0; length -= 1) {
      disk.replace(name, whole.subarray(0, length));
      const entries = Math.max(0, Math.floor((length - SEGMENT_HEADER.length) / FRAME));
      const found = open();
      expect(found.size().entries).toBe(entries);
      expect(found.lost.damagedEntries).toBe(0);
      expect(found.isEmpty).toBe(entries === 0);
    }
    expect(said.some((line) => line.includes('that a crash cut short'))).toBe(true);
  });
});

describe('when the disk fails', () => {
  test.each([0, 1])(
    'refuses what a full disk takes only half of, after %d entries, and goes on',
    async (there) => {
      const spool = open({ segmentBytes: 1 << 10 });
      await fill(spool, numbers(0, there));
      medium.capacityBytes = medium.usedBytes() + 5;
      const refused = await spool.append([100], 'normal').catch((e: unknown) => e as Error);
      expect(refused).toBeInstanceOf(SpoolFullError);
      expect((refused as Error).cause).toMatchObject({ code: 'ENOSPC' });
      medium.capacityBytes = Infinity;
      await spool.append([101], 'normal');
      expect(restarted().size().entries).toBe(there + 1);
      expect(await drain(open())).toEqual([...numbers(0, there), 101]);
    },
  );

  test.each(['open', 'syncFolder', 'write', 'datasync'] as const)(
    'an append whose %s fails rejects; the next ones do not follow what it left',
    async (operation) => {
      const spool = open({ segmentBytes: 1 << 10 });
      // Only a new file is opened: there is nothing before it then.
      const before = operation === 'open' || operation === 'syncFolder' ? [] : [1, 2];
      await fill(spool, before);
      medium.fail({ operation, times: 1 });
      await expect(spool.append([3, 4], 'normal')).rejects.toThrow('EIO');
      await fill(spool, [5, 6]);
      expect([...spool.waiting()]).toEqual([...before, 5, 6]);
      medium.powerCut();
      // Nobody promised that what was refused is gone, only that the rest is there.
      expect((await drain(restarted())).filter((n) => n !== 3 && n !== 4)).toEqual([...before, 5, 6]);
    },
  );

  test('after a failed sync a file is never trusted again, even when it cannot be cut back', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      medium = new SimulatedMedium({ random: seeded(seed) });
      const spool = open({ on: medium.mount('spool'), segmentBytes: 1 << 10 });
      await fill(spool, [1]);
      medium.fail({ operation: 'datasync', times: 1 });
      medium.fail({ operation: 'truncate' });
      await expect(spool.append([2], 'normal')).rejects.toThrow('EIO');
      await fill(spool, [3]);
      expect([...spool.waiting()]).toEqual([1, 3]);
      medium.heal();
      medium.powerCut();
      expect((await drain(restarted())).filter((n) => n !== 2)).toEqual([1, 3]);
    }
    expect(said.some((line) => line.includes('ends in entries that were refused'))).toBe(true);
  });

  test('a segment that cannot be removed is done all the same, and goes with a later one', async () => {
    const spool = open({ segmentBytes: 1 });
    await fill(spool, [1, 2, 3]);
    medium.fail({ operation: 'remove', times: 2 });
    expect(await drain(spool)).toEqual([1, 2, 3]);
    expect(disk.list()).toEqual([]);
    expect(said.filter((line) => line.includes('is done, but stays'))).toHaveLength(1);
  });

  test('what could not be removed counts as room that is taken', async () => {
    const spool = open();
    await fill(spool, [1]);
    const { bytes } = spool.size();
    medium.fail({ operation: 'remove' });
    await drain(spool);
    expect(spool.size()).toEqual({ entries: 0, bytes });
    expect(spool.isEmpty).toBe(true);
  });

  test('a read that fails a few times is tried again', async () => {
    const spool = open({ segmentBytes: 1 });
    await fill(spool, [1, 2]);
    medium.fail({ operation: 'read', times: 4 });
    for (let i = 0; i < 4; i += 1) expect(() => spool.peek(1)).toThrow('EIO');
    expect(await drain(spool)).toEqual([1, 2]);
    expect(spool.lost.unreadableSegments).toBe(0);
  });

  test('a segment that cannot be read holds nobody up, and is there at the next start', async () => {
    const spool = open({ segmentBytes: 1 });
    await fill(spool, [1, 2, 3]);
    const [, second] = disk.list() as [string, string];
    medium.fail({ operation: 'read', name: new RegExp(second) });
    expect([...spool.waiting()]).toEqual([1, 3]);
    expect(spool.peek(1)).toEqual([1]);
    await spool.done(1);
    for (let i = 0; i < 4; i += 1) expect(() => spool.peek(1)).toThrow('EIO');
    expect(await drain(spool)).toEqual([3]);
    expect(spool.lost.unreadableSegments).toBe(1);
    expect(said.at(-1)).toContain('stays where it is; it is looked at again');
    await fill(spool, [4]);
    medium.heal();
    expect(await drain(restarted())).toEqual([2, 4]);
  });

  test('a segment that cannot be read at the start does not stop the start', async () => {
    await fill(open({ segmentBytes: 1 }), [1, 2, 3]);
    medium.fail({ operation: 'read', name: /0000000001/ });
    const spool = restarted({ segmentBytes: 1 });
    expect(spool.lost.unreadableSegments).toBe(1);
    await fill(spool, [4]);
    expect(await drain(spool)).toEqual([2, 3, 4]);
    medium.heal();
    expect(await drain(restarted())).toEqual([1]);
  });

  test('a segment that can be read again waits again, before what is newer, and is said once', async () => {
    const spool = open({ segmentBytes: 1 });
    await fill(spool, [1, 2, 3, 4]);
    medium.fail({ operation: 'read', name: /0000000002/ });
    expect(spool.peek(1)).toEqual([1]);
    await spool.done(1);
    for (let i = 0; i < 4; i += 1) expect(() => spool.peek(1)).toThrow('EIO');
    expect(spool.peek(1)).toEqual([3]);
    const before = said.length;
    for (let i = 0; i < 3; i += 1) spool.lookAgain();
    expect(spool.lost.unreadableSegments).toBe(1);
    expect(said).toHaveLength(before);
    medium.heal();
    spool.lookAgain();
    expect(spool.lost.unreadableSegments).toBe(0);
    expect(spool.size().entries).toBe(3);
    expect(await drain(spool)).toEqual([3, 2, 4]);
    expect(disk.list()).toEqual([]);
  });

  test('what could not be read at the start need not wait for the next one', async () => {
    await fill(open({ segmentBytes: 1 }), [1, 2]);
    medium.fail({ operation: 'read' });
    const spool = restarted({ segmentBytes: 1 });
    expect(spool.isEmpty).toBe(true);
    medium.heal();
    spool.lookAgain();
    expect(await drain(spool)).toEqual([1, 2]);
  });

  test('a file that cannot be closed was synced: nothing is lost by that', async () => {
    const real = disk.open.bind(disk);
    disk.open = async (name) => ({
      ...(await real(name)),
      close: () => Promise.reject(new Error('EIO: close')),
    });
    const spool = open({ segmentBytes: 1 });
    await fill(spool, [1, 2]);
    await spool.close();
    expect(await drain(spool)).toEqual([1, 2]);
    expect(said.some((line) => line.includes('EIO: close'))).toBe(true);
  });
});

describe('when a byte flips', () => {
  const filled = async (): Promise<{ name: string; whole: Buffer }> => {
    await open({ segmentBytes: 1 << 20 }).append(numbers(0, 10), 'normal');
    const [name] = disk.list() as [string];
    return { name, whole: disk.read(name) as Buffer };
  };

  test('anywhere in a segment: one entry is lost, counted and said; all others arrive; the file is kept', async () => {
    const { name, whole } = await filled();
    for (let at = 0; at < whole.length; at += 1) {
      disk.replace(name, whole);
      medium.flip('spool', name, at);
      said = [];
      const spool = open();
      const seen = await drain(spool);
      const hit = Math.floor((at - SEGMENT_HEADER.length) / FRAME);
      const isLineEnd = (at - SEGMENT_HEADER.length) % FRAME === FRAME - 1;
      if (hit < 0 || isLineEnd) {
        expect(seen).toEqual(numbers(0, 10));
        continue;
      }
      expect(seen).toEqual(numbers(0, 10).filter((n) => n !== hit));
      expect(spool.lost.damagedEntries).toBe(1);
      expect(spool.lost.damagedBytes).toBe(FRAME);
      expect(said.join()).toContain('1 entries (');
      expect(disk.list()).toEqual([`${name}.damaged`]);
      disk.remove(`${name}.damaged`);
    }
  });

  test('while the collector runs: the same, and what was promised is known by its number', async () => {
    const spool = open({ segmentBytes: 1 << 20 });
    await spool.append(numbers(0, 10), 'normal');
    const [name] = disk.list() as [string];
    // The length of the last frame: it looks cut short, but it was promised.
    medium.flip('spool', name, SEGMENT_HEADER.length + 9 * FRAME + 8);
    expect(spool.size().entries).toBe(10);
    expect([...spool.waiting()]).toEqual(numbers(0, 9));
    expect(await drain(spool)).toEqual(numbers(0, 9));
    expect(spool.lost.damagedEntries).toBe(1);
    expect(disk.list()).toEqual([`${name}.damaged`]);
  });

  test('a row of damaged entries in the middle is counted by what is missing', async () => {
    const { name, whole } = await filled();
    const hole = Buffer.from(whole).fill(
      0x20,
      SEGMENT_HEADER.length + 2 * FRAME,
      SEGMENT_HEADER.length + 5 * FRAME,
    );
    disk.replace(name, hole);
    const spool = open();
    expect(await drain(spool)).toEqual([0, 1, 5, 6, 7, 8, 9]);
    expect(spool.lost.damagedEntries).toBe(3);
  });

  test('in every entry of a segment: those behind it do not wait for it', async () => {
    const { name } = await filled();
    disk.replace(name, Buffer.alloc(100, 0x20));
    const spool = open();
    await fill(spool, [11]);
    expect(await drain(spool)).toEqual([11]);
    const lost = Spool.open({ disk, maxBytes: 1 << 20, parse, log: () => undefined });
    expect(lost.isEmpty).toBe(true);
  });

  test('a payload that is none is passed over, counted and kept', async () => {
    const frames = ['1', '"two"', '3', '{broken'].map((payload, i) => encodeFrame(i, payload));
    disk.replace('0000000007.seg', Buffer.concat([SEGMENT_HEADER, ...frames]));
    const spool = open();
    expect(await drain(spool)).toEqual([1, 3]);
    expect(spool.lost.damagedEntries).toBe(2);
    expect(said.filter((line) => line.includes('an entry is passed over'))).toHaveLength(2);
    expect(disk.list()).toEqual(['0000000007.seg.damaged']);
  });

  test('a file that somebody took away is counted as lost', async () => {
    const spool = open({ segmentBytes: 1 });
    await fill(spool, [1, 2]);
    disk.remove('0000000001.seg');
    expect(spool.peek(1)).toEqual([2]);
    expect(spool.lost.damagedEntries).toBe(1);
  });

  test('of kept files the newest sixteen stay, and their names are not used again', async () => {
    for (let n = 1; n <= 20; n += 1)
      disk.replace(
        `00000000${String(n).padStart(2, '0')}.seg`,
        Buffer.concat([SEGMENT_HEADER, encodeFrame(0, '"none"')]),
      );
    expect(await drain(open())).toEqual([]);
    const kept = numbers(5, 21).map((n) => `00000000${String(n).padStart(2, '0')}.seg.damaged`);
    expect(disk.list()).toEqual(kept);
    await fill(restarted(), [1]);
    expect(disk.list()).toEqual([...kept, '0000000021.seg'].sort());
  });

  test('whatever is done to its bytes, it opens, goes on, and invents nothing', async () => {
    const { name, whole } = await filled();
    const change = fc.record({ at: fc.nat(whole.length - 1), bytes: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(whole.length), async (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const c of changes) bytes.set(c.bytes.slice(0, bytes.length - c.at), c.at);
        disk.replace(name, bytes.subarray(0, length));
        const spool = open();
        await fill(spool, [77]);
        const seen = await drain(spool);
        expect(seen.at(-1)).toBe(77);
        expect(numbers(0, 10)).toEqual(expect.arrayContaining(seen.slice(0, -1)));
        expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
        for (const left of disk.list()) disk.remove(left);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe('what an earlier version wrote', () => {
  const v1 = readFileSync(join(import.meta.dirname, '../../testdata/spool-v1/0000000001.seg'));
  const opened = (bytes: Buffer) => {
    disk.replace('0000000001.seg', bytes);
    return Spool.open({ disk, maxBytes: 1 << 20, parse: parseEntry, log: (m) => said.push(m) });
  };
  const kinds = (spool: ReturnType<typeof opened>): string[] => [...spool.waiting()].map((e) => e.kind);

  test('format 1: every entry is there, in its order', () => {
    const spool = opened(v1);
    expect(kinds(spool)).toEqual(['coverage', 'samples', 'journal', 'samples', 'coverage']);
    expect(spool.lost.damagedEntries).toBe(0);
    const [coverage, samples, journal] = [...spool.waiting()];
    expect(coverage).toMatchObject({ sourceId: 'gate-plc', at: 1_785_542_400_000_000, state: 'connected' });
    expect(samples).toMatchObject({
      samples: [
        [1, 1_785_542_400_000_000, 0, 4.5],
        [2, 1_785_542_400_000_000, -2_147_024_896, null],
      ],
    });
    expect(journal).toMatchObject({ entries: [{ event: { alarmId: 'tag:gate.p:H' }, ownerEpoch: 3 }] });
  });

  test('format 1 with a flipped byte: one entry is missing, wherever it is', () => {
    const lengths: number[] = [];
    for (let at = 0; at < v1.length; at += 8 + v1.readUInt32LE(at)) lengths.push(at);
    for (let at = 0; at < v1.length; at += 7) {
      const hit = lengths.findLastIndex((start) => start <= at);
      const bytes = Buffer.from(v1);
      bytes[at] = (bytes[at] as number) ^ 0x04;
      expect(kinds(opened(bytes))).toEqual(
        ['coverage', 'samples', 'journal', 'samples', 'coverage'].filter((_, i) => i !== hit),
      );
    }
  });

  test('format 1 cut short: passed over, not damaged', () => {
    const spool = opened(v1.subarray(0, v1.length - 3));
    expect(kinds(spool)).toEqual(['coverage', 'samples', 'journal', 'samples']);
    expect(spool.lost.damagedEntries).toBe(0);
    expect(said.at(-1)).toContain('bytes that a crash cut short');
  });

  test('a later version than this is left where it is', async () => {
    const later = Buffer.concat([Buffer.from('LPSPOOL\x03', 'latin1'), Buffer.from('who knows what')]);
    const spool = opened(later);
    expect(spool.isEmpty).toBe(true);
    expect(spool.lost.unreadableSegments).toBe(1);
    expect(said.at(-1)).toContain('a later version of this program wrote it');
    await spool.append([{ kind: 'samples', samples: [] }], 'normal');
    expect(disk.list()).toEqual(['0000000001.seg', '0000000002.seg']);
    expect(disk.read('0000000001.seg')).toEqual(later);
  });

  test.each([null, 7, {}, { kind: 'rubbish' }, { kind: 'samples' }, { kind: 'coverage' }])(
    '%j is no entry',
    (stored) => {
      expect(() => parseEntry(stored)).toThrow(
        'expected an entry of kind samples, journal, states or coverage',
      );
    },
  );
});
