import type { Micros, NetworkFile } from '@linepack/network';
import fc from 'fast-check';
import { ConfigRepository } from '../src/index';
import { exampleNetwork } from './example-network';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
let config: ConfigRepository;
beforeAll(async () => {
  database = await startTestDatabase();
  config = new ConfigRepository(database.pool);
}, 120_000);
afterAll(() => database?.close());
beforeEach(() => database.pool.query('truncate config_version'));

const edited = (...changes: readonly ((file: NetworkFile) => void)[]): NetworkFile => {
  const file = exampleNetwork();
  changes.forEach((change) => change(file));
  return file;
};
const instant = (text: string): Micros => (Date.parse(text) * 1_000) as Micros;
const withoutPt2 = (f: NetworkFile): void => {
  f.stations[0]!.tags.splice(1, 1);
  f.pipes[0]!.temperature = 'town.pt-1';
};
const limit6 = (f: NetworkFile): void => void (f.stations[0]!.tags[0]!.limits!.H = 6);
const longer = (f: NetworkFile): void => void (f.pipes[0]!.lengthM = 1_100);
const noArea = (f: NetworkFile): void => void (f.areas = []);
const reference15 = (f: NetworkFile): void => void (f.reference = { temperatureC: 15, pressureKPa: 101.325 });
const anotherTown = (f: NetworkFile): void => void (f.id = 'city');

/** As JSON keeps it, and without the order of its lists, which is not a part of history. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => JSON.stringify(shape(v))).sort();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as object)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, shape(v)]),
  );
}

it('a change dated back puts the whole file in force, from then on and for good', async () => {
  await config.importNetwork(exampleNetwork(), { changedBy: 'test' });
  await config.importNetwork(edited(withoutPt2, limit6), {
    changedBy: 'test',
    validFrom: instant('2024-03-10T00:00:00Z'),
  });
  const corrected = edited(longer);
  const validFrom = instant('2024-03-05T00:00:00Z');
  const changes = await config.importNetwork(corrected, { changedBy: 'test', validFrom });
  for (const at of [validFrom, instant('2024-03-10T00:00:00Z'), instant('2026-01-01T00:00:00Z')])
    expect(shape((await config.networkAt(at))?.file)).toEqual(shape(corrected));
  expect(shape((await config.networkAt((validFrom - 1) as Micros))?.file)).toEqual(shape(exampleNetwork()));
  expect(await config.diff(corrected)).toEqual([]);
  // Also what would only have changed later is told.
  expect(changes.map((c) => `${c.entity} ${c.change}`)).toEqual([
    'tag:gate.pt-1 changed',
    'tag:gate.pt-2 added',
    'pipe:trunk changed',
  ]);
});

it('says what a file changes of times to come, and when they are', async () => {
  const later = instant('2099-01-01T00:00:00Z');
  await config.importNetwork(exampleNetwork(), { changedBy: 'test' });
  await config.importNetwork(edited(limit6), { changedBy: 'test', validFrom: later });
  expect(await config.laterChanges()).toEqual([later]);
  expect(await config.diff(exampleNetwork())).toMatchObject([
    { entity: 'tag:gate.pt-1', change: 'changed', fields: [{ field: 'limits.H', old: 6, new: 5 }] },
  ]);
  expect(await config.diff(exampleNetwork(), later)).toHaveLength(1);
  await config.importNetwork(exampleNetwork(), { changedBy: 'test' });
  expect(await config.laterChanges()).toEqual([]);
  const { rows } = await database.pool.query<{ version: number; to: Micros | null; withdrawn: boolean }>(
    `select version, micros(valid_to) as to, withdrawn_at is not null as withdrawn from config_version
     where entity_id = 'gate.pt-1' order by version`,
  );
  // What is as the file says holds on; results that name it keep naming it.
  expect(rows).toEqual([
    { version: 1, to: null, withdrawn: false },
    { version: 2, to: null, withdrawn: true },
  ]);
});

it('an edit of the console that begins later is not undone unawares', async () => {
  await config.importNetwork(exampleNetwork(), { changedBy: 'test' });
  await database.pool.query(`update config_version set valid_to = '2025-01-01' where kind = 'pipe'`);
  await database.pool.query(
    `insert into config_version (kind, entity_id, version, valid_from, config, origin, changed_by)
     select kind, entity_id, 2, valid_to, config || '{"maopMPa": 3.5}', 'console', 'chief'
     from config_version where kind = 'pipe'`,
  );
  const back = { changedBy: 'test', validFrom: instant('2024-01-01T00:00:00Z') };
  await expect(config.importNetwork(exampleNetwork(), back)).rejects.toThrow(
    /edited in the console.*pipe:trunk/,
  );
  await config.importNetwork(exampleNetwork(), { ...back, consoleEdits: 'overwrite' });
  expect((await config.currentNetwork())?.file.pipes[0]?.maopMPa).toBe(4);
});

it('at each instant the file in force is the last imported of those that hold from then or before', async () => {
  const files = fc
    .subarray([withoutPt2, limit6, longer, noArea, reference15, anotherTown])
    .map((changes) => edited(...changes));
  const DAY = 86_400_000_000;
  const T0 = instant('2026-01-01T00:00:00Z');
  const day = fc.integer({ min: 0, max: 6 });
  const imports = fc.array(fc.record({ file: files, day }), { minLength: 1, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(imports, async (sequence) => {
      await database.pool.query('truncate config_version');
      for (const { file, day } of sequence)
        await config.importNetwork(file, { changedBy: 'test', validFrom: (T0 + day * DAY) as Micros });
      for (let half = -1; half <= 14; half++) {
        const at = (T0 + (half * DAY) / 2) as Micros;
        const expected = sequence.findLast((i) => T0 + i.day * DAY <= at)?.file;
        expect(shape((await config.networkAt(at))?.file ?? null)).toEqual(shape(expected ?? null));
      }
      const last = sequence.at(-1)!;
      expect(await config.diff(last.file, (T0 + last.day * DAY) as Micros)).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 120_000);
