import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedDatabase, type EmbeddedDatabase } from '@linepack/embedded';
import {
  AlarmRepository,
  ConfigRepository,
  CoverageRepository,
  SampleWriter,
  migrate,
  openPool,
  type JournalEntry,
  type Pool,
} from '@linepack/store';
import { DatabaseDestination, parseEntry } from '../src/write/entry';
import { SetAsideError } from '../src/write/not-written';
import { Outbox } from '../src/write/outbox';
import { RefusedFile } from '../src/write/refused-file';
import { Spool } from '../src/write/spool';
import { systemTime } from '../src/time';
import { network, quiet } from './house';
import { SimulatedMedium } from './simulated-disk';

const T0 = 1_785_542_400_000_000;

/** What the real database says of rows that it can never take. */
describe('rows that the database refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linepack-refused-'));
  const disk = new SimulatedMedium({ random: () => 0 }).mount('collector');
  let database: EmbeddedDatabase;
  let pool: Pool;
  let outbox: Outbox;
  let tagId: number;

  beforeAll(async () => {
    database = await startEmbeddedDatabase({ dataDir: folder, port: 0 });
    pool = openPool(database.url);
    await migrate(pool);
    await new ConfigRepository(pool).importNetwork(
      network({ opcua: 'opc.tcp://127.0.0.1:1', mqtt: 'mqtt://127.0.0.1:1' }),
      {
        changedBy: 'test',
      },
    );
    tagId = (await pool.query<{ tag_id: number }>('select min(tag_id) as tag_id from tag')).rows[0]!.tag_id;
    outbox = new Outbox({
      destination: new DatabaseDestination(
        new SampleWriter(pool),
        new AlarmRepository(pool),
        new CoverageRepository(pool),
      ),
      spool: Spool.open({ disk, maxBytes: 1 << 20, parse: parseEntry, log: () => undefined }),
      refused: new RefusedFile(disk, 'refused.jsonl'),
      onJournalled: () => undefined,
      onFound: () => undefined,
      onFull: () => undefined,
      time: systemTime,
      log: quiet,
    });
  }, 120_000);
  afterAll(async () => {
    await outbox.stop();
    await pool.end();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const entry = (comment: string): JournalEntry => ({
    event: {
      eventId: randomUUID(),
      seq: null,
      at: T0 as never,
      alarmId: 'tag:gate.p:H',
      partition: 'gate',
      occurrence: 1,
      kind: 'acknowledged',
      position: 'station',
      actor: 'li',
      comment,
      value: 4.5,
      limit: 4,
      quality: 0,
      state: {
        alarmId: 'tag:gate.p:H',
        partition: 'gate',
        stationId: 'gate',
        tagId,
        areaId: null,
        sourceId: null,
        condition: 'H',
        class: 'process',
        priority: 2,
        name: { zh: '压力', en: 'Pressure' },
        occurrence: 1,
        active: true,
        acknowledged: true,
        latched: false,
        shelvedUntil: null,
        suppressedBy: null,
        outOfService: false,
        activeSince: T0 as never,
        returnedAt: null,
        value: 4.5,
        limit: 4,
        unit: 'MPa',
        subject: null,
        noted: { station: { by: 'li', at: T0 as never, comment }, dispatch: null },
        letter: 'C',
      },
    },
    pendingSince: null,
    pendingReceivedAt: null,
    pendingKind: null,
    ownerEpoch: 1,
  });

  test('comments with a NUL or a lone surrogate stop nobody behind them', async () => {
    const comments = ['seen', 'NUL \0', 'lone \ud800', '已确认'];
    const outcomes = await Promise.all(
      comments.map((comment) =>
        outbox.put({ kind: 'journal', entries: [entry(comment)] }, 0).catch((error: unknown) => error),
      ),
    );
    expect(outcomes).toEqual(['journal', expect.any(SetAsideError), expect.any(SetAsideError), 'journal']);
    const { rows } = await pool.query<{ comment: string }>('select comment from alarm_event order by seq');
    expect(rows.map((r) => r.comment)).toEqual(['seen', '已确认']);
    expect(outbox.database).toBe('up');
    expect(outbox.facts.refused).toBe(2);
  });

  test('samples without a place in the database cost only themselves', async () => {
    const before = outbox.facts.refused;
    const samples = [
      [tagId, T0, 0, 1],
      [2 ** 33, T0 + 2, 0, 3],
      [tagId, 1.5, 0, 5],
      [tagId, T0 + 3, 0, 4],
    ] as const;
    expect(await outbox.put({ kind: 'samples', samples }, 0)).toBe('journal');
    const { rows } = await pool.query<{ value: number }>('select value from sample order by ts');
    expect(rows.map((r) => r.value)).toEqual([1, 4]);
    expect(outbox.facts.refused - before).toBe(2);
    expect(outbox.lostByTag.get(tagId)).toBe(1);
    expect(String(disk.read('refused.jsonl')).split('\n')).toHaveLength(4);
  });
});
