import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TagId } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import { OPCUACertificateManager, StatusCode, StatusCodes } from 'node-opcua';
import { OpcUaSource } from '../src/acquisition/opcua/opcua-source';
import type { AddressedTag } from '../src/acquisition/source';
import { systemTime } from '../src/time';
import { until } from './house';
import { Listener, said } from './listener';
import { OpcUaPlant } from './opcua-plant';

jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'linepack-monitoring-'));
const certificates = new OPCUACertificateManager({ rootFolder: join(folder, 'pki') });
const tag = (tagId: number, node: string): AddressedTag => ({
  tagId: tagId as TagId,
  address: { source: 'plc', node },
});
let plant: OpcUaPlant;
let listener: Listener;
let source: OpcUaSource;

const listenTo = (...tags: AddressedTag[]): void => {
  listener = new Listener();
  source = new OpcUaSource(
    {
      id: 'plc',
      name: { zh: '站控', en: 'PLC' },
      kind: 'opcua',
      endpoint: plant.url,
      securityMode: 'none',
      publishingIntervalMs: 100,
    },
    tags,
    listener,
    certificates,
    systemTime,
    said.log,
  );
  source.start();
};

beforeAll(() => certificates.initialize());
beforeEach(async () => {
  said.lines.length = 0;
  plant = await OpcUaPlant.start(folder, ['P', 'T']);
});
afterEach(async () => {
  await source.stop();
  await plant.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a first value is told from changes, and what the server has out of its history from both', async () => {
  listenTo(tag(1, 'ns=1;s=P'));
  await until('the first value', () => listener.last(1));
  plant.set('P', 3);
  await until('a change', () => listener.last(1)?.value === 3);
  // Info type DataValue with the historian bit "interpolated" (OPC 10000-4, table 178).
  plant.set('P', 2, StatusCode.makeStatusCode(StatusCodes.Good, 'InfoTypeDataValue | HistorianInterpolated'));
  await until('a value out of a history', () => listener.last(1)?.value === 2);
  expect(listener.of(1).map(({ value, origin, clock }) => [value, origin, clock])).toEqual([
    [0, 'first', 'plc 1'],
    [3, 'change', 'plc 1'],
    [2, 'historical', 'plc 1'],
  ]);
});

test('a steady value is heard of as long as the server says that it is there', async () => {
  listenTo(tag(1, 'ns=1;s=P'));
  await until('the first value', () => listener.last(1));
  await until('that none is missing is told', () => source.state().withoutFirstValue === 0);
  const before = listener.heardAll;
  await until('the server says three times more that all is as told', () => listener.heardAll > before + 3);
  expect(listener.of(1)).toHaveLength(1);
});

test('a server that answers keep-alives and never sends a value is not there, and that is said', async () => {
  plant.addMute('M');
  plant.addMute('N');
  listenTo(tag(1, 'ns=1;s=M'), tag(2, 'ns=1;s=N'));
  await until('the silence is told', () => listener.told.length > 0);
  expect(listener.told).toEqual(['lost: the server answers, but sent no value of any of 2 tags']);
  await until('another attempt', () => plant.sessionsOpened > 1);
  expect(source.state()).toMatchObject({ state: 'connecting', monitored: 0 });
  expect(listener.told).toHaveLength(1);
  expect(listener.heardAll).toBe(0);
  expect(plant.sessions).toBeLessThanOrEqual(1);
});

test('one item without a first value is Bad, named and counted, once; its value takes that back', async () => {
  const speak = plant.addMute('M');
  listenTo(tag(1, 'ns=1;s=P'), tag(2, 'ns=1;s=M'));
  await until('it is connected', () => source.state().state === 'connected');
  expect(source.state().withoutFirstValue).toBeUndefined();
  await until('the missing value is told', () => listener.last(2));
  expect(listener.last(2)).toMatchObject({
    quality: QUALITY.BadWaitingForInitialData,
    value: null,
    ts: null,
  });
  expect(source.state()).toMatchObject({
    state: 'connected',
    monitored: 2,
    rejected: 0,
    withoutFirstValue: 1,
    error: 'no first value: ns=1;s=M',
  });
  expect(listener.heardAll).toBe(0);
  await until('the other is heard of', () => listener.heardOf(1) > 2);
  expect(listener.heardOf(2)).toBe(0);
  expect(listener.of(2)).toHaveLength(1);
  expect(said.lines.filter((line) => line.includes('no first value'))).toHaveLength(1);
  speak(7);
  await until('its value', () => listener.last(2)?.value === 7);
  expect(listener.last(2)?.origin).toBe('first');
  await until('all is well', () => source.state().withoutFirstValue === 0);
  expect(source.state().error).toBeNull();
  await until('all are heard of', () => listener.heardAll > 0);
});

test('a node id that cannot be, one that the server does not know, and one that makes it refuse the call fail alone', async () => {
  plant.refuseCallsWith('POISON', StatusCodes.BadInternalError);
  listenTo(
    tag(1, 'ns=1;s=P'),
    tag(2, 'ns=2;i=abc'),
    tag(3, 'ns=1;s=NOWHERE'),
    tag(4, 'ns=1;s=POISON'),
    tag(5, 'ns=1;s=T'),
  );
  await until('all five are told', () => [1, 2, 3, 4, 5].every((id) => listener.last(id)));
  const quality = (id: number) => (listener.last(id)?.quality ?? 0) >>> 0;
  expect([1, 2, 3, 4, 5].map(quality)).toEqual([
    StatusCodes.Good.value,
    StatusCodes.BadNodeIdInvalid.value,
    StatusCodes.BadNodeIdUnknown.value,
    StatusCodes.BadInternalError.value,
    StatusCodes.Good.value,
  ]);
  expect(source.state()).toMatchObject({ state: 'connected', monitored: 2, rejected: 3 });
  for (const named of ['ns=2;i=abc BadNodeIdInvalid', 'ns=1;s=NOWHERE BadNodeIdUnknown', 'ns=1;s=POISON'])
    expect(source.state().error).toContain(named);
  expect(listener.told).toEqual(['connected']);
});

test('a source all of whose nodes are refused is there, and its tags are Bad', async () => {
  listenTo(tag(1, 'ns=1;s=NOWHERE'));
  await until('it is told', () => listener.last(1));
  expect(listener.told).toEqual(['connected']);
  expect(source.state()).toMatchObject({ state: 'connected', monitored: 0, rejected: 1 });
});

test('other tags are asked for over the session that is there', async () => {
  listenTo(tag(1, 'ns=1;s=P'));
  await until('the first value', () => listener.last(1));
  source.watch([tag(2, 'ns=1;s=T')]);
  await until('a value of the new one', () => listener.last(2));
  expect(source.state()).toMatchObject({ monitored: 1, rejected: 0 });
  await until('one item in the server', () => plant.monitoredItems === 1);
  plant.set('P', 5);
  plant.set('T', 6);
  await until('a change of the new one', () => listener.last(2)?.value === 6);
  expect(listener.last(1)?.value).toBe(0);
  source.watch([tag(1, 'ns=1;s=P'), tag(2, 'ns=1;s=T')]);
  await until('the old one again', () => listener.last(1)?.value === 5);
  expect(listener.last(1)?.origin).toBe('first');
  expect(listener.told).toEqual(['connected']);
  expect(plant.sessionsOpened).toBe(1);
});
