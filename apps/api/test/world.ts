import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Problem } from '@linepack/contracts';
import { startBus, type Bus } from '@linepack/embedded';
import { ConfigRepository, migrate, openPool, type NetworkSnapshot, type Pool } from '@linepack/store';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { build } from 'esbuild';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import type { Settings } from '../src/settings/settings';
import { startApplication } from '../src/start/application';
import { smallTown } from './small-town';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');

export interface DatabaseChild {
  readonly url: string;
  readonly child: ChildProcess;
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** A real embedded TimescaleDB in a process of its own. */
export async function startDatabase(folder: string, asked = 0): Promise<DatabaseChild> {
  const builds = join(root, 'dist/api-test');
  mkdirSync(builds, { recursive: true });
  const outfile = join(mkdtempSync(join(builds, 'run-')), 'database.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'libs/embedded/src/database-process.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    tsconfig: 'tsconfig.json',
  });
  const child = spawn(process.execPath, [outfile, join(folder, 'database'), String(asked)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    exited.then(() => null),
  ]);
  rmSync(dirname(outfile), { recursive: true, force: true });
  if (line === null) throw new Error('the database did not start');
  const { port } = JSON.parse(line) as { port: number };
  return {
    url: `postgres://postgres@127.0.0.1:${port}/template1`,
    child,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        if (signal) child.kill(signal);
        else child.stdin.end();
      }
      await exited;
    },
  };
}

/** Everything the api lives with, real: database, bus, network, and the api itself on a free port. */
export interface World {
  readonly url: string;
  app: NestExpressApplication;
  /** Ends the api and starts it again on the same port. */
  restartApi(): Promise<void>;
  readonly pool: Pool;
  readonly bus: Bus;
  /** Another client of the bus: the collector's or the worker's voice. */
  readonly voice: MqttClient;
  database: DatabaseChild;
  /** Starts the database again where it was. */
  reviveDatabase(): Promise<void>;
  readonly network: NetworkSnapshot;
  /** Database id of a tag by its key. */
  tag(key: string): number;
  say(topic: string, message: unknown, options?: { retain: boolean }): Promise<void>;
  end(): Promise<void>;
}

export interface WorldOptions {
  /** Lines that an earlier api left in the file of audit entries that wait. */
  readonly auditWaiting?: readonly unknown[];
  /** Puts something between the api and the bus. @returns the address the api takes for the bus's */
  readonly between?: (bus: Bus) => Promise<string>;
}

export async function startWorld({ auditWaiting = [], between }: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'linepack-api-'));
  mkdirSync(join(folder, 'api'));
  writeFileSync(
    join(folder, 'api', 'audit-waiting.jsonl'),
    auditWaiting.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  );
  const bus = await startBus();
  const database = await startDatabase(folder);
  const pool = openPool(database.url, { max: 2 });
  await migrate(pool);
  const configuration = new ConfigRepository(pool);
  await configuration.importNetwork(smallTown(), { changedBy: 'test' });
  const network = await configuration.currentNetwork();
  if (!network) throw new Error('no network after the import');
  const settings: Settings = {
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.url,
    busUrl: between ? await between(bus) : bus.url,
    dataFolder: folder,
    accounts: 'demo',
    administratorPassword: null,
    consoleFolder: join(here, 'console'),
    logLevel: 'silent',
  };
  const startApi = (port: number) =>
    startApplication(
      { ...settings, port },
      pino({ level: process.env['API_TEST_LOG'] ?? 'silent' }),
      (reason) => {
        throw reason;
      },
    );
  const app = await startApi(0);
  const voice = await connectAsync(bus.url);
  const world: World = {
    url: await app.getUrl(),
    app,
    async restartApi() {
      await world.app.close();
      world.app = await startApi(Number(new URL(world.url).port));
    },
    pool,
    bus,
    voice,
    database,
    network,
    async reviveDatabase() {
      world.database = await startDatabase(folder, Number(new URL(database.url).port));
    },
    tag: (key) => {
      const found = network.tags.find((tag) => tag.key === key);
      if (!found) throw new Error(`no tag ${key}`);
      return found.tagId;
    },
    say: async (topic, message, options = { retain: false }) => {
      await voice.publishAsync(topic, JSON.stringify(message), { qos: 1, ...options });
    },
    async end() {
      await world.app.close();
      await voice.endAsync();
      await bus.close();
      await pool.end();
      await world.database.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** A browser's view of the api: keeps the cookie, sends the origin as a browser does. */
export class Client {
  cookie: string | null = null;

  constructor(readonly url: string) {}

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: { ...this.headers(), ...headers } });
  }

  async post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { ...this.headers(), 'Content-Type': 'application/json', Origin: this.url, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set) this.cookie = set.split(';')[0] ?? null;
    return response;
  }

  private headers(): Record<string, string> {
    return this.cookie ? { Cookie: this.cookie } : {};
  }
}

/** The accounts are made when the network has been read. */
export const accountsMade = (world: World): Promise<unknown> =>
  until(
    async () => (await world.pool.query('select from app_user')).rowCount,
    (users) => users === 6,
  );

/** The problem document of an answer, which has the number that stands in the log. */
export async function problem(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const document = (await response.json()) as Problem;
  expect(document.correlationId).toBe(response.headers.get('x-correlation-id'));
  expect(document.status).toBe(response.status);
  return document;
}

/** Asks again until the condition holds; the deadline is generous because machines are slow. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  within = 20_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not in time; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
