import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@linepack/store';
import fc from 'fast-check';
import { pino } from 'pino';
import { DatabaseGate } from '../database/database-gate';
import { AuditTrail, type Deed } from './audit-trail';
import { LineFile } from './line-file';

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

/** Deeds that the database refuses, with its SQLSTATE: for a NUL, for a cause of its own, for too long a text. */
const FAULTS: Record<string, string> = { nul: '22P05', odd: 'XX000', long: '54000' };

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
      const code = entry.target && FAULTS[entry.target];
      if (code) throw Object.assign(new Error(`refused with ${code}`), { code });
      return written.push(entry);
    },
  };
  const gate = new DatabaseGate(ping, silent, 60_000);
  const [waiting, setAside] = ['waiting', 'set-aside'].map(
    (name) => new LineFile(join(folder, 'api', `${name}.jsonl`)),
  ) as [LineFile, LineFile];
  const trail = new AuditTrail(repository, gate, { waiting, setAside }, silent, () => (now += 1_000));
  const linesOf = ({ path }: LineFile) =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  return {
    written,
    gate,
    trail,
    targets: () => written.map(({ target }) => target),
    lines: () => linesOf(waiting).length,
    setAside: () => linesOf(setAside).map((line) => (JSON.parse(line) as { entry: unknown }).entry),
    file: waiting.path,
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

  it('sets aside what the database refuses for what it is, and the rest go on', async () => {
    const { trail, gate, targets, setAside, lines } = trailIn(folder);
    await gate.start();
    await trail.start();
    for (const target of ['a', 'nul', 'b', 'long', 'c']) await trail.record(deed(target));
    expect(targets()).toEqual(['a', 'b', 'c']);
    expect(setAside()).toMatchObject([{ target: 'nul', actor: 'anna' }, { target: 'long' }]);
    expect([trail.waiting, trail.setAside]).toEqual([0, 2]);
    gate.stop();
    await trail.stop();
    expect(lines()).toBe(0);
  });

  it('sets aside what an earlier process left, too, and still says so after another start', async () => {
    const first = trailIn(folder);
    first.take();
    await first.gate.start();
    await first.trail.start();
    for (const target of ['nul', 'a']) await first.trail.record(deed(target));
    await first.trail.stop();
    first.gate.stop();
    const second = trailIn(folder);
    await second.gate.start();
    await second.trail.start();
    await second.trail.record(deed('b'));
    expect([second.targets(), second.trail.setAside]).toEqual([['a', 'b'], 1]);
    second.gate.stop();
    await second.trail.stop();
    const third = trailIn(folder);
    await third.trail.start();
    expect([third.trail.setAside, third.lines()]).toEqual([1, 0]);
    await third.trail.stop();
  });

  it('sets aside what fails for an unknown cause once others prove that the database writes', async () => {
    const { trail, gate, targets, setAside, take, give } = trailIn(folder);
    await gate.start();
    await trail.start();
    await trail.record(deed('odd'));
    expect([trail.waiting, trail.setAside]).toEqual([1, 0]);
    await trail.record(deed('a'));
    await trail.record(deed('b'));
    take();
    await trail.record(deed('c'));
    await give();
    await trail.record(deed('d'));
    expect(targets()).toEqual(['a', 'b', 'c', 'd']);
    expect(setAside()).toMatchObject([{ target: 'odd' }]);
    expect(trail.waiting).toBe(0);
    gate.stop();
    await trail.stop();
  });

  it('loses no entry that follows a line cut short by a crash', async () => {
    const first = trailIn(folder);
    first.take();
    await first.trail.start();
    await first.trail.record(deed('a'));
    appendFileSync(first.file, '{"at":1,"actor":"ann');
    const second = trailIn(folder);
    second.take();
    await second.trail.start();
    await second.trail.record(deed('b'));
    await second.trail.stop();
    const third = trailIn(folder);
    await third.gate.start();
    await third.trail.start();
    await third.trail.record(deed('c'));
    expect(third.targets()).toEqual(['a', 'b', 'c']);
    third.gate.stop();
    await third.trail.stop();
    expect(third.lines()).toBe(0);
  });

  type Step = 'take' | 'give' | 'restart' | 'good' | 'nul' | 'odd' | 'long';
  const steps = fc.array(
    fc.constantFrom<Step>('take', 'give', 'restart', 'good', 'good', 'good', 'nul', 'odd', 'long'),
    { maxLength: 40 },
  );
  it('whatever happens, every good deed is written once and in order, every bad one is set aside', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const own = mkdtempSync(join(folder, 'run-'));
        const [good, bad, written]: string[][] = [[], [], []];
        let run = trailIn(own);
        const end = async () => {
          run.gate.stop();
          await run.trail.stop();
          written?.push(...run.targets().map(String));
        };
        await run.gate.start();
        await run.trail.start();
        for (const [i, step] of [...script, 'give', 'good', 'take', 'give', 'good'].entries()) {
          if (step === 'take') run.take();
          else if (step === 'give') await run.give();
          else if (step === 'restart') {
            await end();
            run = trailIn(own);
            await run.gate.start();
            await run.trail.start();
          } else {
            const target = step === 'good' ? `good ${i}` : step;
            (step === 'good' ? good : bad)?.push(target);
            await run.trail.record(deed(target));
          }
        }
        expect(run.trail.waiting).toBe(0);
        expect(
          run
            .setAside()
            .map((e) => (e as Deed).target)
            .sort(),
        ).toEqual(bad?.sort());
        await end();
        expect(written).toEqual(good);
      }),
      { numRuns: 60 },
    );
  });
});
