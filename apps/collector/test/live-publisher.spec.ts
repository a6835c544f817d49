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
  const live = new LivePublisher(
    (topic, { samples }: LiveBatch) => said.push([topic, samples.map((sample) => sample[3])]),
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
  return { time, said, live, offer };
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
