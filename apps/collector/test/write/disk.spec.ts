import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNoSpace, writeDurably, type Disk } from '../../src/disk/disk';
import { NodeDisk } from '../../src/disk/node-disk';
import { seeded } from '../seeded';
import { SimulatedMedium } from '../simulated-disk';

const text = (bytes: Buffer | null): string | null => bytes && bytes.toString('utf8');
const put = async (disk: Disk, name: string, content: string, at = 0): Promise<void> => {
  const file = await disk.open(name);
  await writeDurably(file, name, Buffer.from(content), at);
  await file.close();
};

/** What the collector stands on holds for the real disk and for its model alike. */
describe.each(['a folder of this computer', 'the simulated disk'])('%s', (which) => {
  let folder: string;
  let disk: Disk;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'linepack-disk-'));
    disk =
      which === 'the simulated disk'
        ? new SimulatedMedium({ random: Math.random }).mount('disk')
        : new NodeDisk(join(folder, 'made', 'when', 'missing'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('has nothing at first, and says so', () => {
    expect(disk.list()).toEqual([]);
    expect(disk.read('a')).toBeNull();
    expect(disk.size('a')).toBeNull();
    disk.remove('a');
  });

  test('lists names in order, with what was written to them', async () => {
    await put(disk, 'b', 'zwei');
    await put(disk, 'a', 'eins');
    await disk.syncFolder();
    expect(disk.list()).toEqual(['a', 'b']);
    expect(text(disk.read('b'))).toBe('zwei');
    expect(disk.size('b')).toBe(4);
  });

  test('opening keeps what is there; a write goes where it is told', async () => {
    await put(disk, 'a', '0123456789');
    await put(disk, 'a', 'xy', 4);
    expect(text(disk.read('a'))).toBe('0123xy6789');
    await put(disk, 'a', 'end', 10);
    expect(text(disk.read('a'))).toBe('0123xy6789end');
    await put(disk, 'gap', 'x', 2);
    expect([...(disk.read('gap') as Buffer)]).toEqual([0, 0, 120]);
  });

  test('cuts, removes and renames', async () => {
    await put(disk, 'a', '0123456789');
    await put(disk, 'b', 'other');
    disk.truncate('a', 3);
    expect(text(disk.read('a'))).toBe('012');
    disk.rename('a', 'b');
    expect(disk.list()).toEqual(['b']);
    expect(text(disk.read('b'))).toBe('012');
    disk.remove('b');
    expect(disk.list()).toEqual([]);
    expect(() => disk.rename('a', 'b')).toThrow('ENOENT');
    expect(() => disk.truncate('a', 0)).toThrow('ENOENT');
  });

  test('replaces a file as a whole, and leaves nothing beside it', () => {
    disk.replace('a', Buffer.from('a longer one'));
    disk.replace('a', Buffer.from('short'));
    expect(text(disk.read('a'))).toBe('short');
    expect(disk.list()).toEqual(['a']);
  });

  test('what is read is a copy', async () => {
    await put(disk, 'a', 'mine');
    disk.read('a')?.fill(0);
    expect(text(disk.read('a'))).toBe('mine');
  });
});

describe('the simulated disk', () => {
  const seeds = Array.from({ length: 50 }, (_, i) => i);

  test('a power cut keeps what was synced, and of the rest anything between nothing and all', async () => {
    const found = new Set<string | null>();
    for (const seed of seeds) {
      const medium = new SimulatedMedium({ random: seeded(seed) });
      const before = medium.mount('d');
      await put(before, 'a', 'A'.repeat(1_024));
      await before.syncFolder();
      const file = await before.open('a');
      await file.write(Buffer.from('B'.repeat(1_536)), 0);
      medium.powerCut();
      const content = text(medium.mount('d').read('a')) as string;
      expect(content.length).toBeGreaterThanOrEqual(1_024);
      // A sector that was skipped before one that was written is a hole.
      for (let from = 0; from < content.length; from += 512)
        expect(content.slice(from, from + 512)).toMatch(/^(A{512}|B{512}|\0{512})$/);
      found.add(content);
    }
    expect(found.size).toBeGreaterThan(4);
  });

  test('a name is there after a power cut only when its folder was synced', async () => {
    const there = async (seed: number, sync: boolean): Promise<string[]> => {
      const medium = new SimulatedMedium({ random: seeded(seed) });
      const before = medium.mount('d');
      await put(before, 'a', 'x');
      if (sync) await before.syncFolder();
      medium.powerCut();
      return medium.mount('d').list();
    };
    expect(await Promise.all(seeds.map((s) => there(s, true)))).toEqual(seeds.map(() => ['a']));
    expect(new Set((await Promise.all(seeds.map((s) => there(s, false)))).map(String))).toEqual(
      new Set(['', 'a']),
    );
  });

  test('a replaced file is the old or the new one', async () => {
    for (const seed of seeds) {
      const medium = new SimulatedMedium({ random: seeded(seed), capacityBytes: 12 });
      const disk = medium.mount('d');
      disk.replace('a', Buffer.from('old'));
      expect(() => disk.replace('a', Buffer.from('new and too long'))).toThrow('ENOSPC');
      medium.powerCut();
      expect(text(medium.mount('d').read('a'))).toBe('old');
    }
  });

  test('a killed process leaves what it wrote, and never hears of the disk again', async () => {
    const medium = new SimulatedMedium({ random: seeded(1) });
    const before = medium.mount('d');
    const file = await before.open('a');
    await file.write(Buffer.from('written'), 0);
    medium.kill();
    const answered = unanswered();
    void file.write(Buffer.from('from the dead'), 0).then(answered.say);
    void file.datasync().then(answered.say);
    before.truncate('a', 0);
    before.remove('a');
    expect(before.list()).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered.count).toBe(0);
    expect(text(medium.mount('d').read('a'))).toBe('written');
  });

  test('a sync that fails forgets what it did not write: the next one does not bring it', async () => {
    const after = new Set<string>();
    for (const seed of seeds) {
      const medium = new SimulatedMedium({ random: seeded(seed) });
      const disk = medium.mount('d');
      await put(disk, 'a', 'old');
      await disk.syncFolder();
      medium.fail({ operation: 'datasync', times: 1 });
      const file = await disk.open('a');
      await file.write(Buffer.from('new'), 0);
      await expect(file.datasync()).rejects.toThrow('EIO');
      await file.datasync();
      expect(text(disk.read('a'))).toBe('new');
      medium.powerCut();
      after.add(String(text(medium.mount('d').read('a'))));
    }
    expect(after).toEqual(new Set(['old', 'new']));
  });

  test('fills up: takes a part, then nothing, and room comes back with what is removed', async () => {
    const medium = new SimulatedMedium({ random: seeded(1), capacityBytes: 8 });
    const disk = medium.mount('d');
    const file = await disk.open('a');
    expect(await file.write(Buffer.from('0123456789'), 0)).toBe(8);
    const refused = await file.write(Buffer.from('x'), 8).catch((e: unknown) => e);
    expect(isNoSpace(refused)).toBe(true);
    // What lies there already may be written again.
    expect(await file.write(Buffer.from('abc'), 0)).toBe(3);
    await expect(put(disk, 'b', 'x')).rejects.toThrow('ENOSPC');
    disk.remove('a');
    await put(disk, 'b', '12345678');
    await expect(put(disk, 'c', '1')).rejects.toThrow('ENOSPC');
    disk.truncate('b', 4);
    await expect(put(disk, 'c', '123456')).rejects.toThrow('c: the disk took 4 of 6 bytes');
  });

  test('fails on request: one operation, one name, so many times, or from now on', () => {
    const medium = new SimulatedMedium({ random: seeded(1) });
    const disk = medium.mount('d');
    disk.replace('a', Buffer.from('x'));
    medium.fail({ operation: 'read', name: /^a$/, times: 2 });
    expect(disk.read('b')).toBeNull();
    expect(() => disk.read('a')).toThrow("EIO: read 'a'");
    expect(() => disk.read('a')).toThrow('EIO');
    expect(text(disk.read('a'))).toBe('x');
    medium.fail({ operation: 'remove', code: 'EACCES' });
    expect(() => disk.remove('a')).toThrow('EACCES');
    expect(() => disk.remove('a')).toThrow('EACCES');
    medium.heal();
    disk.remove('a');
    expect(disk.list()).toEqual([]);
  });

  test('flips one bit, on the platter too', () => {
    const medium = new SimulatedMedium({ random: seeded(3) });
    medium.mount('d').replace('a', Buffer.alloc(16));
    const at = medium.flip('d', 'a');
    medium.powerCut();
    const bytes = medium.mount('d').read('a') as Buffer;
    const changed = [...bytes].flatMap((byte, i) => (byte === 0 ? [] : [{ i, byte }]));
    expect(changed).toHaveLength(1);
    expect(changed[0]?.i).toBe(at);
    expect([1, 2, 4, 8, 16, 32, 64, 128]).toContain(changed[0]?.byte);
    expect(() => medium.flip('d', 'none')).toThrow('nothing to flip');
  });
});

const unanswered = () => {
  const answered = { count: 0, say: () => void (answered.count += 1) };
  return answered;
};
