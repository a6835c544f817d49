import { jest } from '@jest/globals';
import { startBus, type Bus as Broker } from '@linepack/embedded';
import mqtt, { type MqttClient } from 'mqtt';
import { Bus } from '../src/bus';
import { MOSQUITTO, REFUSING_MOSQUITTO, startMosquitto } from './brokers';
import { quiet, until } from './house';
import { SpottingWire } from './spotting-wire';

jest.setTimeout(120_000);

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

  test('a message that this broker refuses is found and set aside, and the others are told', async () => {
    bus.tell('linepack/first', 1);
    bus.tell('$SYS/refused', 'the broker says such things itself');
    bus.tell('linepack/second', 2);
    await until('the second', () => heard.includes('linepack/second 2'));
    expect(bus.outgoing).toMatchObject({ setAside: 1 });
  });

  test('an event is told however often the line is cut, also at the event itself', async () => {
    const wire = await SpottingWire.to(broker.port);
    const far = new Bus({
      url: `mqtt://127.0.0.1:${wire.port}`,
      will: { topic: 'linepack/will', message: 'gone' },
      log: quiet,
    });
    await until('connected', () => far.isConnected);
    wire.cutAt('the alarm', 4);
    far.tell('linepack/event', 'the alarm');
    far.tell('linepack/after', 'the next');
    await until('told', () => heard.includes('linepack/after "the next"'));
    expect(heard.filter((h) => h.startsWith('linepack/event'))).toEqual(['linepack/event "the alarm"']);
    expect([wire.cuts, far.outgoing.setAside]).toEqual([4, 0]);
    await far.close();
    await wire.close();
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

(MOSQUITTO === undefined ? describe.skip : describe)('at Mosquitto', () => {
  test('a message larger than the broker takes is set aside, and the others are told', async () => {
    const broker = await startMosquitto({ mostBytes: 2_000 });
    const bus = new Bus({ url: broker.url, will: { topic: 'linepack/will', message: 'gone' }, log: quiet });
    const heard: string[] = [];
    bus.subscribe('linepack/#', (message) => heard.push(String(message)));
    bus.tell('linepack/first', 'first');
    bus.tell('linepack/large', 'x'.repeat(4_000));
    bus.tell('linepack/second', 'second');
    await until('the second', () => heard.includes('second'));
    expect(heard.filter((word) => word !== 'gone' && word.length < 10)).toEqual(['first', 'second']);
    expect(bus.outgoing).toEqual({ waiting: 0, dropped: 0, setAside: 1 });
    await bus.close();
    await broker.close();
  });
});

(REFUSING_MOSQUITTO ? test : test.skip)(
  'what the broker does not let it hear it says, and asks for again',
  async () => {
    const broker = await startMosquitto({ refuse: 'linepack/alarm/command/+' });
    const bus = new Bus({ url: broker.url, will: { topic: 'linepack/will', message: 'gone' }, log: quiet });
    bus.subscribe('linepack/alarm/command/+', () => undefined);
    bus.subscribe('linepack/ask/live', () => undefined);
    await until('it is known', () => bus.deafTo.length > 0);
    expect(bus.deafTo).toEqual(['linepack/alarm/command/+']);
    await bus.close();
    await broker.close();
  },
);
