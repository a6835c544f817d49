import type { SourceId, StationId, TagId } from '@linepack/network';
import { Listening } from '../src/acquisition/listening';
import type { CollectorConfiguration, CollectorTag } from '../src/configuration/collector-configuration';
import { SteppedTime } from './stepped-time';

const tag = (tagId: number, stationId: string, sourceId: string): CollectorTag =>
  ({
    tagId: tagId as TagId,
    stationId: stationId as StationId,
    sourceId: sourceId as SourceId,
  }) as CollectorTag;

const configuration = {
  stations: [],
  sources: [{ id: 'plc' }, { id: 'shared' }, { id: 'unused' }],
  tags: [tag(1, 'gate', 'plc'), tag(2, 'gate', 'shared'), tag(3, 'town', 'shared')],
} as unknown as CollectorConfiguration;

class Collector {
  readonly time = new SteppedTime();
  owned: string[] = [];
  heldBefore: string[] = [];
  elsewhere = new Set<string>();
  heardElsewhere = new Set<string>();
  private readonly listening = new Listening({
    owned: () => this.owned,
    heldBefore: () => this.heldBefore,
    isElsewhere: (partition) => this.elsewhere.has(partition),
    isHeardElsewhere: (partition) => this.heardElsewhere.has(partition),
    time: this.time,
  });

  /** Tags and sources that are asked for from now on; null when nothing changes. */
  asks(): { tags: number[]; sources: string[] } | null {
    const mine = this.listening.change(configuration);
    return mine && { tags: mine.tags.map((t) => t.tagId), sources: mine.sources.map((s) => s.id) };
  }
}

test('only the tags of its own stations are asked for, at the sources that carry them', () => {
  const one = new Collector();
  one.owned = ['town', 'network'];
  expect(one.asks()).toEqual({ tags: [3], sources: ['shared'] });
  expect(one.asks()).toBeNull();
  one.owned = ['gate', 'town'];
  expect(one.asks()).toEqual({ tags: [1, 2, 3], sources: ['plc', 'shared'] });
});

test('what is handed over is heard until the new owner hears it', () => {
  const one = new Collector();
  one.owned = ['gate', 'town'];
  one.asks();
  one.owned = ['town'];
  expect(one.asks()).toBeNull();
  one.elsewhere.add('gate');
  expect(one.asks()).toBeNull();
  one.heardElsewhere.add('gate');
  expect(one.asks()).toEqual({ tags: [3], sources: ['shared'] });
});

test('a new owner that does not say that it hears anything is left to it after 10 s', async () => {
  const one = new Collector();
  one.owned = ['gate'];
  one.asks();
  one.owned = [];
  one.elsewhere.add('gate');
  expect(one.asks()).toBeNull();
  await one.time.pass(11_000);
  expect(one.asks()).toEqual({ tags: [], sources: [] });
});

test('what had to be given up while the database is away is heard until the database says who has it', async () => {
  const one = new Collector();
  one.owned = ['gate'];
  one.asks();
  one.owned = [];
  await one.time.pass(3_600_000);
  expect(one.asks()).toBeNull();
});

test('a start without the database hears what was held before', () => {
  const one = new Collector();
  one.heldBefore = ['town'];
  expect(one.asks()).toEqual({ tags: [3], sources: ['shared'] });
});
