import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEMO_TAGS, demoNetwork, nodeOf, topicOf } from '@linepack/simulation';
import { parse } from 'yaml';
import { networkYaml } from '../src/network-yaml';

const file = join(dirname(fileURLToPath(import.meta.url)), '../../../demo/network.yaml');
const text = readFileSync(file, 'utf8');
const network = parse(text) as ReturnType<typeof demoNetwork>;

describe('demo/network.yaml', () => {
  it('says what the plant is, and the plant has what it says', () => {
    expect(network).toEqual(demoNetwork());
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
