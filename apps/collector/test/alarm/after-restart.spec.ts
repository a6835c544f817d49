import { jest } from '@jest/globals';
import type { AlarmEventMessage, LiveBatch, PartStatus } from '@linepack/contracts';
import { StatusCodes } from 'node-opcua';
import { startCollector, type Collector } from '../../src/collector';
import { readSettings } from '../../src/settings';
import { House, quiet, until } from '../house';
import { OpcUaPlant } from '../opcua-plant';

jest.setTimeout(180_000);

const house = new House();
let plant: OpcUaPlant;
let collector: Collector | undefined;
beforeAll(async () => {
  plant = await OpcUaPlant.start(house.folder, ['P', 'T']);
  plant.set('P', 3);
  // Nobody listens on port 1: only the OPC UA server is needed here.
  await house.open({ opcua: plant.url, mqtt: 'mqtt://127.0.0.1:1' });
  collector = await startCollector(readSettings(house.env), quiet);
});
afterAll(async () => {
  await collector?.stop();
  await plant.stop();
  await house.close();
});

const statuses = (): PartStatus[] =>
  house.heard
    .filter((h) => h.topic.startsWith('linepack/status/collector'))
    .map((h) => h.message as PartStatus);
const isConnected = (): boolean =>
  statuses()
    .at(-1)
    ?.sources?.find((s) => s.sourceId === 'gate-plc')?.state === 'connected';
const raised = (): string[] =>
  house
    .messages<AlarmEventMessage>('linepack/alarm/event/gate')
    .map(({ event }) => event)
    .filter((e) => e.kind === 'raised' && e.alarmId.startsWith('tag:gate.p:'))
    .map((e) => e.alarmId);
const screenShows = (value: number): boolean =>
  house.messages<LiveBatch>('linepack/live/gate').some((b) => b.samples.some((s) => s[3] === value));

test('after a restart of its server a jump stamped two seconds before the value came back is raised', async () => {
  await until('connected', isConnected);
  await until('the first value', () => screenShows(3));
  const { port } = plant;
  await plant.stop();
  await until('gone', () => !isConnected());
  plant = await OpcUaPlant.start(house.folder, ['P', 'T'], port);
  plant.set('P', 3.3, StatusCodes.Good, new Date(Date.now() - 60_000));
  await until('the value again', () => screenShows(3.3));
  expect(raised()).toEqual([]);
  plant.set('P', 5.5, StatusCodes.Good, new Date(Date.now() - 2_000));
  await until('raised', () => raised().includes('tag:gate.p:H'));
  await until('on the screen', () => screenShows(5.5));
});
