import { Aedes } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { isTopic, matches, Subscriptions, type Connection } from '../src/index';

/** Timers that run when they are told to. */
function timers() {
  const due: { ms: number; run: () => void }[] = [];
  return {
    due,
    after: (ms: number, run: () => void) => {
      const one = { ms, run };
      due.push(one);
      return { cancel: () => void (due.includes(one) && due.splice(due.indexOf(one), 1)) };
    },
    /** Runs what waits, and says how long it had waited. */
    pass: () => due.splice(0).map(({ ms, run }) => (run(), ms)),
  };
}

function listening() {
  const time = timers();
  const heard: string[] = [];
  const told: string[] = [];
  const subscriptions = new Subscriptions({
    after: time.after,
    onGranted: () => told.push('granted'),
    onRefused: (filters) => told.push(`refused ${filters.join()}`),
    onUnreadable: (topic) => told.push(`unreadable ${topic}`),
  });
  const hear = (filter: string) =>
    subscriptions.add(filter, (message, topic) => heard.push(`${topic} ${String(message)}`));
  return { subscriptions, time, heard, told, hear };
}

const settled = async (what: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};

describe('at a real broker', () => {
  let broker: Aedes;
  let server: Server;
  let client: MqttClient;
  let forbidden: string[];

  beforeEach(async () => {
    forbidden = [];
    broker = await Aedes.createBroker({
      authorizeSubscribe: (_client, subscription, done) =>
        done(null, forbidden.includes(subscription.topic) ? null : subscription),
    });
    server = createServer((socket) => broker.handle(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = await mqtt.connectAsync(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      resubscribe: false,
    });
  });
  afterEach(async () => {
    await client.endAsync(true);
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    server.close();
  });

  test('what it refuses does not keep the others from being heard, and is asked for until it is granted', async () => {
    forbidden = ['linepack/b'];
    const { subscriptions, time, heard, told, hear } = listening();
    client.on('message', (topic, payload) => subscriptions.deliver(topic, payload));
    hear('linepack/a');
    hear('linepack/b');
    subscriptions.opened(client);
    await settled(() => told.length === 2);
    expect(told).toEqual(['refused linepack/b', 'granted']);
    expect(subscriptions.refused).toEqual(['linepack/b']);
    await client.publishAsync('linepack/a', '1', { qos: 1 });
    await settled(() => heard.includes('linepack/a 1'));

    expect(time.pass()).toEqual([1_000]);
    await settled(() => time.due.some(({ ms }) => ms === 2_000));
    forbidden = [];
    time.pass();
    await settled(() => told.length === 4);
    expect(told.slice(2)).toEqual(['refused ', 'granted']);
    expect([subscriptions.refused, time.due]).toEqual([[], []]);
    await client.publishAsync('linepack/b', '2', { qos: 1 });
    await settled(() => heard.includes('linepack/b 2'));
  });
});

/** A connection whose answers the test gives. */
function silentBroker() {
  const asked: { filters: string[]; answer: (...codes: number[]) => void }[] = [];
  const connection = {
    subscribe: (filters: string[], _options: unknown, done: (...all: unknown[]) => void) =>
      asked.push({ filters, answer: (...granted) => done(null, [], { granted }) }),
  } as unknown as Connection;
  return { connection, asked };
}

test('a broker that does not answer is asked again', () => {
  const { subscriptions, time, hear } = listening();
  const { connection, asked } = silentBroker();
  hear('a');
  subscriptions.opened(connection);
  expect(time.pass()).toEqual([10_000]);
  expect(asked.map(({ filters }) => filters)).toEqual([['a'], ['a']]);
  asked[1]?.answer(1);
  expect(time.due).toEqual([]);
});

test('what comes to be wanted later is asked for at once, and alone', () => {
  const { subscriptions, hear, time } = listening();
  const { connection, asked } = silentBroker();
  hear('a');
  subscriptions.opened(connection);
  hear('b');
  asked[0]?.answer(1);
  expect(asked.map(({ filters }) => filters)).toEqual([['a'], ['b']]);
  expect(time.due).toHaveLength(1);
  asked[1]?.answer(0x80);
  expect(subscriptions.refused).toEqual(['b']);
});

test('an answer of a connection that has ended says nothing of the next', () => {
  const { subscriptions, hear, told } = listening();
  const [first, second] = [silentBroker(), silentBroker()];
  hear('a');
  subscriptions.opened(first.connection);
  subscriptions.opened(second.connection);
  first.asked[0]?.answer(0x80);
  expect(told).toEqual([]);
  subscriptions.closed();
  second.asked[0]?.answer(1);
  expect(told).toEqual([]);
});

test('a message that is not JSON is said, and an empty one is none', () => {
  const { subscriptions, hear, heard, told } = listening();
  hear('a/+');
  subscriptions.deliver('a/1', Buffer.from('no'));
  subscriptions.deliver('a/1', Buffer.from(''));
  subscriptions.deliver('a/1', Buffer.from('"yes"'));
  expect([heard, told]).toEqual([['a/1 yes'], ['unreadable a/1']]);
});

test.each([
  ['a/+', 'a/b', true],
  ['a/+', 'a/b/c', false],
  ['a/+', 'a', false],
  ['a/#', 'a/b/c', true],
  ['a/b', 'a/b', true],
  ['a.b', 'axb', false],
])('filter %s, topic %s: %s', (filter, topic, does) => expect(matches(filter, topic)).toBe(does));

test.each([
  ['linepack/alarm/event/gate', true],
  ['站/压力', true],
  ['linepack/#', false],
  ['linepack/+/a', false],
  ['', false],
  ['a\0b', false],
  ['站'.repeat(21_846), false],
])('%#: whether one may publish to a topic', (topic, may) => expect(isTopic(topic)).toBe(may));
