import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startBus, type Bus } from '@linepack/embedded';
import { migrate, openPool } from '@linepack/store';
import { build, type Plugin } from 'esbuild';
import { startDatabase, until, type DatabaseChild } from './world';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

let program: string;
let folder: string;
let bus: Bus;
let database: DatabaseChild;

/** The api as it is built for use. */
async function buildApi(): Promise<string> {
  const { decoratorMetadata } = (await import(
    '../../../tools/launcher/decorator-metadata.mjs' as string
  )) as {
    decoratorMetadata: Plugin;
  };
  const builds = join(root, 'dist/api-test');
  mkdirSync(builds, { recursive: true });
  const outfile = join(mkdtempSync(join(builds, 'run-')), 'main.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['apps/api/src/main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    keepNames: true,
    tsconfig: 'tsconfig.json',
    plugins: [decoratorMetadata],
  });
  return outfile;
}

function start(more: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      LINEPACK_DATA: folder,
      LINEPACK_LAUNCHED: '1',
      DATABASE_URL: database.url,
      BUS_URL: bus.url,
      ...more,
    },
  });
  const lines: { msg?: string; url?: string }[] = [];
  let errors = '';
  if (child.stdout)
    createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as object));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    exit,
    errors: () => errors,
    url: async () =>
      (await until(
        () => lines.find(({ url }) => url !== undefined)?.url,
        (url) => url !== undefined,
      )) as string,
  };
}

const users = async (): Promise<string[]> => {
  const pool = openPool(database.url, { max: 1 });
  const { rows } = await pool.query<{ name: string }>('select user_name as name from app_user order by 1');
  await pool.end();
  return rows.map(({ name }) => name);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'linepack-api-'));
  bus = await startBus();
  [program, database] = await Promise.all([buildApi(), startDatabase(folder)]);
  const pool = openPool(database.url, { max: 1 });
  await migrate(pool);
  await pool.end();
}, 60_000);
afterAll(async () => {
  await database?.end('SIGKILL');
  await bus?.close();
  rmSync(dirname(program), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

describe('the process of the api', () => {
  it('names all faults of its settings in one line', async () => {
    const api = start({ DATABASE_URL: 'mysql://x', BUS_URL: '', PORT: '-1' });
    expect(await api.exit).toBe(1);
    expect(api.errors().trim().split('\n')).toHaveLength(1);
    expect(api.errors()).toMatch(/PORT.*DATABASE_URL.*BUS_URL/);
  });

  it('refuses with one line where nobody could ever sign in', async () => {
    const api = start({});
    expect(await api.exit).toBe(1);
    expect(api.errors().trim().split('\n')).toEqual([expect.stringMatching(/LINEPACK_ADMIN_PASSWORD/)]);
  });

  it('makes the administrator, serves, ignores Ctrl-C and leaves on SIGTERM', async () => {
    const api = start({ LINEPACK_ADMIN_PASSWORD: 'long-enough-1' });
    const url = await api.url();
    await until(users, (names) => names.length > 0);
    expect(await users()).toEqual(['admin']);
    api.child.kill('SIGINT');
    const signIn = await fetch(`${url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ userName: 'admin', password: 'long-enough-1' }),
    });
    expect(await signIn.json()).toMatchObject({ userName: 'admin', role: 'maintainer' });
    const health = (await (await fetch(`${url}/api/health`)).json()) as { status: string };
    expect(health.status).toBe('starting');
    const port = new URL(url).port;
    const second = start({ PORT: port });
    expect(await second.exit).toBe(1);
    expect(second.errors().trim()).toBe(`Port ${port} on 127.0.0.1 is taken.`);
    api.child.kill('SIGTERM');
    expect(await api.exit).toBe(0);
  });

  it('leaves when the launcher is gone', async () => {
    const api = start({});
    await api.url();
    api.child.stdin?.end();
    expect(await api.exit).toBe(0);
  });
});
