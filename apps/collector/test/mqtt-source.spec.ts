import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { TagId } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import mqtt, { type MqttClient } from 'mqtt';
import { MqttSource } from '../src/acquisition/mqtt/mqtt-source';
import type { AddressedTag } from '../src/acquisition/source';
import { systemTime } from '../src/time';
import { freePort, MOSQUITTO, REFUSING_MOSQUITTO, startAedes, startMosquitto, type Broker } from './brokers';
import { until } from './house';
import { Listener, said } from './listener';
import { Wire } from './wire';

jest.setTimeout(180_000);

const tag = (tagId: number, topic: string, path = 'v'): AddressedTag => ({
  tagId: tagId as TagId,
  address: { source: 'broker', topic, path, timePath: 'ts' },
});
let clients = 0;
let source: MqttSource;
let device: MqttClient;

const sourceAt = (url: string, tags: AddressedTag[], listener: Listener, id = `source-${++clients}`) =>
  new MqttSource(
    { id: 'broker', name: { zh: '终端', en: 'RTU' }, kind: 'mqtt', url },
    tags,
    listener,
    id,
    systemTime,
    said.log,
  );
const send = (topic: string, v: unknown, retain = false) =>
  device.publishAsync(topic, JSON.stringify({ v, ts: 1_750_000_000_000 }), { qos: 1, retain });

beforeEach(() => void (said.lines.length = 0));

const brokers: [string, string, () => Promise<Broker>][] = [['MQTT 3.1.1', 'aedes', startAedes]];
if (MOSQUITTO) brokers.push(['MQTT 5', 'Mosquitto', startMosquitto]);

describe.each(brokers)('a broker of %s (%s)', (protocol, _name, start) => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await start();
    device = await mqtt.connectAsync(broker.url);
  });
  afterEach(() => source.stop());
  afterAll(async () => {
    await device.endAsync();
    await broker.close();
  });

  test('is heard: live messages are changes of their topic’s clock, retained ones are said to be', async () => {
    await send('plant/a', 1, true);
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a'), tag(2, 'plant/b')], listener);
    source.start();
    await until('the retained value', () => listener.last(1));
    await until('the subscription', () => source.state().monitored === 2);
    await send('plant/b', 2);
    await send('plant/a', 3);
    await until('both', () => listener.last(2) && listener.last(1)?.value === 3);
    expect(listener.of(1).map((r) => [r.value, r.origin, r.clock])).toEqual([
      [1, 'retained', 'broker/plant/a'],
      [3, 'change', 'broker/plant/a'],
    ]);
    expect(listener.last(2)).toMatchObject({ origin: 'change', clock: 'broker/plant/b', unreadable: null });
    expect(listener.told).toEqual(['connected']);
    expect(listener.heardAll).toBe(0);
    await device.publishAsync('plant/a', '', { qos: 1, retain: true });
  });

  test('sends again what was not acknowledged: that is redelivered, and nothing is missing', async () => {
    const id = `source-${++clients}`;
    const never = new Listener(() => new Promise(() => undefined));
    source = sourceAt(broker.url, [tag(1, 'plant/a')], never, id);
    source.start();
    await until('the subscription', () => source.state().monitored === 1);
    for (const v of [1, 2, 3]) await send('plant/a', v);
    await until('all three', () => never.received.length === 3);
    await source.stop();
    await send('plant/a', 4);
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a')], listener, id);
    source.start();
    await until('all four', () => listener.last(1)?.value === 4);
    expect(listener.of(1).map((r) => r.value)).toEqual([1, 2, 3, 4]);
    // aedes sends again without the DUP flag (against MQTT-3.3.1-1), also after it answered the subscription.
    const told = listener.of(1).map((r) => r.origin);
    if (protocol === 'MQTT 5')
      expect(told).toEqual(['redelivered', 'redelivered', 'redelivered', 'redelivered']);
    else expect(told[0]).toBe('redelivered');
    await source.stop();
    const third = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a')], third, id);
    source.start();
    await until('the subscription', () => source.state().monitored === 1);
    await send('plant/a', 5);
    await until('the next', () => third.last(1));
    expect(third.of(1).map((r) => r.value)).toEqual([5]);
  });

  test('is asked for other topics over the connection that is there, and left where nobody asks any more', async () => {
    const id = `source-${++clients}`;
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a'), tag(2, 'plant/b')], listener, id);
    source.start();
    await until('the subscription', () => source.state().monitored === 2);
    source.watch([tag(2, 'plant/b'), tag(3, 'plant/c')]);
    await until('the new one', async () => {
      await send('plant/c', 3);
      return listener.last(3);
    });
    await send('plant/a', 1);
    await send('plant/b', 2);
    await until('the one that stays', () => listener.last(2));
    expect(listener.last(1)).toBeUndefined();
    expect(source.state().monitored).toBe(2);
    expect(listener.told).toEqual(['connected']);
    await source.stop();
    // As after a restart with fewer tags: the session still has the topics of before.
    const later = new Listener();
    source = sourceAt(broker.url, [tag(3, 'plant/c')], later, id);
    source.start();
    await until('the subscription', () => source.state().monitored === 1);
    await send('plant/b', 9);
    await send('plant/c', 10);
    await until('what is asked for', () => later.last(3)?.value === 10);
    expect(later.last(2)).toBeUndefined();
    source.watch([]);
    await source.stop();
    source = sourceAt(broker.url, [tag(3, 'plant/c')], new Listener(), id);
  });

  test('a message that nobody can read is Bad for its tags, with the reason, and the next is read', async () => {
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a'), tag(2, 'plant/a', 'w')], listener);
    source.start();
    await until('the subscription', () => source.state().monitored === 2);
    const rubbish = [
      Buffer.from('{"v":'),
      Buffer.from([0x7b, 0xff, 0x7d]),
      Buffer.alloc(1_048_577, 0x20),
      Buffer.from('[[[]]]'),
    ];
    for (const payload of rubbish) await device.publishAsync('plant/a', payload, { qos: 1 });
    await device.publishAsync('plant/a', Buffer.from('\uFEFF{"v":7,"w":8,"ts":1}'), { qos: 1 });
    await until('the good one', () => listener.last(2)?.value === 8);
    expect(listener.of(1).map((r) => [r.value, r.quality, r.unreadable])).toEqual([
      [null, QUALITY.BadDecodingError, 'payloadNotJson'],
      [null, QUALITY.BadDecodingError, 'payloadNotUtf8'],
      [null, QUALITY.BadDecodingError, 'payloadTooLong'],
      [null, QUALITY.BadDecodingError, 'valueMissing'],
      [7, QUALITY.Good, null],
    ]);
  });

  test('what a full spool refuses is asked for again, without a word of loss', async () => {
    let full = true;
    const listener = new Listener(() => (full ? Promise.reject(new Error('full')) : Promise.resolve()));
    source = sourceAt(broker.url, [tag(1, 'plant/a')], listener);
    source.start();
    await until('the subscription', () => source.state().monitored === 1);
    await send('plant/a', 1);
    await until('it came', () => listener.received.length === 1);
    full = false;
    await until('it came again', () => listener.received.length === 2);
    expect(listener.last(1)).toMatchObject({ value: 1, origin: 'redelivered' });
    expect(listener.told).toEqual(['connected']);
  });

  test('a topic that cannot be is refused by us, and the others are heard', async () => {
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/+/x'), tag(2, 'plant/a')], listener);
    source.start();
    await until('both are told', () => source.state().monitored === 1);
    expect(listener.last(1)).toMatchObject({ quality: QUALITY.BadNodeIdInvalid, value: null });
    expect(source.state()).toMatchObject({ rejected: 1, error: 'not subscribed: plant/+/x' });
    await send('plant/a', 1);
    await until('the other', () => listener.last(2));
  });
});

/** An aedes that may refuse topics, count connections and close lines. */
async function aedesWith(hooks: { refuses: (topic: string) => boolean }) {
  const aedes = await Aedes.createBroker();
  aedes.authorizeSubscribe = (_client, subscription, done) =>
    done(null, hooks.refuses(subscription.topic) ? null : subscription);
  const server = createServer((socket) => aedes.handle(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    server.close();
  };
  return { url, close };
}

describe('a topic that the broker refuses', () => {
  test('makes its tags Bad, named and counted once; the others are heard; it is asked for again', async () => {
    let secret = true;
    const broker = await aedesWith({ refuses: (topic) => secret && topic === 'secret/b' });
    device = await mqtt.connectAsync(broker.url);
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a'), tag(2, 'secret/b'), tag(3, 'secret/b', 'w')], listener);
    source.start();
    await until('the refusal', () => listener.last(3));
    expect(listener.last(2)).toMatchObject({ quality: QUALITY.BadUserAccessDenied, value: null, ts: null });
    expect(source.state()).toMatchObject({
      state: 'connected',
      monitored: 1,
      rejected: 2,
      error: 'not subscribed: secret/b',
    });
    await send('plant/a', 1);
    await until('the other', () => listener.last(1)?.value === 1);
    secret = false;
    await until('it is granted', () => source.state().rejected === 0);
    expect(listener.last(2)?.quality).toBe(QUALITY.BadWaitingForInitialData);
    await send('secret/b', 2);
    await until('its value', () => listener.last(2)?.value === 2);
    expect(said.lines.filter((line) => line.includes('not subscribed'))).toHaveLength(1);
    expect(listener.told).toEqual(['connected']);
    await device.endAsync();
    await source.stop();
    await broker.close();
  });

  (REFUSING_MOSQUITTO ? test : test.skip)('is told by a Mosquitto with rights, too', async () => {
    const broker = await startMosquitto({ refuse: 'secret/#' });
    device = await mqtt.connectAsync(broker.url);
    const listener = new Listener();
    source = sourceAt(broker.url, [tag(1, 'plant/a'), tag(2, 'secret/b')], listener);
    source.start();
    await until('the refusal', () => listener.last(2));
    expect(listener.last(2)?.quality).toBe(QUALITY.BadUserAccessDenied);
    expect(source.state()).toMatchObject({ monitored: 1, rejected: 1, error: 'not subscribed: secret/b' });
    await send('plant/a', 1);
    await until('the other', () => listener.last(1)?.value === 1);
    await device.endAsync();
    await source.stop();
    await broker.close();
  });
});

describe('the version of the protocol', () => {
  (MOSQUITTO ? test : test.skip)(
    'is 5 where the broker has it, which then sends more than 20 unacknowledged',
    async () => {
      const broker = await startMosquitto();
      device = await mqtt.connectAsync(broker.url);
      const never = new Listener(() => new Promise(() => undefined));
      source = sourceAt(broker.url, [tag(1, 'plant/a')], never);
      source.start();
      await until('the subscription', () => source.state().monitored === 1);
      for (let v = 0; v < 100; v += 1) await send('plant/a', v);
      await until('all of them', () => never.received.length === 100);
      await source.stop();
      await device.endAsync();
      await broker.close();
    },
  );

  test('is 3.1.1 with a broker that closes the line on everything else, and that is no loss', async () => {
    const broker = await startAedes();
    const target = Number(new URL(broker.url).port);
    const refusing: Server = createServer((near: Socket) => {
      near.once('data', (first) => {
        // The protocol's level follows its name: 0x10, length, 0 4 M Q T T, level.
        if (first[8] === 5) return near.destroy();
        const far = connect(target, '127.0.0.1');
        far.write(first);
        near.pipe(far).pipe(near);
        far.on('error', () => near.destroy());
        near.on('error', () => far.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const listener = new Listener();
    source = sourceAt(
      `mqtt://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
      [tag(1, 'plant/a')],
      listener,
    );
    source.start();
    await until('the subscription', () => source.state().monitored === 1);
    expect(listener.told).toEqual(['connected']);
    await source.stop();
    refusing.close();
    await broker.close();
  });
});

describe('a broker that was not there', () => {
  test('is lost from the beginning, and found when it comes', async () => {
    const port = await freePort();
    const listener = new Listener();
    source = sourceAt(`mqtt://127.0.0.1:${port}`, [tag(1, 'plant/a')], listener);
    source.start();
    await until('it is told', () => listener.told.length > 0);
    expect(listener.told).toEqual([expect.stringMatching(/^lost: .*ECONNREFUSED/)]);
    await source.stop();
    expect(listener.told.at(-1)).toBe('stopped');
  });

  const restarts = Number(process.env['LINEPACK_RESTARTS'] ?? 5);
  (MOSQUITTO ? test : test.skip)(
    `is found again after each of ${restarts} restarts, over one connection`,
    async () => {
      const port = await freePort();
      let broker = await startMosquitto({ port });
      const wire = await Wire.to(port);
      const listener = new Listener();
      source = sourceAt(`mqtt://127.0.0.1:${wire.port}`, [tag(1, 'plant/a')], listener);
      source.start();
      const seconds: number[] = [];
      for (let n = 1; n <= restarts; n += 1) {
        await until('the subscription', () => source.state().monitored === 1);
        await broker.close();
        await until('the loss is told', () => source.state().state === 'connecting');
        broker = await startMosquitto({ port });
        const startedAt = performance.now();
        device = await mqtt.connectAsync(broker.url);
        await until('it is found', () => source.state().monitored === 1);
        await send('plant/a', n);
        await until('its value', () => listener.last(1)?.value === n);
        seconds.push((performance.now() - startedAt) / 1_000);
        expect(wire.connections).toBe(1);
        await device.endAsync();
      }
      if (restarts > 5) process.stderr.write(`back after at most ${Math.max(...seconds).toFixed(1)} s\n`);
      expect(listener.told.filter((t) => t === 'connected')).toHaveLength(restarts + 1);
      await source.stop();
      await wire.close();
      await broker.close();
    },
    60_000 + restarts * 20_000,
  );
});
