import { jest } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  TOPIC,
  type AlarmCommandReply,
  type AlarmEventMessage,
  type LiveBatch,
  type PartStatus,
} from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import { AlarmRepository, LeaseRepository, type Queryable } from '@linepack/store';
import { AlarmEngine } from '../src/alarm/alarm-engine';
import { PartitionOwnership } from '../src/alarm/partition-ownership';
import { Peers } from '../src/alarm/peers';
import { startCollector, type Collector } from '../src/collector';
import { readSettings } from '../src/settings';
import { systemTime } from '../src/time';
import { House, quiet, spawnCollector, until } from './house';
import { PRESSURE, STATION, definitions, pressureOf } from './one-alarm';
import { OpcUaPlant } from './opcua-plant';

jest.setTimeout(180_000);

const house = new House();
let plant: OpcUaPlant;
beforeAll(async () => {
  plant = await OpcUaPlant.start(house.folder, ['P', 'T']);
  // Nobody listens on port 1: only the OPC UA server is needed here.
  await house.open({ opcua: plant.url, mqtt: 'mqtt://127.0.0.1:1' });
});
afterAll(async () => {
  await plant.stop();
  await house.close();
});

/** As if the time of every lease had passed. */
const letLeasesRunOut = () => house.pool.query('update partition_lease set expires_at = clock_timestamp()');
const journal = async (alarmId: string): Promise<string[]> => {
  const { rows } = await house.pool.query<{ line: string }>(
    `select kind || ' ' || occurrence || ', epoch ' || owner_epoch as line from alarm_event
     where alarm_id = $1 order by seq limit 1000`,
    [alarmId],
  );
  return rows.map((r) => r.line);
};

describe('two collectors beside each other', () => {
  const envOf = (name: string) => ({ ...house.env, LINEPACK_DATA: join(house.folder, name) });
  let process: ChildProcess | undefined;
  let second: Collector | undefined;
  afterAll(async () => {
    process?.kill('SIGKILL');
    await second?.stop();
  });

  /** Who holds the partition now, and under which epoch. */
  const lease = async (partition: string): Promise<{ owner: string; epoch: number } | undefined> =>
    (await new LeaseRepository(house.pool).held()).find((l) => l.partition === partition);
  const ownerOf = (epoch: number) => async (): Promise<string | null> => {
    const held = await lease('gate');
    return held?.epoch === epoch ? held.owner : null;
  };
  const told = () =>
    house
      .messages<AlarmEventMessage>('linepack/alarm/event/gate')
      .filter((m) => m.event.alarmId === 'tag:gate.p:H')
      .map(({ event, epoch }) => `${event.kind} ${event.occurrence}, epoch ${epoch}`);
  /** How often a screen was told the value. */
  const screensTold = (value: number): number =>
    house
      .messages<LiveBatch>('linepack/live/gate')
      .filter((batch) => batch.samples.some((sample) => sample[3] === value)).length;
  const status = (owner: string) => house.messages<PartStatus>(TOPIC.collectorStatus(owner)).at(-1);

  test('each watches its share; one takes over when the other died, and that one finds its place taken', async () => {
    process = spawnCollector(envOf('first'));
    const first = await until('the first has the gate', ownerOf(1));
    second = await startCollector(readSettings(envOf('second')), quiet);
    await until('the second has its share', async () => (await lease('regulator'))?.owner !== first);
    await until(
      'the source of its station is left to the first alone',
      () => status(first)?.partitions?.join() === 'gate,network',
    );
    await until('one session', () => plant.sessions === 1);
    plant.set('P', 4.5);
    await until('raised', async () => (await journal('tag:gate.p:H')).length === 1);
    await until('the screens have it', () => screensTold(4.5) > 0);
    expect(screensTold(4.5)).toBe(1);

    const died = once(process, 'exit');
    process.kill('SIGKILL');
    await died;
    const next = await until('the second has the gate', ownerOf(2));
    expect(next).not.toBe(first);
    await until('the broker says that the first is lost', () => status(first)?.state === 'down');
    plant.set('P', 3);
    await until('returned', () => told().length === 2);

    process = spawnCollector(envOf('first'));
    await until('the first has its share', () => status(first)?.partitions?.length === 1);
    expect((await lease('gate'))?.owner).toBe(next);
    plant.set('P', 4.6);
    await until('raised again', () => told().length >= 3);
    const command = {
      commandId: 'c',
      replyTo: 'linepack/reply/test',
      at: 0,
      deadline: Number.MAX_SAFE_INTEGER,
      kind: 'acknowledge',
    };
    const what = { alarmId: 'tag:gate.p:H', occurrence: 2, position: 'station', actor: 'li', comment: '' };
    await house.listener.publishAsync('linepack/alarm/command/gate', JSON.stringify({ ...command, ...what }));
    await until('acknowledged', () => told().length >= 4);
    plant.set('P', 3.1);
    await until('returned again', () => told().length >= 5);
    const expected = [
      'raised 1, epoch 1',
      'returned 1, epoch 2',
      'raised 2, epoch 2',
      'acknowledged 2, epoch 2',
      'returned 2, epoch 2',
    ];
    expect(told()).toEqual(expected);
    await until('the journal has all', async () => (await journal('tag:gate.p:H')).length >= 5);
    expect(await journal('tag:gate.p:H')).toEqual(expected);
    const replies = () => house.messages<AlarmCommandReply>('linepack/reply/test');
    await until('the reply', () => replies().length > 0);
    expect(replies()).toMatchObject([{ ok: true, durable: 'journal' }]);
  });
});

/** The alarms of one collector, with a clock of its own and a way to the database that can stand still. */
class Contender {
  private ahead = 0;
  private waking: Promise<void> = Promise.resolve();
  wake: () => void = () => undefined;
  readonly told: string[] = [];
  /** The others that lived at its last round. */
  members: readonly string[] = [];
  readonly engine: AlarmEngine;
  readonly ownership: PartitionOwnership;

  constructor(readonly owner: string) {
    const alarms = new AlarmRepository(house.pool);
    const slow = {
      query: async (text: string, values: unknown[]) => {
        await this.waking;
        return house.pool.query(text, values);
      },
    } as Queryable;
    this.engine = new AlarmEngine({
      time: this.time,
      tell: (topic) => this.told.push(topic),
      journal: async (entries) => {
        await alarms.append(entries);
        return 'journal';
      },
      onChange: () => undefined,
      states: () => undefined,
      doubt: () => this.ownership.doubt(),
      log: quiet,
    });
    this.ownership = new PartitionOwnership({
      owner,
      session: randomUUID(),
      leases: new LeaseRepository(slow),
      alarms,
      waiting: () => [],
      engine: this.engine,
      peers: new Peers(owner, this.time),
      copies: {
        alarms: { read: () => null },
        leases: {
          read: () => null,
          write: ({ members }) => {
            this.members = members;
            return true;
          },
        },
      },
      time: this.time,
      onOwned: () => undefined,
      onDatabase: () => undefined,
      onLeases: () => undefined,
      log: quiet,
    });
    this.engine.configure(definitions);
  }

  private readonly now = (): Micros => (systemTime.now() + this.ahead) as Micros;
  private readonly time = { ...systemTime, now: this.now };

  /** Nothing of its own goes on until `wake`; then a minute is gone. */
  sleep(): void {
    this.waking = new Promise((resolve) => {
      this.wake = () => {
        this.ahead += 60_000_000;
        resolve();
      };
    });
  }

  measure(value: number): void {
    this.engine.present([pressureOf(value, this.now())]);
  }

  async stop(): Promise<void> {
    this.wake();
    this.engine.stop();
    await this.ownership.stop();
  }
}

const contenders: Contender[] = [];
afterEach(async () => {
  await Promise.all(contenders.splice(0).map((one) => one.stop()));
});

test('an owner who slept through the loss of its lease does not say or write another word', async () => {
  const [sleeper, successor] = [new Contender('sleeper'), new Contender('successor')];
  contenders.push(sleeper, successor);
  sleeper.ownership.want([STATION]);
  await until('the sleeper owns it', () => sleeper.engine.owns(STATION));
  successor.ownership.want([STATION]);
  // One that never heard of another goes on: nobody could have taken over.
  await until('the sleeper knows of the other', () => sleeper.members.length === 1);
  sleeper.measure(4.5);
  successor.measure(4.5);
  await until('raised', async () => (await journal(PRESSURE)).length === 1);

  await until('its table is told', () => sleeper.told.length > 1);
  sleeper.sleep();
  await letLeasesRunOut();
  await until('the successor owns it', () => successor.engine.owns(STATION));
  successor.measure(3);
  successor.measure(4.6);
  await until('the successor writes', async () => (await journal(PRESSURE)).length === 3);

  const said = sleeper.told.length;
  sleeper.wake();
  sleeper.measure(3);
  sleeper.measure(4.6);
  sleeper.engine.publishAll();
  const reply = sleeper.engine.command(STATION, {
    commandId: 'c',
    replyTo: '',
    at: 0,
    deadline: Number.MAX_SAFE_INTEGER,
    kind: 'acknowledge',
    alarmId: PRESSURE,
    occurrence: 2,
    position: 'station',
    actor: 'li',
    comment: '',
  });
  expect(await reply).toMatchObject({ ok: false, code: 'notDurable' });
  await until('the sleeper gave it up', () => !sleeper.engine.owns(STATION));
  expect(sleeper.told).toHaveLength(said);
  expect(await journal(PRESSURE)).toEqual(['raised 1, epoch 1', 'returned 1, epoch 2', 'raised 2, epoch 2']);
  expect(await new AlarmRepository(house.pool).states(STATION)).toMatchObject([
    { ownerEpoch: 2, alarm: { occurrence: 2, letter: 'B' } },
  ]);
});
