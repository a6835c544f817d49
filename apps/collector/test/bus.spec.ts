import { jest } from '@jest/globals';
import { startBus, type Bus as Broker } from '@linepack/embedded';
import fc from 'fast-check';
import mqtt, { type MqttClient } from 'mqtt';
import { Bus } from '../src/bus';
import { OutgoingQueue, type Outgoing, type Standing } from '../src/bus-outgoing';
import { quiet, until } from './house';

jest.setTimeout(120_000);

const message = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  topic: `t/${text}`,
  text,
  retain: false,
  standing: () => 'holds',
  ...more,
});

describe('what waits for the bus', () => {
  const queueOf = (...texts: string[]) => {
    const aside: string[] = [];
    const queue = new OutgoingQueue((m) => aside.push(m.text));
    texts.forEach((text) => queue.add(message(text)));
    return { queue, aside, send: () => queue.next().map((m) => m.text) };
  };

  test('goes in order, and again in that order when the connection ended before it was acknowledged', () => {
    const { queue, send } = queueOf('a', 'b', 'c');
    expect(send()).toEqual(['a', 'b', 'c']);
    queue.disconnected();
    expect(send()).toEqual(['a']);
  });

  test('one at which connections end again and again is set aside, and only that', () => {
    const { queue, aside } = queueOf('a', 'b', 'poison', 'c', 'd');
    const arrived: string[] = [];
    for (let connection = 0; connection < 6; connection += 1) {
      for (let sent = queue.next(); sent.length > 0; sent = queue.next()) {
        const poison = sent.findIndex((m) => m.text === 'poison');
        // What the broker took before it ended the connection may be acknowledged or not: here it is not.
        if (poison >= 0) break;
        sent.forEach((m) => {
          arrived.push(m.text);
          queue.acknowledged(m);
        });
      }
      queue.disconnected();
    }
    expect(arrived).toEqual(['a', 'b', 'c', 'd']);
    expect(aside).toEqual(['poison']);
    expect(queue.counts).toEqual({ waiting: 0, dropped: 0, setAside: 1 });
  });

  test('a bus that goes away again and again costs no message when it is not at the same one', () => {
    const { queue, aside } = queueOf('a', 'b', 'c', 'd');
    for (let connection = 0; connection < 20; connection += 1) {
      const [first] = queue.next();
      if (first) queue.acknowledged(first);
      queue.next();
      queue.disconnected();
    }
    expect(aside).toEqual([]);
  });

  test('is asked again whether it holds when it is sent; while that is unsure all wait', () => {
    const { queue, send } = queueOf();
    let standing: Standing = 'unsure';
    queue.add(message('mine', { standing: () => standing }));
    queue.add(message('later'));
    expect(send()).toEqual([]);
    expect(queue.isHeldUp).toBe(true);
    standing = 'void';
    expect(send()).toEqual(['later']);
    expect(queue.counts.waiting).toBe(1);
  });

  test('is bounded: a retained word is there once, and the oldest passing one makes room', () => {
    const { queue } = queueOf();
    for (let i = 0; i < 20; i += 1) queue.add(message(`${i}`, { topic: 'table', retain: true }));
    expect(queue.counts.waiting).toBe(1);
    for (let i = 0; i < 10_005; i += 1) queue.add(message(`e${i}`));
    expect(queue.counts).toMatchObject({ waiting: 10_000, dropped: 6 });
    expect(queue.next()[0]?.text).toBe('19');
  });

  test('whatever the connections do, what is acknowledged is each message once, in order, but for the poison', () => {
    const connection = fc.record({ takes: fc.nat(6), acknowledges: fc.nat(6) });
    fc.assert(
      fc.property(
        fc.array(connection, { maxLength: 40 }),
        fc.array(fc.boolean(), { maxLength: 12 }),
        (connections, poisons) => {
          const queue = new OutgoingQueue(() => undefined);
          poisons.forEach((isPoison, i) => queue.add(message(isPoison ? `poison${i}` : `${i}`)));
          const arrived: string[] = [];
          // Enough connections at the end for every poison to be found.
          const many = Array.from({ length: 60 }, () => ({ takes: 50, acknowledges: 50 }));
          for (const { takes, acknowledges } of [...connections, ...many]) {
            let left = Math.max(takes, 1);
            for (let sent = queue.next(); sent.length > 0 && left > 0; sent = queue.next()) {
              const good = sent.slice(0, acknowledges === 0 ? 0 : left);
              const end = good.findIndex((m) => m.text.startsWith('poison'));
              for (const m of end >= 0 ? good.slice(0, end) : good) {
                arrived.push(m.text);
                queue.acknowledged(m);
              }
              if (end >= 0 || good.length < sent.length) break;
              left -= good.length;
            }
            queue.disconnected();
          }
          const kept = arrived.map(Number);
          expect(kept).toEqual([...kept].sort((a, b) => a - b));
          expect(new Set(kept).size).toBe(kept.length);
          expect(queue.counts.waiting).toBe(0);
        },
      ),
    );
  });
});

describe('the bus', () => {
  let broker: Broker;
  let listener: MqttClient;
  let bus: Bus;
  let heard: string[];
  beforeEach(async () => {
    broker = await startBus();
    heard = [];
    listener = await mqtt.connectAsync(broker.url);
    listener.on('message', (topic, payload) => heard.push(`${topic} ${String(payload)}`));
    await listener.subscribeAsync('linepack/#', { qos: 1 });
    bus = new Bus({ url: broker.url, will: { topic: 'linepack/will', message: 'gone' }, log: quiet });
    await until('connected', () => bus.isConnected);
  });
  afterEach(async () => {
    await bus.close();
    await listener.endAsync();
    await broker.close();
  });

  test('a topic that no broker takes does not cut the collector off', async () => {
    bus.tell('linepack/first', 1);
    bus.tell('linepack/#', 'an answer to a bad command');
    bus.tell('linepack/second', 2);
    await until('the second', () => heard.includes('linepack/second 2'));
    expect(heard.filter((h) => h !== 'linepack/will "gone"').slice(0, 1)).toEqual(['linepack/first 1']);
    expect(bus.outgoing).toMatchObject({ setAside: 1 });
    await until('nothing waits', () => bus.outgoing.waiting === 0);
    expect(bus.isConnected).toBe(true);
  });

  test('what is told while it is away is told when it is back, unless it holds no more', async () => {
    const { port } = broker;
    await listener.endAsync();
    await broker.close();
    await until('away', () => !bus.isConnected);
    let isMine = true;
    bus.tell('linepack/kept', 'said', { keep: 'retained' });
    bus.tell('linepack/lost', 'his to say', {
      keep: 'retained',
      standing: () => (isMine ? 'holds' : 'void'),
    });
    isMine = false;
    broker = await startBus({ port });
    listener = await mqtt.connectAsync(broker.url);
    listener.on('message', (topic, payload) => heard.push(`${topic} ${String(payload)}`));
    await until('told', () => bus.isConnected && bus.outgoing.waiting === 0);
    await listener.subscribeAsync('linepack/#', { qos: 1 });
    await until('heard', () => heard.includes('linepack/kept "said"'));
    expect(heard.filter((h) => h.startsWith('linepack/lost'))).toEqual([]);
  });

  test('a retained word is taken back', async () => {
    bus.tell('linepack/status/collector', 'old', { keep: 'retained' });
    bus.forget('linepack/status/collector');
    await until('told', () => bus.outgoing.waiting === 0);
    const late = await mqtt.connectAsync(broker.url);
    const found: string[] = [];
    late.on('message', (topic) => found.push(topic));
    await late.subscribeAsync('linepack/#', { qos: 1 });
    await late.publishAsync('linepack/end', '', { qos: 1 });
    await until('the end', () => found.includes('linepack/end'));
    expect(found).toEqual(['linepack/end']);
    await late.endAsync();
  });
});
