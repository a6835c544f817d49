import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceId, TagId } from '@linepack/network';
import mqtt from 'mqtt';
import { OPCUACertificateManager } from 'node-opcua';
import { MqttSource } from '../../../apps/collector/src/acquisition/mqtt/mqtt-source';
import { OpcUaSource } from '../../../apps/collector/src/acquisition/opcua/opcua-source';
import type { AddressedTag, PlantSource, SourceSink } from '../../../apps/collector/src/acquisition/source';
import { systemTime } from '../../../apps/collector/src/time';
import { startAedes } from '../../../apps/collector/test/brokers';
import { until } from '../../../apps/collector/test/house';
import { Listener, said } from '../../../apps/collector/test/listener';
import { OpcUaPlant } from '../../../apps/collector/test/opcua-plant';
import { Kernel } from '../src/kernel/kernel';
import { Computer, SimulatedProcess } from '../src/kernel/process';
import { Random } from '../src/kernel/random';
import { Trace } from '../src/kernel/trace';
import { Route } from '../src/model/line';
import { MqttSourceModel } from '../src/model/mqtt-source';
import { OpcUaServer } from '../src/model/opcua-server';
import { OpcUaSourceModel } from '../src/model/opcua-source';
import { PlantBroker } from '../src/model/plant-broker';

/*
 * What the storm's sources tell the collector against what the real ones tell it, of a real server and a real broker:
 * the same behaviours are asked of both. Not compared: clocks, certificates, limits of a server, refused topics.
 */

jest.setTimeout(120_000);

interface World {
  listen(sink: SourceSink, tags: readonly AddressedTag[]): PlantSource;
  until(what: string, ask: () => unknown): Promise<unknown>;
  close(): Promise<void>;
}
interface Server extends World {
  set(node: string, value: number): void;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}
interface Broker extends World {
  publish(topic: string, body: object, keep: 'retained' | 'passing'): Promise<void>;
}

const PUBLISHING_MS = 100;
const name = { zh: '源', en: 'Source' };

/** Lets virtual time pass until the question has an answer. */
async function simulatedUntil(kernel: Kernel, what: string, ask: () => unknown): Promise<unknown> {
  for (let i = 0; i < 600; i += 1) {
    const answer = ask();
    if (answer) return answer;
    await kernel.runUntil(kernel.now + 100_000);
  }
  throw new Error(`not within a minute: ${what}`);
}

function simulation() {
  const kernel = new Kernel(new Random(1), new Trace('hash'), Date.UTC(2026, 10, 24) * 1_000);
  const process = new SimulatedProcess(new Computer('collector', kernel), 1);
  const route = new Route(kernel, 'collector-source');
  const until = (what: string, ask: () => unknown) => simulatedUntil(kernel, what, ask);
  return { kernel, process, route, until, close: () => Promise.resolve() };
}

function modelServer(): Promise<Server> {
  const { kernel, process, route, ...rest } = simulation();
  const server = new OpcUaServer(kernel, 'plc');
  for (const node of ['P', 'T']) server.set(`ns=1;s=${node}`, 0);
  return Promise.resolve({
    ...rest,
    listen: (sink, tags) => {
      const id = 'plc' as SourceId;
      const options = { id, process, server, route, sink, publishingIntervalMs: PUBLISHING_MS };
      const source = new OpcUaSourceModel(options, tags);
      source.start();
      return source;
    },
    set: (node, value) => server.set(`ns=1;s=${node}`, value),
    goAway: async () => {
      server.setMood('away');
      route.breakAll('connection reset');
    },
    comeBack: async () => server.setMood('up'),
  });
}

async function realServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'linepack-storm-'));
  const certificates = new OPCUACertificateManager({ rootFolder: join(folder, 'pki') });
  await certificates.initialize();
  let plant = await OpcUaPlant.start(folder, ['P', 'T']);
  const { url: endpoint, port } = plant;
  return {
    listen: (sink, tags) => {
      const config = { id: 'plc', name, kind: 'opcua', endpoint, securityMode: 'none' } as const;
      const source = new OpcUaSource(
        { ...config, publishingIntervalMs: PUBLISHING_MS },
        tags,
        sink,
        certificates,
        systemTime,
        said.log,
      );
      source.start();
      return source;
    },
    until,
    set: (node, value) => plant.set(node, value),
    goAway: () => plant.stop(),
    comeBack: async () => {
      plant = await OpcUaPlant.start(folder, ['P', 'T'], port);
    },
    close: async () => {
      await plant.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const node = (tagId: number, id: string): AddressedTag => ({
  tagId: tagId as TagId,
  address: { source: 'plc', node: `ns=1;s=${id}` },
});

describe.each([
  ['the model', modelServer],
  ['a real server', realServer],
])('OPC UA, %s', (_which, open) => {
  let server: Server;
  let source: PlantSource | null = null;
  beforeEach(async () => {
    server = await open();
  });
  afterEach(async () => {
    await source?.stop();
    source = null;
    await server.close();
  });

  test('tells first values from changes, in order', async () => {
    const heard = new Listener();
    source = server.listen(heard, [node(1, 'P'), node(2, 'T')]);
    await server.until('both first values', () => heard.last(1) && heard.last(2));
    for (const value of [1, 2, 3]) {
      server.set('P', value);
      await server.until('the change', () => heard.last(1)?.value === value);
    }
    expect(heard.of(1).map((r) => [r.value, r.origin, r.clock])).toEqual([
      [0, 'first', 'plc 1'],
      [1, 'change', 'plc 1'],
      [2, 'change', 'plc 1'],
      [3, 'change', 'plc 1'],
    ]);
    expect(heard.told).toEqual(['connected']);
  });

  test('says that all is as told while nothing changes', async () => {
    const heard = new Listener();
    source = server.listen(heard, [node(1, 'P')]);
    await server.until('the first value', () => heard.last(1));
    const before = heard.heardAll;
    await server.until('heard again', () => heard.heardAll > before + 1);
    expect(heard.received).toHaveLength(1);
  });

  test('a node that is not there is Bad, counted, and costs the others nothing', async () => {
    const heard = new Listener();
    source = server.listen(heard, [node(1, 'NOWHERE'), node(2, 'P')]);
    await server.until('both words', () => heard.last(1) && heard.last(2));
    expect(heard.last(1)).toMatchObject({ value: null, origin: 'first', ts: null });
    expect(heard.last(1)?.quality).toBeLessThan(0);
    await server.until('counted', () => source?.state().rejected === 1);
    expect(source.state()).toMatchObject({ state: 'connected', monitored: 1 });
  });

  test('a server that goes is lost once, and heard from the first value again when it comes back', async () => {
    const heard = new Listener();
    source = server.listen(heard, [node(1, 'P')]);
    await server.until('the first value', () => heard.last(1));
    await server.goAway();
    await server.until('lost', () => heard.told.length === 2);
    await server.comeBack();
    await server.until('there again', () => heard.told.at(-1) === 'connected');
    await server.until('its value', () => heard.of(1).filter((r) => r.origin === 'first').length === 2);
    expect(heard.told.map((t) => t.replace(/:.*/, ''))).toEqual(['connected', 'lost', 'connected']);
  });

  test('other tags are asked for over the same connection', async () => {
    const heard = new Listener();
    source = server.listen(heard, [node(1, 'P')]);
    await server.until('the first value', () => heard.last(1));
    source.watch([node(2, 'T')]);
    await server.until('the other one', () => heard.last(2));
    server.set('P', 7);
    server.set('T', 8);
    await server.until('the change', () => heard.last(2)?.value === 8);
    expect(heard.last(1)?.value).toBe(0);
    expect(heard.last(2)).toMatchObject({ origin: 'change' });
    expect(heard.told).toEqual(['connected']);
  });
});

function modelBroker(): Promise<Broker> {
  const { kernel, process, route, ...rest } = simulation();
  const broker = new PlantBroker(kernel, 'broker');
  return Promise.resolve({
    ...rest,
    listen: (sink, tags) => {
      const id = 'broker' as SourceId;
      const source = new MqttSourceModel({ id, process, broker, route, sink, clientId: 'one' }, tags);
      source.start();
      return source;
    },
    publish: async (topic, body, keep) => void broker.publish(topic, JSON.stringify(body), keep),
  });
}

async function realBroker(): Promise<Broker> {
  const broker = await startAedes();
  const device = await mqtt.connectAsync(broker.url);
  return {
    listen: (sink, tags) => {
      const config = { id: 'broker', name, kind: 'mqtt', url: broker.url } as const;
      const source = new MqttSource(config, tags, sink, 'one', systemTime, said.log);
      source.start();
      return source;
    },
    until,
    publish: async (topic, body, keep) =>
      void (await device.publishAsync(topic, JSON.stringify(body), { qos: 1, retain: keep === 'retained' })),
    close: async () => {
      await device.endAsync();
      await broker.close();
    },
  };
}

const topic = (tagId: number, of: string): AddressedTag => ({
  tagId: tagId as TagId,
  address: { source: 'broker', topic: of, path: 'v', timePath: 'ts' },
});
const AT = Date.UTC(2026, 10, 24);

describe.each([
  ['the model', modelBroker],
  ['a real broker', realBroker],
])('MQTT, %s', (_which, open) => {
  let broker: Broker;
  let source: PlantSource | null = null;
  beforeEach(async () => {
    broker = await open();
  });
  afterEach(async () => {
    await source?.stop();
    source = null;
    await broker.close();
  });
  const listen = async (heard: Listener): Promise<void> => {
    source = broker.listen(heard, [topic(1, 'plant/a')]);
    await broker.until('subscribed', () => heard.told.includes('connected') && source?.state().monitored);
  };

  test('tells the words of its topics in order, with the stamp and the clock of the device', async () => {
    const heard = new Listener();
    await listen(heard);
    await broker.publish('plant/other', { v: 9, ts: AT }, 'passing');
    for (const v of [1, 2, 3]) await broker.publish('plant/a', { v, ts: AT + v }, 'passing');
    await broker.until('all three', () => heard.received.length >= 3);
    expect(heard.received.map((r) => [r.tagId, r.value, r.ts, r.origin])).toEqual(
      [1, 2, 3].map((v) => [1, v, (AT + v) * 1_000, 'change']),
    );
    expect(new Set(heard.received.map((r) => r.clock)).size).toBe(1);
  });

  test('what a broker had kept is said to be retained, not of now', async () => {
    await broker.publish('plant/a', { v: 5, ts: AT }, 'retained');
    const heard = new Listener();
    await listen(heard);
    await broker.until('the kept word', () => heard.last(1));
    expect(heard.last(1)).toMatchObject({ value: 5, origin: 'retained' });
  });

  test('what is not durable comes again after a reconnection, what is durable does not', async () => {
    const kept: number[] = [];
    const heard: Listener = new Listener(() => {
      const value = heard.received.at(-1)?.value ?? 0;
      kept.push(value);
      return value === 1 ? Promise.resolve() : new Promise(() => undefined);
    });
    await listen(heard);
    await broker.publish('plant/a', { v: 1, ts: AT }, 'passing');
    await broker.publish('plant/a', { v: 2, ts: AT + 1 }, 'passing');
    await broker.until('both', () => kept.includes(2));
    // The acknowledgement of the first is on its way.
    await broker.publish('plant/a', { v: 3, ts: AT + 2 }, 'passing');
    await broker.until('the third', () => kept.includes(3));
    await source?.stop();
    const again = new Listener();
    await listen(again);
    await broker.until('what was not acknowledged', () => again.received.length >= 2);
    // Not every broker marks what it sends again (DUP): then it comes as if it were of now.
    expect(again.received.map((r) => r.value)).toEqual([2, 3]);
  });

  test('what was said while nobody listened is kept in the lasting session', async () => {
    await listen(new Listener());
    await source?.stop();
    await broker.publish('plant/a', { v: 4, ts: AT }, 'passing');
    const heard = new Listener();
    await listen(heard);
    await broker.until('the kept word', () => heard.last(1));
    expect(heard.last(1)).toMatchObject({ value: 4, origin: 'redelivered' });
  });

  test('what the lasting session still has of a topic of former times is told, for nobody else will say it', async () => {
    await listen(new Listener());
    await source?.stop();
    await broker.publish('plant/a', { v: 6, ts: AT }, 'passing');
    const heard = new Listener();
    source = broker.listen(heard, [topic(2, 'plant/b')]);
    source.knows?.([topic(1, 'plant/a'), topic(2, 'plant/b')]);
    await broker.until('the word of the former topic', () => heard.last(1));
    expect(heard.last(1)).toMatchObject({ value: 6, ts: AT * 1_000 });
  });
});
