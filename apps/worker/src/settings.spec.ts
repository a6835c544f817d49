import { join, resolve } from 'node:path';
import { readSettings } from './settings';

const FULL = { DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/x', BUS_URL: 'mqtt://127.0.0.1:1883' };

describe('worker settings', () => {
  it('reads them, and fills history in the demo only', () => {
    expect(readSettings(FULL)).toMatchObject({ healthPort: 0, plantFile: undefined });
    const demo = readSettings({ ...FULL, LINEPACK_DEMO: '1', LINEPACK_DATA: 'x', HEALTH_PORT: '8123' });
    expect(demo).toMatchObject({
      healthPort: 8123,
      plantFile: join(resolve('x'), 'simulator', 'plant.json'),
    });
  });

  it('names every fault in one message', () => {
    const wrong = () => readSettings({ BUS_URL: 'http://x', HEALTH_PORT: 'many' });
    for (const name of ['DATABASE_URL', 'BUS_URL', 'HEALTH_PORT']) expect(wrong).toThrow(name);
  });
});
