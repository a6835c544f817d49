import type { Micros } from '@linepack/network';
import {
  ConfigRepository,
  ConsoleEditConflict,
  migrate,
  MigrationRefused,
  readMigrations,
} from '../src/index';
import { exampleNetwork } from './example-network';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
let config: ConfigRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  config = new ConfigRepository(database.pool);
}, 60_000);
afterAll(() => database?.close());

const edited = (change: (file: ReturnType<typeof exampleNetwork>) => void) => {
  const file = exampleNetwork();
  change(file);
  return file;
};
const pt1 = (file: ReturnType<typeof exampleNetwork>) => file.stations[0]!.tags[0]!;

describe('migrations', () => {
  it('apply once', async () => {
    expect(await migrate(database.pool)).toEqual([]);
  });

  it('refuse a database that is newer than the program', async () => {
    const older = readMigrations().slice(0, -1);
    await expect(migrate(database.pool, older)).rejects.toThrow(/does not know: run the newer program/);
  });

  it('refuse a migration that was changed after it was applied', async () => {
    const changed = readMigrations().map((m) => (m.number === 2 ? { ...m, sha256: 'other' } : m));
    await expect(migrate(database.pool, changed)).rejects.toThrow(MigrationRefused);
    await expect(migrate(database.pool, changed)).rejects.toThrow(/migration 2 .* was changed/);
  });

  it('are applied in the order of their numbers, of which some may be missing', async () => {
    const all = readMigrations();
    const gap = { number: 9_001, name: 'after_a_gap', sha256: 'x', sql: 'create table after_a_gap ()' };
    const between = { number: 9_000, name: 'in_between', sha256: 'y', sql: 'create table in_between ()' };
    const named = (applied: readonly { name: string }[]) => applied.map((m) => m.name);
    expect(named(await migrate(database.pool, [...all, gap]))).toEqual(['after_a_gap']);
    expect(named(await migrate(database.pool, [...all, between, gap]))).toEqual(['in_between']);
    await database.pool.query(
      'drop table after_a_gap, in_between; delete from schema_migration where number >= 9000',
    );
  });

  it('leave nothing of one that fails', async () => {
    const all = readMigrations();
    const failing = {
      number: (all.at(-1)?.number ?? 0) + 1,
      name: 'broken',
      sha256: 'x',
      sql: 'create table half (); select 1/0',
    };
    await expect(migrate(database.pool, [...all, failing])).rejects.toThrow(/division by zero/);
    const { rows } = await database.pool.query(`select to_regclass('half') as half`);
    expect(rows).toEqual([{ half: null }]);
  });
});

describe('the network in the database', () => {
  it('is nothing before the first import', async () => {
    expect(await config.currentNetwork()).toBeNull();
  });

  it('comes back as it was imported, and holds from the beginning of time', async () => {
    const changes = await config.importNetwork(exampleNetwork(), { changedBy: 'test' });
    expect(new Set(changes.map((c) => c.change))).toEqual(new Set(['added']));
    const now = await config.currentNetwork();
    expect(now?.file).toEqual(JSON.parse(JSON.stringify(exampleNetwork())));
    expect(now?.tags.map((t) => [t.tagId, t.key])).toEqual([
      [1, 'gate.pt-1'],
      [2, 'gate.pt-2'],
      [3, 'gate.tot-1'],
      [4, 'town.pt-1'],
    ]);
    expect(now?.versions.get('tag:gate.pt-1')).toBe(1);
    expect((await config.networkAt(1_000_000 as Micros))?.file).toEqual(now?.file);
  });

  it('does not change when the same file is imported again', async () => {
    expect(await config.diff(exampleNetwork())).toEqual([]);
    expect(await config.importNetwork(exampleNetwork(), { changedBy: 'test' })).toEqual([]);
  });

  it('keeps what held before a change', async () => {
    const file = edited((f) => {
      pt1(f).limits = { ...pt1(f).limits!, H: 6 };
      f.areas = [];
    });
    const difference = [
      {
        entity: 'tag:gate.pt-1',
        editedInConsole: false,
        change: 'changed',
        fields: [{ field: 'limits.H', old: 5, new: 6 }],
      },
      { entity: 'area:level-1', editedInConsole: false, change: 'removed' },
    ];
    expect(await config.diff(file)).toEqual(difference);
    const at = 1_700_000_000_123_456 as Micros;
    expect(await config.importNetwork(file, { changedBy: 'test', validFrom: at })).toEqual(difference);

    const before = await config.networkAt((at - 1) as Micros);
    const after = await config.networkAt(at);
    expect(before?.file.stations[0]?.tags[0]?.limits?.H).toBe(5);
    expect(before?.file.areas).toHaveLength(1);
    expect(after?.file.stations[0]?.tags[0]?.limits?.H).toBe(6);
    expect(after?.file.areas).toEqual([]);
    expect(after?.versions.get('tag:gate.pt-1')).toBe(2);
    expect(after?.tags[0]?.tagId).toBe(1);
  });

  it('withdraws later versions when a change holds from before them, and keeps them as evidence', async () => {
    const at = 1_600_000_000_000_000 as Micros;
    await config.importNetwork(
      edited((f) => (pt1(f).limits = { ...pt1(f).limits!, H: 7 })),
      {
        changedBy: 'test',
        validFrom: at,
      },
    );
    const now = await config.currentNetwork();
    expect(now?.file.stations[0]?.tags[0]?.limits?.H).toBe(7);
    expect(now?.versions.get('tag:gate.pt-1')).toBe(3);
    const { rows } = await database.pool.query(
      `select version, withdrawn_at is not null as withdrawn from config_version
       where kind = 'tag' and entity_id = 'gate.pt-1' order by version`,
    );
    expect(rows).toEqual([
      { version: 1, withdrawn: false },
      { version: 2, withdrawn: true },
      { version: 3, withdrawn: false },
    ]);
  });

  it('does not undo an edit of the console unless told to', async () => {
    await database.pool.query(
      `update config_version set valid_to = now() where kind = 'station' and entity_id = 'gate' and valid_to is null`,
    );
    await database.pool.query(
      `insert into config_version (kind, entity_id, version, valid_from, config, origin, changed_by)
       select kind, entity_id, 9, valid_to, config || '{"phone": "110"}', 'console', 'chief' from config_version
       where kind = 'station' and entity_id = 'gate' and version = 1`,
    );
    const file = (await config.networkAt(1_650_000_000_000_000 as Micros))!.file;
    await expect(config.importNetwork(file, { changedBy: 'test' })).rejects.toThrow(ConsoleEditConflict);
    expect((await config.currentNetwork())?.file.stations[0]?.phone).toBe('110');
    await config.importNetwork(file, { changedBy: 'test', consoleEdits: 'overwrite' });
    expect((await config.currentNetwork())?.file.stations[0]?.phone).toBeUndefined();
  });

  it('refuses two configurations of one thing at one time, and any change of a version', async () => {
    await expect(
      database.pool.query(
        `insert into config_version (kind, entity_id, version, valid_from, config, origin, changed_by)
         values ('gas', 'methane', 2, '2020-01-01', '{}', 'file', 'test')`,
      ),
    ).rejects.toThrow(/another version is valid/);
    await expect(database.pool.query(`update config_version set config = '{}'`)).rejects.toThrow(
      /keeps history/,
    );
    await expect(database.pool.query(`delete from config_version`)).rejects.toThrow(/keeps history/);
  });
});
