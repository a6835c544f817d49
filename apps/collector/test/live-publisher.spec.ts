import { TOPIC, type LiveBatch } from '@linepack/contracts';
import type { Micros, TagId } from '@linepack/network';
import { QUALITY, type PresentValue } from '@linepack/telemetry';
import type { CollectorTag } from '../src/configuration/collector-configuration';
import { LivePublisher } from '../src/live/live-publisher';
import { ManualTime } from './manual-time';

const T0 = 1_770_000_000_000_000;
const tag = (stationId: string): CollectorTag =>
  ({ stationId, config: { maxReportS: 60 } }) as unknown as CollectorTag;

function publisher() {
  const time = new ManualTime(T0);
  const said: [topic: string, values: (number | null)[]][] = [];
  const epochs: number[] = [];
  const owned = { epoch: 1 };
  const live = new LivePublisher(
    () => owned.epoch,
    (topic, { samples, epoch }: LiveBatch) => {
      said.push([topic, samples.map((sample) => sample[3])]);
      epochs.push(epoch);
    },
    time,
  );
  const offer = (stationId: string, tagId: number, value: number) =>
    live.offer(tag(stationId), {
      tagId: tagId as TagId,
      at: T0 as Micros,
      quality: QUALITY.Good,
      value,
      heardAt: time.now(),
    } as PresentValue);
  return { time, said, epochs, owned, live, offer };
}

test('changes of a turn go together, each tag with its newest value, and what did not change is not said', () => {
  const { time, said, offer } = publisher();
  offer('gate', 1, 3.1);
  offer('gate', 2, 4);
  offer('gate', 1, 3.2);
  time.to(1);
  offer('gate', 1, 3.2);
  time.to(2);
  expect(said).toEqual([[TOPIC.live('gate'), [3.2, 4]]]);
});

test('a steady value is said again to whoever had a gap, long before its reporting interval', () => {
  const { time, said, live, offer } = publisher();
  offer('gate', 1, 3.1);
  offer('town', 2, 4);
  time.to(1);
  live.sayAgain();
  live.sayAgain();
  time.to(2);
  expect(said.slice(2)).toEqual([
    [TOPIC.live('gate'), [3.1]],
    [TOPIC.live('town'), [4]],
  ]);
});

test('a value is said under the epoch under which it was heard, and again under a new one when it is heard again', () => {
  const { time, said, epochs, owned, live, offer } = publisher();
  offer('gate', 1, 3.1);
  time.to(1);
  owned.epoch = 5;
  live.sayAgain();
  time.to(2);
  offer('gate', 1, 3.1);
  time.to(3);
  expect([said.map(([, values]) => values), epochs]).toEqual([
    [[3.1], [3.1], [3.1]],
    [1, 1, 5],
  ]);
});

test('words of two epochs that fall into one turn go apart, the older first', () => {
  const { time, said, epochs, owned, offer } = publisher();
  offer('gate', 1, 3.1);
  owned.epoch = 5;
  offer('gate', 2, 4);
  time.to(1);
  expect([said.map(([, values]) => values), epochs]).toEqual([
    [[3.1], [4]],
    [1, 5],
  ]);
});

test('what is listened to no more is said no more: its new owner knows better', () => {
  const { time, said, live, offer } = publisher();
  offer('gate', 1, 3.1);
  time.to(1);
  live.keepTo([]);
  live.sayAgain();
  time.to(2);
  expect(said).toHaveLength(1);
});
