import { jest } from '@jest/globals';
import { readSettings } from '../src/settings';
import { startCollector, type Collector } from '../src/collector';
import {
  TOPIC,
  type AlarmCommandReply,
  type AlarmEventMessage,
  type AlarmTableMessage,
  type LiveBatch,
  type PartStatus,
  type Position,
} from '@linepack/contracts';
import { QUALITY } from '@linepack/telemetry';
import { Aedes } from 'aedes';
import { createServer, type AddressInfo, type Server } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { StatusCodes } from 'node-opcua';
import { startBus } from '@linepack/embedded';
import { House, quiet, until } from './house';
import { OpcUaPlant } from './opcua-plant';

jest.setTimeout(120_000);

describe('a collector between a plant, a bus and a database', () => {
  const house = new House();
  let plant: OpcUaPlant;
  let broker: Server;
  let aedes: Aedes;
  let device: MqttClient;
  let collector: Collector;

  beforeAll(async () => {
    aedes = await Aedes.createBroker();
    broker = createServer((socket) => aedes.handle(socket));
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    const mqttUrl = `mqtt://127.0.0.1:${(broker.address() as AddressInfo).port}`;
    plant = await OpcUaPlant.start(house.folder, ['P', 'T'], 0);
    plant.set('P', 3);
    await house.open({ opcua: plant.url, mqtt: mqttUrl });
    collector = await startCollector(readSettings(house.env), quiet);
    device = await mqtt.connectAsync(mqttUrl);
    await until('both sources are connected', () => status()?.sources?.every((s) => s.state === 'connected'));
  });

  afterAll(async () => {
    await collector.stop();
    await device.endAsync();
    await plant.stop();
    await new Promise<void>((resolve) => aedes.close(() => broker.close(() => resolve())));
    await house.close();
  });

  const status = () => house.collectors().at(-1);
  const events = (partition = 'gate') =>
    house.messages<AlarmEventMessage>(`linepack/alarm/event/${partition}`).map((m) => m.event);
  const stored = (key: string, value: number | null) => async () =>
    (await house.rows(key)).find((r) => r.value === value);
  const send = (body: unknown) => device.publishAsync('plant/regulator', JSON.stringify(body), { qos: 1 });
  const acknowledge = async (
    alarmId: string,
    occurrence: number,
    commandId: string,
    position: Position = 'station',
  ): Promise<AlarmCommandReply> => {
    const command = {
      commandId,
      replyTo: 'linepack/reply/test',
      at: 0,
      deadline: Number.MAX_SAFE_INTEGER,
      kind: 'acknowledge',
      alarmId,
      occurrence,
    };
    const who = { position, actor: 'li', comment: 'seen' };
    const before = house.messages('linepack/reply/test').length;
    await house.listener.publishAsync('linepack/alarm/command/gate', JSON.stringify({ ...command, ...who }), {
      qos: 1,
    });
    return until('the reply', () => house.messages<AlarmCommandReply>('linepack/reply/test')[before]);
  };

  test('an OPC UA value arrives with its source time and quality', async () => {
    const at = new Date(Date.now() - 5_000);
    plant.set('P', 3.25, StatusCodes.UncertainSensorNotAccurate, at);
    const row = await until('the value', stored('gate.p', 3.25));
    expect(row).toEqual({
      us: at.getTime() * 1_000,
      quality: StatusCodes.UncertainSensorNotAccurate.value,
      value: 3.25,
    });
  });

  test('an MQTT value arrives scaled, with its source time and quality; rubbish arrives as bad', async () => {
    const ts = Date.now() - 3_000;
    await send({ ts, v: { p: 400 }, q: 'good' });
    expect(await until('the value', stored('regulator.p', 0.4))).toEqual({
      us: ts * 1_000,
      quality: 0,
      value: 0.4,
    });
    await send({ ts: ts + 1, v: { p: 'broken' }, q: 'good' });
    const bad = await until('the bad value', stored('regulator.p', null));
    expect(bad).toEqual({ us: (ts + 1) * 1_000, quality: QUALITY.BadDecodingError, value: null });
  });

  test('a node the server does not know is counted, named, and its tag is bad', async () => {
    const source = await until('the count', () =>
      status()?.sources?.find((s) => s.sourceId === 'gate-plc' && s.rejected === 1),
    );
    expect(source).toMatchObject({
      monitored: 2,
      error: expect.stringContaining('NOWHERE BadNodeIdUnknown'),
    });
    const row = await until('a sample', async () => (await house.rows('gate.x'))[0]);
    expect(row).toMatchObject({ quality: StatusCodes.BadNodeIdUnknown.value | 0, value: null });
  });

  test('changed values go to the screens', async () => {
    plant.set('T', 21.5);
    await until('the live batch', () =>
      house.messages<LiveBatch>('linepack/live/gate').some((b) => b.samples.some((s) => s[3] === 21.5)),
    );
  });

  test('an alarm is raised, acknowledged once and returns; its journal is in order', async () => {
    plant.set('P', 4.5);
    const raised = await until('raised', () =>
      events().find((e) => e.alarmId === 'tag:gate.p:H' && e.kind === 'raised'),
    );
    expect(raised).toMatchObject({ occurrence: 1, value: 4.5, limit: 4, seq: null, state: { letter: 'B' } });
    expect(await acknowledge('tag:gate.p:H', 7, 'c-0')).toMatchObject({ ok: false, code: 'otherOccurrence' });
    const reply = await acknowledge('tag:gate.p:H', 1, 'c-1');
    expect(reply).toMatchObject({
      ok: true,
      durable: 'journal',
      alarm: { letter: 'C', noted: { station: { by: 'li' } } },
    });
    // The same command once more: the same answer, no second event.
    expect(await acknowledge('tag:gate.p:H', 1, 'c-1')).toEqual(reply);
    expect(await acknowledge('tag:gate.p:XX', 1, 'c-2')).toMatchObject({ ok: false, code: 'unknownAlarm' });
    plant.set('P', 3);
    await until('returned', () =>
      events().find((e) => e.alarmId === 'tag:gate.p:H' && e.kind === 'returned'),
    );
    const journal = await until('three entries', async () => {
      const { rows } = await house.pool.query(
        "select kind from alarm_event where alarm_id = 'tag:gate.p:H' order by seq",
      );
      return rows.length === 3 && rows.map((r) => r.kind);
    });
    expect(journal).toEqual(['raised', 'acknowledged', 'returned']);
    // Normal again, but dispatch has not noted it: it stays on the table until dispatch has.
    const table = () => house.messages<AlarmTableMessage>('linepack/alarm/table/gate').at(-1)?.alarms;
    const owed = await until('the table after the return', () => table()?.find((a) => a.letter === 'A'));
    expect(owed).toMatchObject({ alarmId: 'tag:gate.p:H', noted: { station: { by: 'li' }, dispatch: null } });
    expect(await acknowledge('tag:gate.p:H', 1, 'c-dispatch', 'dispatch')).toMatchObject({
      ok: true,
      alarm: { letter: 'A', noted: { dispatch: { by: 'li' } } },
    });
    await until('an empty table', () => table()?.length === 0);
  });

  test('while the database is away alarms go on; afterwards everything is there, once and in order', async () => {
    const port = await house.stopDatabase();
    const from = events().length;
    plant.set('P', 4.4);
    const raised = await until('raised', () =>
      events()
        .slice(from)
        .find((e) => e.kind === 'raised'),
    );
    expect(raised.seq).toBeNull();
    await until('away', () => status()?.database === 'away' && (status()?.spool?.entries ?? 0) > 0);
    const table = await until('the table', () =>
      house
        .messages<AlarmTableMessage>('linepack/alarm/table/gate')
        .findLast((t) => t.unjournalled.length > 0),
    );
    expect(table.unjournalled).toContain('tag:gate.p:H');
    expect(table.alarms.map((a) => a.alarmId)).toContain('tag:gate.p:H');
    expect(await acknowledge('tag:gate.p:H', 2, 'c-3')).toMatchObject({ ok: true, durable: 'spool' });
    await send({ ts: 1_750_000_000_000, v: { p: 361 }, q: 'good' });
    plant.set('P', 3.1);
    await until('returned', () =>
      events()
        .slice(from)
        .find((e) => e.kind === 'returned'),
    );

    await house.startDatabase(port);
    await until('the spool is empty', () => status()?.database === 'up' && status()?.spool?.entries === 0);
    const { rows } = await house.pool.query<{ kind: string; event_id: string }>(
      "select kind, event_id from alarm_event where alarm_id = 'tag:gate.p:H' and occurrence = 2 order by seq",
    );
    expect(rows.map((r) => r.kind)).toEqual(['raised', 'acknowledged', 'returned']);
    const told = house
      .messages<{ entries: { eventId: string }[] }>('linepack/alarm/journalled')
      .flatMap((m) => m.entries.map((e) => e.eventId));
    expect(told).toEqual(expect.arrayContaining(rows.map((r) => r.event_id)));
    // Its stamp is of last year: a word of now tells that it had waited.
    await send({ ts: Date.now(), v: { p: 362 }, q: 'good' });
    await until('the old message is stored', stored('regulator.p', 0.361));
    expect(await stored('gate.p', 4.4)()).toBeDefined();
    expect(await stored('gate.p', 3.1)()).toBeDefined();
  });

  test('a server that goes leaves a bad sample a tag and one alarm, and is found again with one connection', async () => {
    const from = events('network').length;
    const { port } = plant;
    await plant.stop();
    const raised = await until('the alarm', () =>
      events('network')
        .slice(from)
        .find((e) => e.kind === 'raised'),
    );
    expect(raised.alarmId).toBe('source:gate-plc:communication');
    for (const key of ['gate.p', 'gate.t']) {
      const row = await until(`bad ${key}`, async () =>
        (await house.rows(key)).findLast((r) => r.value === null),
      );
      expect(row.quality).toBe(QUALITY.BadNoCommunication);
    }
    const old = new Date(Date.now() - 60_000);
    plant = await OpcUaPlant.start(house.folder, ['P', 'T'], port);
    plant.set('P', 3.3, StatusCodes.Good, old);
    await until('the value', stored('gate.p', 3.3));
    await until('the alarm returned', () =>
      events('network')
        .slice(from)
        .find((e) => e.kind === 'returned'),
    );
    // The value is older than the silence: the newest word must be the value all the same.
    await until('the newest word is good', async () => (await house.rows('gate.p')).at(-1)?.quality === 0);
    expect(plant.sessions).toBe(1);
    expect(
      events('network')
        .slice(from)
        .filter((e) => e.kind === 'raised'),
    ).toHaveLength(1);
    const { rows } = await house.pool.query<{ state: string }>(
      "select state from source_coverage where source_id = 'gate-plc' order by from_ts",
    );
    expect(rows.map((r) => r.state).slice(-3)).toEqual(['connected', 'disconnected', 'connected']);
  });

  test('a loss condition of the worker becomes an alarm that dispatch acknowledges', async () => {
    const condition = {
      alarmId: 'area:city:loss',
      areaId: 'city',
      stationId: null,
      class: 'loss',
      condition: 'loss',
      priority: 2,
      name: { zh: '全网', en: 'City' },
      active: true,
      at: 1_750_000_000_000_000,
      value: 1.4,
      limit: 1,
      unit: '%',
      subject: '2026-03-01',
    };
    const topic = 'linepack/condition/network/area:city:loss';
    await house.listener.publishAsync(topic, JSON.stringify(condition), { qos: 1, retain: true });
    const raised = await until('the alarm', () =>
      events('network').find((e) => e.alarmId === 'area:city:loss'),
    );
    expect(raised).toMatchObject({
      kind: 'raised',
      value: 1.4,
      limit: 1,
      state: { letter: 'B', areaId: 'city' },
    });
  });

  test('what another collector says is wrong with itself is an alarm of the owner, and ours is told to the others', async () => {
    const word = {
      instance: 'another',
      at: Date.now() * 1_000,
      spoolIsFull: true,
      spoolBytes: 9,
      setAside: 0,
    };
    const topic = TOPIC.collectorTroubles('another');
    const say = (more: object) =>
      house.listener.publishAsync(topic, JSON.stringify({ ...word, ...more }), { qos: 1, retain: true });
    const told = (kind: string) => () =>
      events('network').find((e) => e.alarmId === 'network:spoolFull' && e.kind === kind);
    await say({});
    expect(await until('the alarm', told('raised'))).toMatchObject({ state: { priority: 1 } });
    await say({ at: word.at + 1, spoolIsFull: false });
    await until('the return', told('returned'));
    const own = house.heard.filter((h) => h.topic === TOPIC.collectorTroubles(status()?.instance ?? ''));
    expect(own.length).toBeGreaterThan(0);
  });

  test('a whole station that says it cannot be heard is one alarm, and its return ends it', async () => {
    const from = events().length;
    for (const node of ['P', 'T']) plant.set(node, 0, StatusCodes.BadNoCommunication);
    const silent = await until('the alarm', () =>
      events()
        .slice(from)
        .find((e) => e.kind === 'raised'),
    );
    expect(silent.alarmId).toBe('station:gate:communication');
    for (const node of ['P', 'T']) plant.set(node, 3.2);
    await until('the return', () =>
      events()
        .slice(from)
        .find((e) => e.kind === 'returned'),
    );
    expect(events().slice(from)).toHaveLength(2);
  });

  test('the bus restarts: status and alarm tables are there again by themselves', async () => {
    const { port } = house.bus;
    await house.bus.close();
    house.heard.length = 0;
    house.bus = await startBus({ port });
    await until('the status', () => status());
    const table = await until('the table', () =>
      house.messages<AlarmTableMessage>('linepack/alarm/table/network').at(-1),
    );
    expect(table.alarms.map((a) => a.alarmId)).toContain('area:city:loss');
  });

  test('health and metrics are served', async () => {
    const health = (await (
      await fetch(`http://127.0.0.1:${collector.healthPort}/health`)
    ).json()) as PartStatus;
    expect(health).toMatchObject({ part: 'collector', database: 'up' });
    const metrics = await (await fetch(`http://127.0.0.1:${collector.healthPort}/metrics`)).text();
    expect(metrics).toMatch(/^linepack_collector_source_up\{source="gate-plc"\} 1$/m);
  });
});
