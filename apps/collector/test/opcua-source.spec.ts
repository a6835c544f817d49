import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Micros, TagId } from '@linepack/network';
import { OPCUACertificateManager } from 'node-opcua';
import { OpcUaSource } from '../src/acquisition/opcua/opcua-source';
import type { Received, SourceSink } from '../src/acquisition/source';
import { systemTime, type Time } from '../src/time';
import { quiet, until } from './house';
import { OpcUaPlant } from './opcua-plant';
import { Wire } from './wire';

jest.setTimeout(180_000);

const name = { zh: '站控', en: 'PLC' };

describe('a server that is connected but silent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linepack-silent-'));
  const certificates = new OPCUACertificateManager({ rootFolder: join(folder, 'pki') });
  const told: string[] = [];
  const values: Received[] = [];
  const sink = {
    values: (received: readonly Received[]) => {
      values.push(...received);
      return { durably: Promise.resolve() };
    },
    connected: () => void told.push('connected'),
    heard: () => undefined,
    stopped: () => void told.push('stopped'),
    lost: (reason: string) => void told.push(`lost: ${reason}`),
  };
  let plant: OpcUaPlant;
  let wire: Wire;
  let source: OpcUaSource;

  const sourceAt = (port: number, to: SourceSink = sink, time: Time = systemTime): OpcUaSource => {
    const endpoint = `opc.tcp://127.0.0.1:${port}`;
    const tags = [{ tagId: 1 as TagId, address: { source: 'plc', node: 'ns=1;s=P' } }];
    const how = { kind: 'opcua', securityMode: 'none', publishingIntervalMs: 100 } as const;
    return new OpcUaSource({ id: 'plc', name, endpoint, ...how }, tags, to, certificates, time, quiet);
  };
  beforeAll(async () => {
    await certificates.initialize();
    plant = await OpcUaPlant.start(folder, ['P']);
    wire = await Wire.to(plant.port);
    source = sourceAt(wire.port);
  });
  afterAll(async () => {
    await source.stop();
    await wire.close();
    await plant.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const received = (value: number) => () => values.some((v) => v.value === value);

  test('is found out, said, and subscribed to again; its values come, over one connection', async () => {
    plant.set('P', 3);
    source.start();
    await until('the first value', received(3));
    wire.swallow();
    plant.set('P', 7);
    await until('the silence is told', () => told.length > 1);
    expect(told).toEqual(['connected', expect.stringMatching(/^lost: neither a value nor a keep-alive for/)]);
    expect(source.state()).toMatchObject({ state: 'connecting', monitored: 0, error: told[1]?.slice(6) });
    await until('the value of the time of silence', received(7));
    await until('all is well', () => source.state().monitored === 1);
    expect(source.state()).toMatchObject({ state: 'connected', error: null });
    expect(told.slice(2)).toEqual(['connected']);
    await until('the connection that fell silent is gone', () => wire.connections === 1);
  });

  test('is not taken for silent when somebody sets our clock', async () => {
    let set = 0;
    let heard = 0;
    const time = { ...systemTime, now: () => (systemTime.now() + set) as Micros };
    const other = sourceAt(wire.port, { ...sink, heard: () => void (heard += 1) }, time);
    const before = told.length;
    other.start();
    await until('it is there', () => other.state().monitored === 1);
    set = 3_600_000_000;
    await until('two more keep-alives', () => heard > 2);
    set = -3_600_000_000;
    const now = heard;
    await until('and more of them than a silence has', () => heard > now + 3);
    expect(told.slice(before)).toEqual(['connected']);
    await other.stop();
  });

  test('is left at once, and no connection stays behind, when it never answered at all', async () => {
    const mute = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    const connections = (): Promise<number> => promisify(mute.getConnections.bind(mute))();
    await once(mute, 'listening');
    const other = sourceAt((mute.address() as AddressInfo).port);
    other.start();
    await until('a connection', async () => (await connections()) === 1);
    await other.stop();
    expect(other.state()).toMatchObject({ state: 'disconnected', error: 'stopped' });
    await until('no connection', async () => (await connections()) === 0);
    mute.close();
  });
});
