import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { JsonFile } from '../../src/configuration/json-file';
import type { Disk } from '../../src/disk/disk';
import { seeded } from '../seeded';
import { SimulatedMedium } from '../simulated-disk';

describe('a JSON document', () => {
  let medium: SimulatedMedium;
  let disk: Disk;
  let file: JsonFile<unknown>;
  beforeEach(() => {
    medium = new SimulatedMedium({ random: seeded(1) });
    disk = medium.mount('collector');
    file = new JsonFile(disk, 'copy.json');
  });

  test('is not there at first', () => expect(file.read()).toBeNull());

  test('comes back as it was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        file.write(value);
        // What JSON makes of it: a minus before zero has no place there.
        expect(file.read()).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 3 },
    );
  });

  test('is the old or the new one after a power cut, and after a disk that fails or is full', () => {
    file.write({ n: 1 });
    medium.fail({ operation: 'replace', times: 1 });
    expect(() => file.write({ n: 2 })).toThrow('EIO');
    medium.capacityBytes = medium.usedBytes() + 3;
    expect(() => file.write({ n: 3 })).toThrow('ENOSPC');
    medium.powerCut();
    expect(new JsonFile(medium.mount('collector'), 'copy.json').read()).toEqual({ n: 1 });
  });

  test('a flipped bit anywhere in its value is noticed; it is put beside, and stops the start only once', () => {
    const value = { limit: 4.25, name: '出站', on: true };
    file.write(value);
    const whole = disk.read('copy.json') as Buffer;
    const begin = whole.indexOf('"value":') + '"value":'.length;
    for (let at = begin; at < whole.length - 1; at += 1) {
      disk.replace('copy.json', whole);
      medium.flip('collector', 'copy.json', at);
      expect(() => file.read()).toThrow(
        'collector/copy.json: expected JSON as the collector wrote it; it is kept as copy.json.damaged',
      );
      expect(file.read()).toBeNull();
      expect(disk.list()).toEqual(['copy.json.damaged']);
    }
  });

  test('of the first format, without a checksum, opens', () => {
    disk.replace('copy.json', readFileSync(join(import.meta.dirname, '../../testdata/json-v1/alive.json')));
    expect(file.read()).toEqual({ at: 1_785_542_400_000_000, sources: ['gate-plc'] });
    for (const value of ['null', '7', '[1]', '{"format":9}', '{"crc32":9}']) {
      disk.replace('copy.json', Buffer.from(value));
      expect(file.read()).toEqual(JSON.parse(value));
    }
  });

  test('of a later format is refused and stays', () => {
    disk.replace('copy.json', Buffer.from('{"format":3,"crc32":0,"value":1}'));
    expect(() => file.read()).toThrow('expected format 2 or an earlier one, not 3');
    expect(disk.list()).toEqual(['copy.json']);
  });

  test('a disk that cannot read says so, and the file stays', () => {
    file.write(1);
    medium.fail({ operation: 'read', times: 1 });
    expect(() => file.read()).toThrow('EIO');
    expect(file.read()).toBe(1);
  });
});
