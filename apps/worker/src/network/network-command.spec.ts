import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigRepository } from '@linepack/store';
import { startTestDatabase, type TestDatabase } from '../../../../libs/store/test/test-database';
import { commandOf, UsageError } from './arguments';
import { run } from './commands';

const testdata = join(dirname(fileURLToPath(import.meta.url)), '../../../../libs/network/testdata');
const good = readFileSync(join(testdata, 'good.yaml'), 'utf8');

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await startTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'linepack-network-'));
}, 60_000);
afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  code: number;
  out: string[];
  err: string[];
  announced: number;
}

/** Runs a command line; `answer` is what a person types, null when there is no terminal. */
async function network(args: string[], answer: string | null = null): Promise<Told> {
  const told: Told = { code: -1, out: [], err: [], announced: 0 };
  told.code = await run(commandOf(args), {
    env: { PLC_PORT: '4840', RTU_PASSWORD: 'secret', USER: 'test' },
    pool: () => database.pool,
    print: (line) => told.out.push(line),
    complain: (line) => told.err.push(line),
    ask: async (question) => {
      told.out.push(question);
      return answer;
    },
    announce: async () => {
      told.announced += 1;
    },
  });
  return told;
}

function write(text: string): string {
  const file = join(folder, 'network.yaml');
  writeFileSync(file, text);
  return file;
}

describe('npm run network', () => {
  it('checks a file: every fault with file, line and column', async () => {
    expect(await network(['check', write(good)])).toMatchObject({ code: 0, err: [] });
    const file = write(good.replace('kind: gate', 'kind: gat').replace('lengthM: 12000', 'lengthM: -1'));
    const { code, err } = await network(['check', file]);
    expect(code).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(
        /network\.yaml:\d+:\d+ stations\[gate\]\.kind: expected one of .* did you mean "gate"\?$/,
      ),
      expect.stringMatching(/network\.yaml:\d+:\d+ pipes\[main\]\.lengthM: expected more than 0, got -1$/),
    ]);
    expect((await network(['check', join(folder, 'none.yaml')])).err[0]).toMatch(/cannot be read/);
  });

  it('imports the first network without a word, and only when there is none', async () => {
    expect(await network(['import', '--if-empty', write('nonsense')])).toMatchObject({ code: 1 });
    const first = await network(['import', '--if-empty', write(good)]);
    expect(first).toMatchObject({ code: 0, err: [], announced: 0 });
    expect(first.out).toEqual([
      'imported Town: 1 network, 1 gas, 2 sources, 2 stations, 5 tags, 2 meters, 1 pipe, 1 area added',
    ]);
    expect(await network(['import', '--if-empty', write('nonsense')])).toMatchObject({
      code: 0,
      out: [],
      err: [],
    });
    const { rows } = await database.pool.query(
      `select from config_version where config::text like '%secret%'`,
    );
    expect(rows).toEqual([]);
  });

  it('shows the difference, asks, and imports only on a yes', async () => {
    const file = write(good.replace('H: 3', 'H: 2.5').replace(/\nareas:[^]*/, '\n'));
    const difference = [
      '~ tag gate.pt-1',
      '    limits.H: 3 → 2.5',
      '- area level-2',
      'Import this (1 tag changed; 1 area removed)? y/N ',
    ];
    expect(await network(['import', file], null)).toMatchObject({
      code: 1,
      out: difference,
      err: [expect.stringMatching(/no terminal to ask on; say --yes/)],
    });
    expect(await network(['import', file], 'n')).toMatchObject({ code: 1, out: difference, announced: 0 });
    expect(await network(['import', file], 'y')).toMatchObject({ code: 0, announced: 1 });
    expect(await network(['import', file, '--yes'])).toMatchObject({ code: 0, out: ['nothing changed'] });
  });

  it('lets a change hold from an instant, before which the old one stays', async () => {
    const file = write(good);
    expect(
      await network(['import', file, '--yes', '--valid-from', '2099-01-01T08:00:00+08:00']),
    ).toMatchObject({
      code: 0,
    });
    const current = await new ConfigRepository(database.pool).currentNetwork();
    expect(current?.file.areas).toEqual([]);
  });

  it('does not undo what was edited in the console unless told to', async () => {
    await database.pool.query(
      `update config_version set valid_to = now() where kind = 'pipe' and valid_to is null`,
    );
    await database.pool.query(
      `insert into config_version (kind, entity_id, version, valid_from, config, origin, changed_by)
       select kind, entity_id, 2, valid_to, config || '{"maopMPa": 3.5}', 'console', 'chief'
       from config_version where kind = 'pipe'`,
    );
    const refused = await network(['import', write(good), '--yes']);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('~ pipe main   (edited in the console)');
    expect(refused.out).toContain('! withdraws what was to hold from 2099-01-01T00:00:00.000Z on');
    expect(refused.err).toEqual([expect.stringMatching(/^not imported: pipe:main would lose/)]);
    expect(await network(['import', write(good), '--yes', '--overwrite-console-edits'])).toMatchObject({
      code: 0,
    });
  });

  it('prepares the database', async () => {
    expect(await network(['migrate'])).toMatchObject({ code: 0, out: [] });
    expect(await network(['needs-admin'])).toMatchObject({ code: 0, out: ['yes'] });
  });
});

describe('its command line', () => {
  it.each([
    [[], ''],
    [['chek'], 'chek: there is no such command'],
    [['check'], 'check: expected a file'],
    [['check', 'a', 'b'], 'b: expected nothing after the file'],
    [['migrate', '--yes'], '--yes: expected with import only'],
    [['import', 'a', '--no'], "Unknown option '--no'"],
    [
      ['import', 'a', '--valid-from', '2026-03-01'],
      '--valid-from 2026-03-01: expected an instant with its offset, for instance 2026-03-01T00:00:00Z',
    ],
  ])('%j is refused', (args, message) => {
    const refused = (): unknown => commandOf(args);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
  });
});
