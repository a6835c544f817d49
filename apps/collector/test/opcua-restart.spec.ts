import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TagId } from '@linepack/network';
import { OPCUACertificateManager } from 'node-opcua';
import { OpcUaSource } from '../src/acquisition/opcua/opcua-source';
import { systemTime } from '../src/time';
import { until } from './house';
import { Listener, said } from './listener';
import { OpcUaPlant } from './opcua-plant';

/** `LINEPACK_RESTARTS=50` for the long run, which also prints how long each return took. */
const RESTARTS = Number(process.env['LINEPACK_RESTARTS'] ?? 5);
jest.setTimeout(60_000 + RESTARTS * 30_000);

test(`a server that is started again ${RESTARTS} times has one session each time, and its values come`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'linepack-restart-'));
  const certificates = new OPCUACertificateManager({ rootFolder: join(folder, 'pki') });
  await certificates.initialize();
  let plant = await OpcUaPlant.start(folder, ['P']);
  const { port } = plant;
  const listener = new Listener();
  const source = new OpcUaSource(
    {
      id: 'plc',
      name: { zh: '站控', en: 'PLC' },
      kind: 'opcua',
      endpoint: plant.url,
      securityMode: 'none',
      publishingIntervalMs: 100,
    },
    [{ tagId: 1 as TagId, address: { source: 'plc', node: 'ns=1;s=P' } }],
    listener,
    certificates,
    systemTime,
    said.log,
  );
  source.start();
  await until('the first value', () => listener.last(1));
  const seconds: number[] = [];
  for (let restart = 1; restart <= RESTARTS; restart += 1) {
    await plant.stop();
    await until('the loss is told', () => source.state().state === 'connecting');
    plant = await OpcUaPlant.start(folder, ['P'], port);
    const startedAt = performance.now();
    plant.set('P', restart);
    await until('its value', () => listener.last(1)?.value === restart);
    seconds.push((performance.now() - startedAt) / 1_000);
    expect(plant.sessionsOpened).toBe(1);
    expect(plant.sessions).toBe(1);
    expect(plant.connections).toBe(1);
  }
  if (RESTARTS > 5)
    process.stderr.write(
      `back after ${seconds
        .map((s) => s.toFixed(1))
        .sort()
        .join(' ')} s\n`,
    );
  expect(listener.told.filter((t) => t === 'connected')).toHaveLength(RESTARTS + 1);
  await source.stop();
  await plant.stop();
  rmSync(folder, { recursive: true, force: true });
});
