import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartStatus, TOPIC } from '@linepack/contracts';
import { startBus, type Bus } from '@linepack/embedded';
import { historyOf, type PlantRecord } from '@linepack/simulation';
import { connectAsync, type MqttClient } from 'mqtt';
import {
  AttributeIds,
  OPCUACertificateManager,
  OPCUAClient,
  type ClientSession,
  type DataValue,
} from 'node-opcua';
import { pino } from 'pino';
import { parseCommand, runCommand } from '../src/commands';
import { readSettings, type Settings } from '../src/settings';
import { Simulator } from '../src/simulator';

const HOUR = 3_600_000;
const PATIENCE = 120_000;
const log = pino({ level: 'silent' });

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return server;
    }),
  );
  const ports = servers.map((s) => (s.address() as AddressInfo).port);
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
  return ports;
}

/** Asks again until the answer pleases. */
async function until<T>(ask: () => Promise<T>, pleases: (x: T) => boolean, what: string): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (pleases(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: last answer ${JSON.stringify(answer)}`);
    await new Promise((done) => setTimeout(done, 250));
  }
}

describe('simulator', () => {
  const data = mkdtempSync(join(tmpdir(), 'linepack-simulator-'));
  let settings: Settings;
  let simulator: Simulator;
  let bus: Bus;
  let offsetMs = 0;
  const clock = () => Date.now() + offsetMs;

  const withSession = async <T>(server: number, use: (session: ClientSession) => Promise<T>): Promise<T> => {
    const client = OPCUAClient.create({
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 0 },
      clientCertificateManager: new OPCUACertificateManager({ rootFolder: join(data, 'client-pki') }),
    });
    try {
      return await client.withSessionAsync(`opc.tcp://127.0.0.1:${settings.opcUaPorts[server]}`, use);
    } finally {
      await client.disconnect();
    }
  };
  const read = (server: number, key: string): Promise<DataValue> =>
    withSession(server, (session) =>
      session.read({ nodeId: `ns=1;s=${key}`, attributeId: AttributeIds.Value }),
    );
  const cli = (line: string) => runCommand(parseCommand(line.split(' ')), simulator.ports().control);
  const idIn = (text: string) => /started (\S+);/.exec(text)?.[1] ?? '';
  const record = () => JSON.parse(readFileSync(join(settings.folder, 'plant.json'), 'utf8')) as PlantRecord;

  beforeAll(async () => {
    const [a, b, c, d, mqtt, control, health] = await freePorts(7);
    bus = await startBus();
    settings = readSettings({
      LINEPACK_DATA: data,
      SIMULATOR_OPCUA_PORTS: [a, b, c, d].join(','),
      SIMULATOR_MQTT_PORT: String(mqtt),
      SIMULATOR_CONTROL_PORT: String(control),
      HEALTH_PORT: String(health),
      BUS_URL: bus.url,
    });
    simulator = await Simulator.start(settings, log, clock);
  }, PATIENCE);

  afterAll(async () => {
    await simulator.stop();
    await bus.close();
    rmSync(data, { recursive: true, force: true });
  }, PATIENCE);

  it(
    'says on the bus that it is up',
    async () => {
      const client = await connectAsync(bus.url);
      const said: PartStatus[] = [];
      client.on('message', (_, payload) => {
        said.push(PartStatus.parse(JSON.parse(payload.toString('utf8'))));
      });
      await client.subscribeAsync(TOPIC.status('simulator'), { qos: 1 });
      await until(
        async () => said.at(-1)?.state,
        (state) => state === 'up',
        'status',
      );
      await client.endAsync();
    },
    PATIENCE,
  );

  it('answers its health check', async () => {
    const response = await fetch(`http://127.0.0.1:${settings.healthPort}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ part: 'simulator', state: 'up' });
  });

  it(
    'serves values with source time and good quality to an OPC UA client, from each server',
    async () => {
      const keys = ['gate-west.pt-201', 'gate-east.pt-201', 'reg-wenchang.pt-201', 'reg-kaifa.pt-201'];
      for (const [server, key] of keys.entries()) {
        const value = await read(server, key);
        expect(value.statusCode.value).toBe(0);
        expect(value.value.value).toBeGreaterThan(0.3);
        expect(Math.abs((value.sourceTimestamp?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
        expect((value.sourceTimestamp?.getTime() ?? 1) % 1_000).toBe(0);
      }
    },
    PATIENCE,
  );

  it(
    "sends the devices' JSON by MQTT, and is silent for a station that is offline",
    async () => {
      const client: MqttClient = await connectAsync(`mqtt://127.0.0.1:${settings.mqttPort}`);
      const messages: { topic: string; body: Record<string, unknown> }[] = [];
      client.on('message', (topic, payload) =>
        messages.push({ topic, body: JSON.parse(payload.toString('utf8')) as Record<string, unknown> }),
      );
      await client.subscribeAsync('yunze/#', { qos: 1 });
      const seen = async () => messages.map((m) => m.topic);
      await until(
        seen,
        (t) => t.includes('yunze/ind-steel/flow') && t.includes('yunze/cng-chengbei/rtu'),
        'devices',
      );
      const flow = messages.find((m) => m.topic === 'yunze/ind-steel/flow');
      expect(flow?.body).toMatchObject({
        values: { 'fq-111': expect.any(Number) },
        quality: { 'fq-111': 'good' },
      });
      expect(flow?.body['ts']).toBeGreaterThan(Date.now() - 60_000);

      const id = idIn(await cli('start station-offline station=ind-steel'));
      messages.length = 0;
      await until(seen, (t) => t.filter((x) => x === 'yunze/ind-glass/flow').length >= 3, 'others go on');
      expect(messages.filter((m) => m.topic.startsWith('yunze/ind-steel/')).length).toBeLessThan(2);
      await cli(`stop ${id}`);
      messages.length = 0;
      await until(seen, (t) => t.includes('yunze/ind-steel/flow'), 'the station is back');
      await client.endAsync();
    },
    2 * PATIENCE,
  );

  it(
    'lets a leak take the pressure away, and gives it back when the leak ends',
    async () => {
      const pressure = async () => (await read(2, 'reg-wenchang.pt-201')).value.value as number;
      expect(await pressure()).toBeGreaterThan(0.33);
      const id = idIn(await cli('start leak pipe=main-wenchang size=150'));
      await until(pressure, (p) => p < 0.28, 'pressure falls');
      expect(await cli('list')).toContain(`${id}: leak pipe=main-wenchang size=150`);
      expect(record().scenarios.at(-1)).toMatchObject({ id, toMs: null });
      expect(await cli(`stop ${id}`)).toBe(`ended ${id}\n`);
      await until(pressure, (p) => p > 0.33, 'pressure comes back');
      await expect(cli(`stop ${id}`)).rejects.toThrow(`scenario "${id}": expected a running one`);
      await expect(cli('start leak pipe=main-wenchang')).rejects.toThrow(
        'leak: size is missing: expected size=<diameter',
      );
    },
    2 * PATIENCE,
  );

  it(
    'gives bad status codes for a failed instrument and for a lost station',
    async () => {
      const codeOf = (key: string) => async () => (await read(1, key)).statusCode.name;
      const failed = idIn(await cli('start bad-quality target=gate-east.pt-201'));
      await until(codeOf('gate-east.pt-201'), (c) => c === 'BadSensorFailure', 'sensor failure');
      expect(await codeOf('gate-east.tt-201')()).toBe('Good');
      await cli(`stop ${failed}`);
      const lost = idIn(await cli('start station-offline station=gate-east'));
      await until(codeOf('gate-east.zt-101'), (c) => c === 'BadNoCommunication', 'no communication');
      expect(await codeOf('supplier-coast.pt-111')()).toBe('Good');
      await cli(`stop ${lost}`);
      await until(codeOf('gate-east.zt-101'), (c) => c === 'Good', 'back');
    },
    2 * PATIENCE,
  );

  it(
    'takes a whole server away and brings it back on its port',
    async () => {
      const id = idIn(await cli('start server-offline server=opc-west'));
      await expect(read(2, 'reg-wenchang.pt-201')).rejects.toThrow();
      expect((await read(3, 'reg-kaifa.pt-201')).statusCode.name).toBe('Good');
      await cli(`stop ${id}`);
      expect((await read(2, 'reg-wenchang.pt-201')).statusCode.name).toBe('Good');
    },
    2 * PATIENCE,
  );

  it(
    'tells the truth and refuses browsers',
    async () => {
      const truth = await cli('truth');
      expect(truth).toContain('meters on ');
      expect(truth).toContain('past-bias: meter-bias meter=gate-west.m-1 percent=-1.3');
      const url = `http://127.0.0.1:${simulator.ports().control}/truth`;
      expect((await fetch(url, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
      expect((await fetch(`http://127.0.0.1:${simulator.ports().control}/`)).status).toBe(404);
    },
    PATIENCE,
  );

  it(
    'goes on after hours away: totalisers as if it had run, the absence written down, history unchanged',
    async () => {
      const key = 'supplier-west.fq-111';
      const before = (await read(0, key)).value.value as number;
      const flow = (await read(0, 'supplier-west.ft-111')).value.value as number;
      const recordBefore = record();
      await simulator.stop();
      expect(existsSync(join(settings.folder, 'state.json'))).toBe(true);

      offsetMs = 3 * HOUR;
      simulator = await Simulator.start(settings, log, clock);
      const after = await read(0, key);
      const gained = ((after.value.value as number) - before + 1e8) % 1e8;
      expect(gained).toBeGreaterThan(0.4 * flow * 3);
      expect(gained).toBeLessThan(2.5 * flow * 3);
      expect((after.sourceTimestamp?.getTime() ?? 0) - Date.now()).toBeGreaterThan(2.9 * HOUR);

      const { absences, ...rest } = record();
      expect(rest).toEqual({ ...recordBefore, absences: undefined });
      expect(absences).toHaveLength(1);
      expect(absences[0]?.toMs).toBeLessThanOrEqual(clock() - 5 * 60_000);
      expect((absences[0]?.toMs ?? 0) - (absences[0]?.fromMs ?? 0)).toBeGreaterThan(2.8 * HOUR);
      const first = historyOf(record(), {
        fromMs: rest.epochMs,
        toMs: rest.epochMs + HOUR,
        everyMin: 10,
      }).next();
      expect(first.done).toBe(false);
    },
    2 * PATIENCE,
  );
});
