import { jest } from '@jest/globals';
import type { TagId } from '@linepack/network';
import mqtt from 'mqtt';
import { MqttSource } from '../src/acquisition/mqtt/mqtt-source';
import { systemTime } from '../src/time';
import { MOSQUITTO, startMosquitto } from './brokers';
import { until } from './house';
import { Listener, said } from './listener';

/** `LINEPACK_MESSAGES=20000` for a measurement; it prints messages a second. */
const MESSAGES = Number(process.env['LINEPACK_MESSAGES'] ?? 2_000);
/** As long as a batch of the collector takes to be committed on the embedded database. */
const COMMIT_MS = 10;
/** Well below what Mosquitto queues for a client, beyond which it drops. */
const OUTSTANDING_MAX = 80;

jest.setTimeout(240_000);

/** Durable as by the outbox: entries wait for company as long as the most impatient of them, then for the commit. */
function batching(): (patienceMs: number) => Promise<unknown> {
  let waiting: (() => void)[] = [];
  let dueAt = Infinity;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    dueAt = Infinity;
    setTimeout(() => batch.forEach((resolve) => resolve()), COMMIT_MS);
  };
  return (patienceMs) =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (performance.now() + patienceMs >= dueAt) return;
      clearTimeout(timer);
      dueAt = performance.now() + patienceMs;
      timer = setTimeout(flush, patienceMs);
    });
}

(MOSQUITTO ? test : test.skip)('Mosquitto as it comes: all messages, in order', async () => {
  const broker = await startMosquitto();
  const device = await mqtt.connectAsync(broker.url);
  const durable = batching();
  let sent = 0;
  const feed = (): void => {
    while (sent < MESSAGES && sent - listener.received.length < OUTSTANDING_MAX) {
      sent += 1;
      device.publish('plant/rtu', JSON.stringify({ v: sent, ts: Date.now() }), { qos: 1 });
    }
  };
  const listener = new Listener((patienceMs) => {
    feed();
    return durable(patienceMs);
  });
  const source = new MqttSource(
    { id: 'broker', name: { zh: '终端', en: 'RTU' }, kind: 'mqtt', url: broker.url },
    [{ tagId: 1 as TagId, address: { source: 'broker', topic: 'plant/rtu', path: 'v', timePath: 'ts' } }],
    listener,
    'throughput',
    systemTime,
    said.log,
  );
  source.start();
  await until('the subscription', () => source.state().monitored === 1);
  const startedAt = performance.now();
  feed();
  await until('all of them', () => listener.received.length >= MESSAGES);
  const seconds = (performance.now() - startedAt) / 1_000;
  if (MESSAGES > 2_000) process.stderr.write(`${Math.round(MESSAGES / seconds)} messages/s\n`);
  expect(listener.received.map((r) => r.value)).toEqual(Array.from({ length: MESSAGES }, (_, i) => i + 1));
  await device.endAsync();
  await source.stop();
  await broker.close();
});
