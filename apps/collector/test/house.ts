import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TOPIC, type PartStatus } from '@linepack/contracts';
import { startBus, startEmbeddedDatabase, type Bus, type EmbeddedDatabase } from '@linepack/embedded';
import { NetworkFile } from '@linepack/network';
import { ConfigRepository, migrate, openPool, type Pool } from '@linepack/store';
import { buildSync } from 'esbuild';
import mqtt, { type MqttClient } from 'mqtt';
import pino from 'pino';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const DEADLINE_MS = 60_000;

/** Waits until the question has an answer (anything but null, undefined and false). */
export async function until<T>(what: string, ask: () => Promise<T> | T): Promise<NonNullable<T>> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${DEADLINE_MS / 1_000} s: ${what}`);
    await sleep(50);
  }
}

const name = (text: string) => ({ zh: text, en: text });

/** A gate station on OPC UA (pressure, temperature) and a regulator station on MQTT (pressure). */
export function network(sources: { opcua: string; mqtt: string }): NetworkFile {
  const pressure = {
    kind: 'pressure',
    unit: 'MPa',
    pressure: 'gauge',
    range: [0, 6],
    deadband: 0,
    maxReportS: 60,
  };
  const limits = { L: 2, H: 4, HH: 5, deadband: 0.1 };
  const file = NetworkFile.parse({
    linepack: 1,
    id: 'test',
    name: name('Test'),
    gasDay: { start: '08:00', timeZone: 'Asia/Shanghai' },
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    gases: [{ id: 'gas', name: name('Gas'), composition: { methane: 1 } }],
    sources: [
      {
        id: 'gate-plc',
        name: name('Gate PLC'),
        kind: 'opcua',
        endpoint: sources.opcua,
        publishingIntervalMs: 100,
      },
      { id: 'broker', name: name('Broker'), kind: 'mqtt', url: 'mqtt://resolved-below' },
    ],
    stations: [
      {
        id: 'gate',
        name: name('Gate'),
        kind: 'gate',
        altitudeM: 10,
        tags: [
          {
            ...pressure,
            id: 'p',
            name: name('P'),
            address: { source: 'gate-plc', node: 'ns=1;s=P' },
            limits,
          },
          {
            id: 't',
            name: name('T'),
            kind: 'temperature',
            unit: '°C',
            range: [-40, 80],
            address: { source: 'gate-plc', node: 'ns=1;s=T' },
          },
          { ...pressure, id: 'x', name: name('X'), address: { source: 'gate-plc', node: 'ns=1;s=NOWHERE' } },
        ],
      },
      {
        id: 'regulator',
        name: name('Regulator'),
        kind: 'regulator',
        altitudeM: 10,
        tags: [
          {
            ...pressure,
            id: 'p',
            name: name('P'),
            scale: { factor: 0.001, offset: 0 },
            address: { source: 'broker', topic: 'plant/regulator', path: 'v.p', qualityPath: 'q' },
          },
        ],
      },
    ],
  });
  // After the check, as the reader of network files does: the store keeps `${NAME}`.
  return {
    ...file,
    sources: file.sources.map((s) => (s.kind === 'mqtt' ? { ...s, url: sources.mqtt } : s)),
  };
}

/** A database, a bus, and a listener on the bus, in a folder of their own. */
export class House {
  readonly folder = mkdtempSync(join(tmpdir(), 'linepack-collector-'));
  readonly data = join(this.folder, 'data');
  readonly heard: { topic: string; message: unknown }[] = [];
  database!: EmbeddedDatabase;
  bus!: Bus;
  listener!: MqttClient;
  pool!: Pool;

  async open(sources: { opcua: string; mqtt: string }): Promise<void> {
    await this.startDatabase(0);
    await migrate(this.pool);
    await new ConfigRepository(this.pool).importNetwork(network(sources), { changedBy: 'test' });
    this.bus = await startBus();
    this.listener = await mqtt.connectAsync(this.bus.url);
    this.listener.on('message', (topic, payload) => {
      if (payload.length > 0) this.heard.push({ topic, message: JSON.parse(payload.toString()) });
    });
    await this.listener.subscribeAsync('linepack/#', { qos: 1 });
  }

  async startDatabase(port: number): Promise<void> {
    this.database = await startEmbeddedDatabase({ dataDir: join(this.folder, 'database'), port });
    this.pool = openPool(this.database.url);
  }

  /** Stops the database; its port stays, so that `startDatabase` can take it again. */
  async stopDatabase(): Promise<number> {
    const { port } = this.database;
    await this.pool.end();
    await this.database.close();
    return port;
  }

  messages<T>(topic: string): T[] {
    return this.heard.filter((h) => h.topic === topic).map((h) => h.message as T);
  }

  /** What collectors said of themselves, oldest first. */
  collectors(): PartStatus[] {
    return this.heard
      .filter((h) => h.topic.startsWith(TOPIC.collectorStatus('')))
      .map((h) => h.message as PartStatus);
  }

  get env(): Record<string, string> {
    return {
      DATABASE_URL: this.database.url,
      BUS_URL: this.bus.url,
      LINEPACK_DATA: this.data,
      HEALTH_PORT: '0',
    };
  }

  async close(): Promise<void> {
    await this.listener?.endAsync();
    await this.bus?.close();
    await this.pool.end();
    await this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async rows(key: string): Promise<{ us: number; quality: number; value: number | null }[]> {
    const { rows } = await this.pool.query<{ us: number; quality: number; value: number | null }>(
      `select micros(ts) as us, quality, value from sample join tag using (tag_id) where key = $1 order by ts limit 1000`,
      [key],
    );
    return rows;
  }
}

export const quiet = pino({ level: process.env['TEST_LOG'] ?? 'silent' }, pino.destination(2));

let bundle: string | null = null;
/** The collector as its own process, as it is shipped. */
export function spawnCollector(env: Record<string, string>): ChildProcess {
  bundle ??= built();
  const child = spawn(process.execPath, [bundle], {
    env: { PATH: process.env['PATH'] ?? '', HOME: env['LINEPACK_DATA'], ...env },
    stdio: ['pipe', process.env['TEST_LOG'] ? 2 : 'ignore', 'inherit'],
  });
  return child;
}

function built(): string {
  const outfile = join(root, 'dist/try/collector-under-test.mjs');
  buildSync({
    entryPoints: [join(root, 'apps/collector/src/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'error',
  });
  return outfile;
}
