import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startBus } from '@linepack/embedded';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { z } from 'zod';
import { BusClient } from '../src/bus/bus-client';
import { until } from './world';

test('what is to be retained while the bus is being left is left unsaid, and rejects nothing', async () => {
  const bus = await startBus();
  const client = new BusClient(bus.url, 'test', pino({ level: 'silent' }));
  client.open();
  await until(
    () => client.state,
    (state) => state === 'up',
  );
  const closing = client.close();
  await expect(client.retain('linepack/status/api', {})).resolves.toBeUndefined();
  await closing;
  await bus.close();
});

test('one topic that the bus refuses is said and asked for again, and keeps nothing else from being heard', async () => {
  let forbidden = 'linepack/alarm/event/+';
  const broker = await Aedes.createBroker({
    authorizeSubscribe: (_client, subscription, done) =>
      done(null, subscription.topic === forbidden ? null : subscription),
  });
  const server = createServer((socket) => broker.handle(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new BusClient(url, 'test', pino({ level: 'silent' }));
  const heard: string[] = [];
  let granted = 0;
  for (const filter of [forbidden, 'linepack/loss/updated'])
    client.subscribe(filter, z.unknown(), (_message, topic) => heard.push(topic));
  client.onConnected(() => (granted += 1));
  client.open();
  await until(
    () => client.deafTo,
    (topics) => topics.length === 1,
  );
  expect([client.state, granted]).toEqual(['up', 1]);
  await client.publish('linepack/loss/updated', {});

  forbidden = '';
  await until(
    () => granted,
    (times) => times === 2,
  );
  expect(client.deafTo).toEqual([]);
  await client.publish('linepack/alarm/event/gate', {});
  await until(
    () => heard,
    (topics) => topics.length === 2,
  );
  expect(heard).toEqual(['linepack/loss/updated', 'linepack/alarm/event/gate']);
  await client.close();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  server.close();
});
