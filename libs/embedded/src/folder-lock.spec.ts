import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { FolderHeldError, lockFolder } from './folder-lock';

describe('lockFolder', () => {
  let folder: string;
  let file: string;
  const dead = JSON.stringify({ pid: 2 ** 30, started: 'x', note: '' });
  const alive = JSON.stringify({ pid: process.pid, started: '', note: 'here' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'linepack-lock-'));
    file = join(folder, 'my.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds a folder until it is given back', () => {
    const lock = lockFolder(file, 'first');
    expect(() => lockFolder(file)).toThrow(`${folder} is in use by process ${process.pid} (first)`);
    lock.describe('http://127.0.0.1:1');
    expect(() => lockFolder(file)).toThrow('(http://127.0.0.1:1)');
    lock.release();
    lockFolder(file).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a dead process', dead],
    ['another start of the process id', JSON.stringify({ pid: process.pid, started: 'then', note: '' })],
    ['a torn file', '{"pid":'],
  ])('takes over the lock of %s', (_, content) => {
    writeFileSync(file, content);
    const lock = lockFolder(file);
    expect(readdirSync(folder)).toEqual(['my.lock']);
    lock.release();
  });

  it('goes past a takeover that died half way', () => {
    writeFileSync(file, dead);
    writeFileSync(`${file}.next`, dead);
    lockFolder(file);
    expect(readdirSync(folder)).toEqual(['my.lock']);
  });

  it('leaves a takeover under way alone', () => {
    writeFileSync(file, dead);
    writeFileSync(`${file}.next`, alive);
    expect(() => lockFolder(file)).toThrow(FolderHeldError);
  });
});
