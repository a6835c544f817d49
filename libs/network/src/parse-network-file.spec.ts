import { readFileSync } from 'node:fs';
import { parseNetworkFile } from './index';
it('demo', () => {
  const p = parseNetworkFile(readFileSync('demo/network.yaml', 'utf8'), { env: {} });
  console.error(JSON.stringify(p.ok ? [p.stored.sources[0], p.network.sources[0]] : p.faults.slice(0, 10), null, 1));
});
