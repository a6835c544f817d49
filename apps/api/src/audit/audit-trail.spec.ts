import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry, AuditRepository } from '@linepack/store';
import { pino } from 'pino';
import { DatabaseGate } from '../database/database-gate';
import { AuditTrail, type Deed } from './audit-trail';

const silent = pino({ level: 'silent' });
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const deed = (target: string): Deed => ({
  actor: 'anna',
  address: '10.0.0.1',
  action: 'alarm.acknowledge',
  target,
  old: null,
  new: { note: 'ü' },
});

/** A trail on a database that can be taken away and given back. */
function trailIn(folder: string) {
  const written: AuditEntry[] = [];
  let isThere = true;
  let now = 1_000;
  const ping = async () => {
    if (!isThere) throw away;
  };
  const repository = {
    append: async (entry: AuditEntry) => {
      await ping();
      return written.push(entry);
    },
  } as unknown as AuditRepository;
  const gate = new DatabaseGate(ping, silent, 60_000);
  const file = join(folder, 'api', 'waiting.jsonl');
  const trail = new AuditTrail(repository, gate, file, silent, () => (now += 1_000));
  return {
    written,
    gate,
    trail,
    lines: () => readFileSync(file, 'utf8').split('\n').filter(Boolean).length,
    take: () => (isThere = false),
    give: async () => {
      isThere = true;
      gate.stop();
      await gate.start();
    },
  };
}

describe('the audit trail', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'linepack-audit-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes in order, with the time of the deed', async () => {
    const { trail, gate, written } = trailIn(folder);
    await gate.start();
    await trail.start();
    await Promise.all(['a', 'b', 'c'].map((target) => trail.record(deed(target))));
    expect(written.map(({ target, at }) => [target, at])).toEqual([
      ['a', 2_000_000],
      ['b', 3_000_000],
      ['c', 4_000_000],
    ]);
    gate.stop();
    await trail.stop();
  });

  it('keeps entries in a file while the database is away, and writes them when it is back', async () => {
    const { trail, gate, written, lines, take, give } = trailIn(folder);
    await gate.start();
    await trail.start();
    take();
    await trail.record(deed('a'));
    await trail.record(deed('b'));
    expect([written.length, trail.waiting, lines()]).toEqual([0, 2, 2]);
    await give();
    await trail.record(deed('c'));
    expect(written.map(({ target }) => target)).toEqual(['a', 'b', 'c']);
    await trail.stop();
    expect([trail.waiting, lines()]).toEqual([0, 0]);
    gate.stop();
  });

  it('takes up what an earlier process left, each entry once', async () => {
    const first = trailIn(folder);
    first.take();
    await first.gate.start();
    await first.trail.start();
    await first.trail.record(deed('a'));
    await first.trail.record(deed('b'));
    await first.trail.stop();
    first.gate.stop();
    const second = trailIn(folder);
    await second.gate.start();
    await second.trail.start();
    await second.trail.record(deed('c'));
    expect(second.written.map(({ target, at }) => [target, at])).toEqual([
      ['a', 2_000_000],
      ['b', 3_000_000],
      ['c', 2_000_000],
    ]);
    second.gate.stop();
    await second.trail.stop();
    expect(second.lines()).toBe(0);
  });
});
