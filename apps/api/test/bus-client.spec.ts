import { startBus } from '@linepack/embedded';
import { pino } from 'pino';
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
