import type { SourceId } from '@linepack/network';
import type { JournalEntry, JournalledEvent, StoredAlarm } from '@linepack/store';
import fc from 'fast-check';
import pino from 'pino';
import { parseEntry, weightOf, type Destination, type Entry } from '../../src/write/entry';
import { MemoryFullError, SetAsideError, StoppedError } from '../../src/write/not-written';
import { Outbox } from '../../src/write/outbox';
import { RefusedFile } from '../../src/write/refused-file';
import { Spool, SpoolFullError } from '../../src/write/spool';
import { seeded } from '../seeded';
import { SimulatedMedium } from '../simulated-disk';
import { SteppedTime, settled } from './stepped-time';

/** A sample whose tag is its number. */
const sample = (...ns: number[]): Entry => ({ kind: 'samples', samples: ns.map((n) => [n, n, 0, n]) });
const journal = (...ids: string[]): Entry => ({
  kind: 'journal',
  entries: ids.map((eventId) => ({ event: { eventId, alarmId: 'a' } }) as JournalEntry),
});
const states = (...ids: string[]): Entry => ({
  kind: 'states',
  states: ids.map((alarmId) => ({ alarm: { alarmId } }) as StoredAlarm),
});
const coverage = (sourceId: string): Entry => ({
  kind: 'coverage',
  sourceId: sourceId as SourceId,
  at: 0 as never,
  state: 'connected',
});
const namesOf = (entry: Entry): string[] => {
  if (entry.kind === 'samples') return entry.samples.map((s) => String(s[0]));
  if (entry.kind === 'journal') return entry.entries.map((e) => e.event.eventId);
  return entry.kind === 'states' ? entry.states.map((s) => s.alarm.alarmId) : [entry.sourceId];
};

const away = new Error('connect ECONNREFUSED');
const refusal = (code: string) => Object.assign(new Error('refused for what it is'), { code });

/** Takes each row once, as the store does, in the order of their first arrival. */
class Database implements Destination {
  readonly rows: string[] = [];
  readonly asked: number[] = [];
  trouble: (name: string) => Error | null = () => null;
  answer: () => Promise<void> = () => Promise.resolve();

  async write(entries: readonly Entry[]): Promise<JournalledEvent[]> {
    this.asked.push(entries.length);
    await this.answer();
    const names = entries.flatMap(namesOf);
    for (const name of names) {
      const error = this.trouble(name);
      if (error) throw error;
    }
    for (const name of names) if (!this.rows.includes(name)) this.rows.push(name);
    return entries.flatMap((e) =>
      e.kind === 'journal' ? e.entries.map(({ event }) => ({ ...event, seq: 1 })) : [],
    );
  }
}

let time: SteppedTime;
let medium: SimulatedMedium;
let database: Database;
let spool: Spool<Entry>;
let outbox: Outbox;
let told: string[];
let full: boolean[];
/** What waited when something was found that could not be read before. */
let found: string[];
let lines: string[];

const start = (maxBytes = 1 << 20): void => {
  lines = [];
  told = [];
  full = [];
  found = [];
  spool = Spool.open<Entry>({
    disk: medium.mount('spool'),
    maxBytes,
    segmentBytes: 256,
    parse: parseEntry,
    log: (m) => lines.push(m),
  });
  outbox = new Outbox({
    time,
    destination: database,
    spool,
    refused: new RefusedFile(medium.mount('collector'), 'refused.jsonl'),
    onJournalled: (events) => told.push(...events.map((e) => e.eventId)),
    onFound: () => found.push([...spool.waiting()].flatMap(namesOf).join(' ')),
    onFull: (isFull) => full.push(isFull),
    log: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line).msg) }),
  });
  outbox.start();
};
beforeEach(() => {
  time = new SteppedTime();
  medium = new SimulatedMedium({ random: seeded(1) });
  database = new Database();
  start();
});

type Outcome = 'journal' | 'spool' | Error | null;
/** What became of an entry so far; null while it waits. */
const put = (entry: Entry, patienceMs = 0): { outcome: Outcome } => {
  const put: { outcome: Outcome } = { outcome: null };
  outbox.put(entry, patienceMs).then(
    (durable) => (put.outcome = durable),
    (error: Error) => (put.outcome = error),
  );
  return put;
};
const goAway = (): void => void (database.trouble = () => away);
const comeBack = (): void => void (database.trouble = () => null);
const refusedLines = (): unknown[] =>
  String(medium.mount('collector').read('refused.jsonl') ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('the straight way', () => {
  test('entries wait for company as long as their patience, a full batch not at all', async () => {
    put(sample(1), 1_000);
    put(sample(2), 1_000);
    await time.pass(999);
    expect(database.rows).toEqual([]);
    await time.pass(1);
    expect(database.rows).toEqual(['1', '2']);
    expect(database.asked).toEqual([2]);
    put(sample(3), 1_000);
    put(journal('e'), 0);
    await time.pass(0);
    expect(database.rows).toEqual(['1', '2', '3', 'e']);
    put(sample(...Array.from({ length: 5_000 }, (_, i) => i + 10)), 1_000);
    await time.pass(0);
    expect(database.rows).toHaveLength(5_004);
  });

  test('a batch weighs at most its 5,000 rows and what the last entry has more', async () => {
    let answer = (): void => undefined;
    database.answer = () => new Promise((resolve) => (answer = resolve));
    put(sample(0));
    await time.pass(0);
    for (let n = 0; n < 5; n += 1) put(sample(...Array.from({ length: 2_000 }, (_, i) => 1 + n * 2_000 + i)));
    database.answer = () => Promise.resolve();
    answer();
    await time.pass(0);
    expect(database.asked).toEqual([1, 3, 2]);
    expect(database.rows).toHaveLength(10_001);
  });

  test('what is journalled is told; a listener that fails stops nothing', async () => {
    const both = [put(journal('e1', 'e2')), put(sample(1))];
    await time.pass(0);
    expect(told).toEqual(['e1', 'e2']);
    expect(both.map((p) => p.outcome)).toEqual(['journal', 'journal']);
    told.push = () => {
      throw new Error('deaf');
    };
    const next = put(journal('e3'));
    await time.pass(0);
    expect(next.outcome).toBe('journal');
    expect(outbox.database).toBe('up');
    expect(lines.at(-1)).toBe('what was journalled could not be told');
  });

  test('counts rows of every kind', async () => {
    put(sample(1, 2, 3));
    put(journal('e1', 'e2'));
    put(states('a', 'b'));
    put(coverage('s'));
    await time.pass(0);
    expect(outbox.facts).toMatchObject({ written: 8, refused: 0, lostToFullSpool: 0, waitingRows: 0 });
    expect([sample(1, 2), journal('e'), states('a', 'b'), coverage('s')].map(weightOf)).toEqual([2, 1, 2, 1]);
  });
});

describe('while the database is away', () => {
  test('the order is kept over the outage, and where an entry is durable is said', async () => {
    const first = put(sample(1));
    await time.pass(0);
    goAway();
    const second = put(sample(2));
    await time.pass(0);
    expect([first.outcome, second.outcome]).toEqual(['journal', 'spool']);
    expect(outbox.database).toBe('away');
    expect(outbox.spool.entries).toBe(1);
    comeBack();
    // Even though the database is back: behind what waits.
    const third = put(sample(3));
    await time.pass(0);
    expect(third.outcome).toBe('spool');
    await time.pass(1_000);
    expect(outbox.spool.entries).toBe(0);
    expect(outbox.database).toBe('up');
    const fourth = put(sample(4));
    await time.pass(0);
    expect(fourth.outcome).toBe('journal');
    expect(database.rows).toEqual(['1', '2', '3', '4']);
    expect(lines).toEqual(['database away: connect ECONNREFUSED', 'database is back']);
  });

  test('it is tried once a second, and what waits is replayed in the order of all kinds', async () => {
    goAway();
    for (const entry of [sample(1), states('s'), journal('e'), coverage('c'), sample(2)]) put(entry);
    await time.pass(0);
    const before = database.asked.length;
    await time.pass(5_000);
    expect(database.asked.length - before).toBe(5);
    comeBack();
    await time.pass(1_000);
    expect(database.rows).toEqual(['1', 's', 'e', 'c', '2']);
    expect(told).toEqual(['e']);
  });

  test('what an earlier run left is delivered first', async () => {
    goAway();
    put(journal('old'));
    await time.pass(0);
    medium.kill();
    comeBack();
    start();
    put(journal('new'));
    await time.pass(1_000);
    expect(database.rows).toEqual(['old', 'new']);
    expect(told).toEqual(['old', 'new']);
  });

  test('others who see it come or go are believed, but it is not back while something waits', async () => {
    outbox.noteDatabase('away');
    expect(outbox.database).toBe('away');
    expect(lines).toEqual(['database away: no answer']);
    outbox.noteDatabase('up');
    expect(outbox.database).toBe('up');
    goAway();
    put(sample(1));
    await time.pass(0);
    outbox.noteDatabase('up');
    expect(outbox.database).toBe('away');
  });

  test('a database that hangs is away after 3 s; what it writes after all is not doubled', async () => {
    let answer = (): void => undefined;
    database.answer = () => new Promise((resolve) => (answer = resolve));
    const first = put(journal('e1'));
    await time.pass(2_999);
    expect(first.outcome).toBeNull();
    await time.pass(1);
    expect(first.outcome).toBe('spool');
    expect(lines).toEqual(['database away: the database did not answer in time']);
    const second = put(journal('e2'));
    await time.pass(0);
    expect(second.outcome).toBe('spool');
    const late = answer;
    database.answer = () => Promise.resolve();
    await time.pass(1_000);
    late();
    await settled();
    expect(database.rows).toEqual(['e1', 'e2']);
    expect(told).toEqual(['e1', 'e2']);
  });

  test('a database that is slow only gets from the spool what it takes within 15 s', async () => {
    database.answer = () => new Promise((resolve) => void time.after(14_000, resolve));
    const first = put(sample(1));
    await time.pass(3_000);
    expect(first.outcome).toBe('spool');
    database.rows.splice(0);
    // Asked again after a second, for as long as it takes.
    await time.pass(1_000 + 14_000);
    expect(database.rows).toEqual(['1']);
    expect(outbox.database).toBe('up');
  });

  test('nobody waits for a slow database when a quarter of a million rows wait behind', async () => {
    database.answer = () => new Promise(() => undefined);
    put(sample(0));
    await time.pass(0);
    const thousand = Array.from({ length: 1_000 }, (_, i) => i);
    for (let n = 0; n < 249; n += 1) put(sample(...thousand));
    await time.pass(0);
    expect(outbox.database).toBe('up');
    put(sample(...thousand));
    await time.pass(0);
    expect(outbox.database).toBe('away');
    expect(outbox.facts.waitingRows).toBeLessThan(250_000);
  });
});

describe('when the spool is full', () => {
  const room = 4_000;
  beforeEach(() => {
    start(room);
    goAway();
  });
  const fillUp = async (): Promise<{ outcome: Outcome }[]> => {
    const puts: { outcome: Outcome }[] = [];
    for (let n = 0; n < 80; n += 1) {
      puts.push(put(sample(n)));
      await time.pass(0);
    }
    return puts;
  };

  test('samples are refused with the reason, counted by cause and tag, and said once', async () => {
    const outcomes = (await fillUp()).map((p) => p.outcome);
    const kept = outcomes.filter((o) => o === 'spool').length;
    expect(kept).toBeGreaterThan(5);
    expect(outcomes.slice(kept).every((o) => o instanceof SpoolFullError)).toBe(true);
    expect(outbox.facts.lostToFullSpool).toBe(80 - kept);
    expect(outbox.facts.lostByCause).toEqual(new Map([['SpoolFullError', 80 - kept]]));
    expect(outbox.lostByTag.get(79)).toBe(1);
    expect([...outbox.lostByTag.keys()]).toEqual(Array.from({ length: 80 - kept }, (_, i) => kept + i));
    put(sample(79));
    await time.pass(0);
    expect(outbox.lostByTag.get(79)).toBe(2);
    expect(lines.filter((l) => l.includes('the spool is full'))).toHaveLength(1);
  });

  test('it is said that it is full, and that it has room again only when a tenth is free', async () => {
    expect(outbox.spoolIsFull).toBe(false);
    await fillUp();
    expect(full).toEqual([true]);
    expect(outbox.spoolIsFull).toBe(true);
    comeBack();
    await time.pass(1_000);
    expect(full).toEqual([true, false]);
    expect(outbox.spoolIsFull).toBe(false);
    goAway();
    await fillUp();
    expect(full).toEqual([true, false, true]);
    expect(lines.filter((l) => l.includes('the spool is full'))).toHaveLength(2);
  });

  test('a tenth is enough: it need not be empty', async () => {
    await fillUp();
    let taken = 0;
    database.trouble = () => ((taken += 1) > 12 ? away : null);
    await time.pass(1_000);
    expect(outbox.spool.bytes).toBeLessThanOrEqual(room * 0.9);
    expect(outbox.spool.entries).toBeGreaterThan(0);
    expect(full).toEqual([true, false]);
  });

  test('the journal goes into the reserve', async () => {
    const puts = await fillUp();
    const kept = puts.filter((p) => p.outcome === 'spool').length;
    const event = put(journal('e'));
    const mixed = [put(sample(100)), put(states('s')), put(sample(101))];
    await time.pass(0);
    const [before, , after] = mixed as [{ outcome: Outcome }, unknown, { outcome: Outcome }];
    expect(before.outcome).toBeInstanceOf(SpoolFullError);
    expect(after.outcome).toBeInstanceOf(SpoolFullError);
    expect([event.outcome, outbox.facts.lostToFullSpool]).toEqual(['spool', 80 - kept + 2]);
  });

  test('the journal is never refused: beyond the reserve it waits in memory, in its order', async () => {
    await fillUp();
    const ids = Array.from({ length: 100 }, (_, i) => `e${i}`);
    const puts: { outcome: Outcome }[] = [];
    for (const id of ids) {
      puts.push(put(journal(id)));
      put(sample(7));
      await time.pass(10);
    }
    await time.pass(60_000);
    const waiting = puts.filter((p) => p.outcome === null).length;
    expect(waiting).toBeGreaterThan(90);
    expect(outbox.facts.waitingRows).toBe(waiting);
    expect(puts.some((p) => p.outcome instanceof Error)).toBe(false);
    comeBack();
    await time.pass(3_000);
    expect(database.rows.filter((r) => r.startsWith('e'))).toEqual(ids);
    expect(told).toEqual(ids);
    expect(puts.every((p) => p.outcome === 'journal' || p.outcome === 'spool')).toBe(true);
    expect(outbox.facts.waitingRows).toBe(0);
  });

  test('a disk without room is a full spool', async () => {
    start();
    medium.capacityBytes = 400;
    const puts = await fillUp();
    expect(puts.at(-1)?.outcome).toBeInstanceOf(SpoolFullError);
    expect(full).toEqual([true]);
    const event = put(journal('e'));
    await time.pass(60_000);
    expect(event.outcome).toBeNull();
    medium.capacityBytes = Infinity;
    await time.pass(1_000);
    expect(event.outcome).toBe('spool');
    const next = put(sample(1));
    await time.pass(0);
    expect(next.outcome).toBe('spool');
    expect(full).toEqual([true, false]);
  });
});

describe('when the disk fails', () => {
  test('nothing is refused: it waits in memory, in order, and the database takes it', async () => {
    goAway();
    medium.fail({ operation: 'datasync' });
    const puts = [put(sample(1)), put(journal('e')), put(sample(2))];
    await time.pass(10_000);
    expect(puts.map((p) => p.outcome)).toEqual([null, null, null]);
    expect(outbox.facts.diskTrouble).toBe('EIO');
    expect(lines.filter((l) => l.includes('EIO'))).toHaveLength(1);
    comeBack();
    await time.pass(1_000);
    expect(puts.map((p) => p.outcome)).toEqual(['journal', 'journal', 'journal']);
    expect(database.rows).toEqual(['1', 'e', '2']);
    expect(outbox.facts.diskTrouble).toBeNull();
  });

  test('once it works again the spool takes what waited', async () => {
    goAway();
    medium.fail({ operation: 'open' });
    const puts = [put(sample(1)), put(journal('e'))];
    await time.pass(3_000);
    medium.heal();
    await time.pass(1_000);
    expect(puts.map((p) => p.outcome)).toEqual(['spool', 'spool']);
    expect(outbox.facts.diskTrouble).toBeNull();
    comeBack();
    await time.pass(1_000);
    expect(database.rows).toEqual(['1', 'e']);
  });

  test('what the spool holds goes before what waits in memory', async () => {
    goAway();
    put(journal('e1'));
    await time.pass(0);
    medium.fail({ operation: 'write' });
    put(journal('e2'));
    await time.pass(2_000);
    comeBack();
    await time.pass(2_000);
    expect(database.rows).toEqual(['e1', 'e2']);
  });

  test('a segment that cannot be read holds up nothing but itself', async () => {
    goAway();
    for (const id of ['e1', 'e2', 'e3', 'e4']) {
      put(journal(id));
      await time.pass(0);
    }
    medium.fail({ operation: 'read', name: /0000000001/ });
    comeBack();
    await time.pass(10_000);
    expect(outbox.spool.entries).toBe(0);
    expect(database.rows.at(-1)).toBe('e4');
    expect(spool.lost.unreadableSegments).toBe(1);
    medium.heal();
    medium.kill();
    start();
    await time.pass(1_000);
    expect(database.rows.toSorted()).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  test('what could not be read at a start is said when it can, before any of it is written', async () => {
    goAway();
    for (const id of ['e1', 'e2']) {
      put(journal(id));
      await time.pass(0);
    }
    medium.kill();
    medium.fail({ operation: 'read' });
    start();
    await time.pass(60_000);
    expect(found).toEqual([]);
    medium.heal();
    await time.pass(60_000);
    expect(found).toEqual(['e1 e2']);
    await time.pass(60_000);
    expect(found).toHaveLength(1);
  });

  test('the memory has a bound: then samples are refused, and at last the journal', async () => {
    goAway();
    medium.fail({ operation: 'open' });
    const tenThousand = Array.from({ length: 10_000 }, (_, i) => i);
    for (let n = 0; n < 50; n += 1) put(sample(...tenThousand));
    const one = put(sample(1));
    const events = Array.from({ length: 10_000 }, (_, i) => `e${i}`);
    const journals = Array.from({ length: 10 }, () => put(journal(...events)));
    const last = put(journal('last'));
    await settled();
    expect(one.outcome).toBeInstanceOf(MemoryFullError);
    expect(journals.map((p) => p.outcome)).toEqual(journals.map(() => null));
    expect(last.outcome).toBeInstanceOf(MemoryFullError);
    expect(outbox.facts.lostByCause).toEqual(new Map([['MemoryFullError', 2]]));
    expect(outbox.facts.lostToFullSpool).toBe(0);
    expect(lines.at(-1)).toContain('500000 rows wait in memory');
  });
});

describe('what the database refuses for what it is', () => {
  const refuse = (...names: string[]): void =>
    void (database.trouble = (name) => (names.includes(name) ? refusal('22P05') : null));

  test('is set aside alone on the straight way; the rest of its batch goes on, and the database is there', async () => {
    refuse('e2');
    const puts = ['e1', 'e2', 'e3'].map((id) => put(journal(id)));
    const samples = put(sample(1, 2));
    await time.pass(0);
    expect(database.rows).toEqual(['e1', 'e3', '1', '2']);
    expect(puts.map((p) => p.outcome)).toEqual(['journal', expect.any(SetAsideError), 'journal']);
    expect(samples.outcome).toBe('journal');
    expect(outbox.database).toBe('up');
    expect(outbox.spool.entries).toBe(0);
    expect(outbox.facts).toMatchObject({ written: 4, refused: 1, lostToFullSpool: 0 });
    expect(refusedLines()).toEqual([
      { format: 2, cause: '22P05', error: 'refused for what it is', entry: journal('e2') },
    ]);
    expect(lines).toEqual([
      'the database refuses a row, set aside in collector/refused.jsonl: refused for what it is',
    ]);
  });

  test('costs a message only its own sample; sending it again would not help', async () => {
    refuse('3', '5');
    const message = put(sample(1, 2, 3, 4, 5, 6));
    await time.pass(0);
    expect(database.rows).toEqual(['1', '2', '4', '6']);
    expect(message.outcome).toBe('journal');
    expect(refusedLines()).toMatchObject([{ entry: sample(3) }, { entry: sample(5) }]);
    expect(outbox.facts.lostByCause).toEqual(new Map([['22P05', 2]]));
    expect(outbox.lostByTag).toEqual(
      new Map([
        [3, 1],
        [5, 1],
      ]),
    );
  });

  test('is set aside alone out of the spool, too', async () => {
    goAway();
    for (const entry of [journal('e1', 'e2'), sample(1, 2, 3), coverage('c'), states('a', 'b')]) put(entry);
    await time.pass(0);
    refuse('e1', '2', 'c', 'b');
    await time.pass(1_000);
    expect(database.rows).toEqual(['e2', '1', '3', 'a']);
    expect(told).toEqual(['e2']);
    expect(outbox.spool.entries).toBe(0);
    expect(outbox.facts.refused).toBe(4);
    expect(refusedLines()).toMatchObject([
      { entry: journal('e1') },
      { entry: sample(2) },
      { entry: coverage('c') },
      { entry: states('b') },
    ]);
  });

  test.each(['22003', '23503'])('%s is a refusal', async (code) => {
    database.trouble = () => refusal(code);
    put(sample(1));
    await time.pass(0);
    expect(outbox.facts.refused).toBe(1);
    expect(outbox.database).toBe('up');
  });

  test('a number that has no place in the store is a refusal', async () => {
    database.trouble = () => new RangeError('ts 1.5: expected whole microseconds');
    put(sample(1));
    await time.pass(0);
    expect(outbox.facts.lostByCause).toEqual(new Map([['RangeError', 1]]));
    expect(outbox.database).toBe('up');
  });

  test.each(['08006', '40001', '53100', '57P01', '42P01', 'X2200', '2200', '', undefined])(
    '%s is not: it is tried again',
    async (code) => {
      database.trouble = () => Object.assign(new Error('away'), { code });
      const entry = put(sample(1));
      await time.pass(0);
      expect(entry.outcome).toBe('spool');
      expect(outbox.facts.refused).toBe(0);
      comeBack();
      await time.pass(1_000);
      expect(database.rows).toEqual(['1']);
    },
  );

  test('when the database goes away while it is looked for, nothing is counted twice', async () => {
    let asked = 0;
    database.trouble = (name) => (name === '2' ? refusal('22003') : (asked += 1) === 7 ? away : null);
    put(sample(1));
    put(sample(2));
    put(sample(3));
    put(journal('e'));
    await time.pass(5_000);
    expect(database.rows.toSorted()).toEqual(['1', '3', 'e']);
    expect(outbox.facts.refused).toBe(1);
    expect(refusedLines()).toHaveLength(1);
  });

  test('goes into the log when the disk does not take it, and stops nobody', async () => {
    refuse('e1');
    medium.fail({ operation: 'open' });
    const puts = [put(journal('e1')), put(journal('e2'))];
    await time.pass(0);
    expect(puts.map((p) => p.outcome)).toEqual([expect.any(SetAsideError), 'journal']);
    expect(lines.at(-1)).toBe(
      "the database refuses this row: refused for what it is; the disk as well: Error: EIO: open 'refused.jsonl'",
    );
  });
});

describe('stopping', () => {
  test('delivers what waits, whatever its patience', async () => {
    const entry = put(sample(1), 60_000);
    await outbox.stop();
    expect(entry.outcome).toBe('journal');
    expect(time.waiting).toBe(0);
  });

  test('what comes after the stop is refused at once, with the reason', async () => {
    const stopping = outbox.stop();
    const late = put(journal('e'));
    await settled();
    expect(late.outcome).toBeInstanceOf(StoppedError);
    await stopping;
    await expect(outbox.put(sample(1), 0)).rejects.toThrow('the collector is stopping');
    await outbox.stop();
    expect(database.rows).toEqual([]);
  });

  test('a database that hangs has three seconds; then the spool takes everything', async () => {
    database.answer = () => new Promise(() => undefined);
    const puts = [put(journal('e1'))];
    await time.pass(0);
    puts.push(put(journal('e2')), put(sample(1)));
    let stopped = false;
    const stopping = outbox.stop().then(() => (stopped = true));
    await time.pass(2_999);
    expect(stopped).toBe(false);
    await time.pass(1);
    await stopping;
    expect(puts.map((p) => p.outcome)).toEqual(['spool', 'spool', 'spool']);
    expect(time.waiting).toBe(0);
  });

  test('a replay that hangs is left, and comes again at the next start', async () => {
    goAway();
    put(journal('e1'));
    await time.pass(0);
    comeBack();
    database.answer = () => new Promise(() => undefined);
    await time.pass(1_000);
    const stopping = outbox.stop();
    await time.pass(3_000);
    await stopping;
    expect(spool.size().entries).toBe(1);
  });

  test('a disk that hangs as well: it ends all the same, and who waits is told', async () => {
    medium = new SimulatedMedium({ random: seeded(1), pause: () => new Promise(() => undefined) });
    start();
    goAway();
    const puts = [put(journal('e1'))];
    await time.pass(0);
    puts.push(put(journal('e2')));
    const stopping = outbox.stop();
    await time.pass(6_000);
    await stopping;
    expect(puts.map((p) => p.outcome)).toEqual([expect.any(StoppedError), expect.any(StoppedError)]);
    expect(lines).toContain('the disk does not answer: no answer for 6 s');
  });

  test('what neither takes is told, counted and said', async () => {
    goAway();
    medium.fail({ operation: 'open' });
    const puts = [put(journal('e1')), put(sample(1))];
    await outbox.stop();
    expect(puts.map((p) => p.outcome)).toEqual([expect.any(StoppedError), expect.any(StoppedError)]);
    expect(outbox.facts.lostByCause).toEqual(new Map([['StoppedError', 2]]));
    expect(lines.at(-1)).toContain('neither the database nor the spool has taken this');
  });
});

test('whatever fails in whatever order: nothing that was promised is lost, all arrives in order', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('journal' as const, 'samples' as const) },
    fc.constantFrom('away', 'back', 'hang', 'fullDisk', 'badDisk', 'disk', 'restart', 'pass' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(), async (steps, seed) => {
      time = new SteppedTime();
      medium = new SimulatedMedium({ random: seeded(seed) });
      database = new Database();
      start(2_000);
      const puts: { id: string; outcome: Outcome }[] = [];
      let next = 0;
      for (const what of steps) {
        if (what === 'journal' || what === 'samples') {
          next += 1;
          const mine = put(what === 'journal' ? journal(String(next)) : sample(next), next % 3);
          puts.push(
            Object.defineProperty({ id: String(next), outcome: null }, 'outcome', {
              get: () => mine.outcome,
            }),
          );
        } else if (what === 'away') goAway();
        else if (what === 'back') {
          comeBack();
          database.answer = () => Promise.resolve();
        } else if (what === 'hang') database.answer = () => new Promise(() => undefined);
        else if (what === 'fullDisk') medium.capacityBytes = medium.usedBytes() + 10;
        else if (what === 'badDisk') medium.fail({ operation: 'datasync', times: 2 });
        else if (what === 'disk') {
          medium.heal();
          medium.capacityBytes = Infinity;
        } else if (what === 'restart') {
          // Whoever waited for the dead process is gone with it.
          medium.powerCut();
          time = new SteppedTime();
          start(2_000);
        }
        await time.pass(next % 4 === 0 ? 1_500 : 1);
      }
      medium.heal();
      medium.capacityBytes = Infinity;
      comeBack();
      database.answer = () => Promise.resolve();
      await time.pass(60_000);
      const promised = puts.filter((p) => p.outcome === 'journal' || p.outcome === 'spool').map((p) => p.id);
      expect(database.rows).toEqual(expect.arrayContaining(promised));
      expect(database.rows).toEqual(database.rows.toSorted((a, b) => Number(a) - Number(b)));
      expect(outbox.facts.waitingRows).toBe(0);
    }),
    { seed: 11, numRuns: 150 },
  );
});
