import { jest } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PartStatus } from '@linepack/contracts';
import mqtt from 'mqtt';
import { MOSQUITTO, startAedes, startMosquitto, type Broker } from './brokers';
import { House, spawnCollector, until } from './house';

jest.setTimeout(180_000);

const brokers: [string, () => Promise<Broker>][] = [['aedes', startAedes]];
if (MOSQUITTO || process.env['CI']) brokers.push(['Mosquitto', startMosquitto]);
else test.skip('with Mosquitto as the plant broker: no mosquitto on this machine', () => undefined);

describe('the collector as a process', () => {
  const house = new House();
  let child: ChildProcess | null = null;
  let sent = 0;

  // Nobody listens on port 1: a source that never answers.
  beforeAll(() => house.open({ opcua: 'opc.tcp://127.0.0.1:1', mqtt: '${PLANT_BROKER}' }));
  afterAll(async () => {
    child?.kill('SIGKILL');
    await house.close();
  });

  const status = () => house.collectors().at(-1);
  const brokerState = () => status()?.sources?.find((s) => s.sourceId === 'broker');
  const ended = async (process: ChildProcess): Promise<number | null> => {
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
    return process.exitCode;
  };
  const start = async (broker: Broker): Promise<ChildProcess> => {
    const from = house.heard.length;
    child = spawnCollector({ ...house.env, PLANT_BROKER: broker.url });
    await until('the broker is connected', () =>
      house.heard
        .slice(from)
        .some(
          ({ topic, message }) =>
            topic.startsWith('linepack/status/collector/') &&
            (message as PartStatus).sources?.some((s) => s.sourceId === 'broker' && s.monitored === 1),
        ),
    );
    return child;
  };
  /** Different values: each was sent once, and one that holds on may be stored again. */
  const stored = async (): Promise<number> =>
    new Set((await house.rows('regulator.p')).flatMap(({ value }) => value ?? [])).size;

  test.each(brokers)(
    'kill -9 with a spool on disk, plant broker %s: nothing acknowledged is lost',
    async (_name, run) => {
      const broker = await run();
      const device = await mqtt.connectAsync(broker.url);
      const send = async (count: number): Promise<void> => {
        const messages = Array.from({ length: count }, () => {
          sent += 1;
          return JSON.stringify({ ts: Date.now(), v: { p: sent }, q: 'good' });
        });
        await Promise.all(messages.map((m) => device.publishAsync('plant/regulator', m, { qos: 1 })));
      };

      let collector = await start(broker);
      await send(50);
      await until('the first values', async () => (await stored()) === sent);

      const port = await house.stopDatabase();
      await send(100);
      await until('a spool', () => (status()?.spool?.entries ?? 0) > 0);
      await send(100);
      collector.kill('SIGKILL');
      await ended(collector);
      const spool = join(house.data, 'collector', 'spool');
      expect(readdirSync(spool).length).toBeGreaterThan(0);

      // It starts without the database: from its copies on disk.
      collector = await start(broker);
      await send(50);
      await house.startDatabase(port);
      await until('every value', async () => (await stored()) === sent);
      await until('the spool is empty', () => status()?.database === 'up' && status()?.spool?.entries === 0);
      expect(brokerState()?.state).toBe('connected');

      collector.kill('SIGTERM');
      expect(await ended(collector)).toBe(0);
      expect(await stored()).toBe(sent);
      await device.endAsync();
      await broker.close();
    },
  );

  test('over all these restarts the silent server was one occurrence of one alarm', async () => {
    const { rows } = await house.pool.query<{ kind: string }>(
      "select kind from alarm_event where alarm_id = 'source:gate-plc:communication' order by seq",
    );
    expect(rows.map((r) => r.kind)).toEqual(['raised']);
  });

  test('it wrote into its own folder only, never into HOME', () => {
    // spawnCollector sets HOME to the data folder.
    expect(readdirSync(house.data)).toEqual(['collector']);
    expect(existsSync(join(house.data, 'collector', 'pki'))).toBe(true);
  });
});
