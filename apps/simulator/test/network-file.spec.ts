import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEMO_TAGS, demoNetwork, nodeOf, topicOf } from '@linepack/simulation';
import { parseNetworkFile } from '@linepack/network';
import { parse } from 'yaml';
import { networkYaml } from '../src/network-yaml';

const file = join(dirname(fileURLToPath(import.meta.url)), '../../../demo/network.yaml');
const text = readFileSync(file, 'utf8');
const network = parse(text) as ReturnType<typeof demoNetwork>;

describe('demo/network.yaml', () => {
  it('says what the plant is, and the plant has what it says', () => {
    expect(network).toEqual(demoNetwork());
  });

  it('has no fault as a network file, and takes its addresses from the environment', () => {
    const parsed = parseNetworkFile(text, { env: { LINEPACK_SIM_OPCUA_3: 'opc.tcp://127.0.0.1:9' } });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const endpoints = parsed.network.sources.map((s) => (s.kind === 'opcua' ? s.endpoint : s.url));
    expect(endpoints[0]).toBe('opc.tcp://127.0.0.1:4841');
    expect(endpoints[2]).toBe('opc.tcp://127.0.0.1:9');
  });

  it('is what the command writes', () => {
    expect(parse(networkYaml(demoNetwork()))).toEqual(network);
  });

  it('finds every tag where the simulator serves it, both ways', () => {
    const inFile = network.stations.flatMap((s) =>
      s.tags.map((t) => [`${s.id}.${t.id}`, 'node' in t.address ? t.address.node : t.address.topic]),
    );
    const served = DEMO_TAGS.map(({ key, station, spec }) => [
      key,
      station.server === 'mqtt-users' ? topicOf(station.id, spec.id) : nodeOf(station.id, spec.id),
    ]);
    expect(inFile.sort()).toEqual(served.sort());
  });

  it('explains itself', () => {
    expect(text.match(/^ *#/gm)?.length).toBeGreaterThan(20);
  });
});
