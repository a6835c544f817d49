import type { SourceId, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import { QUALITY } from '@linepack/telemetry';
import { Silence } from '../../src/alarm/silence';
import type { CollectorTag } from '../../src/configuration/collector-configuration';

const PLC = 'plc' as SourceId;
const BROKER = 'broker' as SourceId;
const BAD = QUALITY.BadWaitingForInitialData;

const tag = (id: number, station: string, source: SourceId, maxReportS = 60): CollectorTag => ({
  tagId: id as TagId,
  key: `${station}.t${id}` as TagKey,
  stationId: station as StationId,
  sourceId: source,
  config: { maxReportS } as TagConfig,
});

const standing = (silence: Silence): string[] => silence.changes().map((c) => `${c.stationId} ${c.standing}`);

/** What one collector hears; the broker's devices speak for themselves. */
const hearing = (...tags: CollectorTag[]) => {
  const silence = new Silence();
  silence.configure(tags, 0);
  silence.sourceThere(BROKER, false, 0);
  return silence;
};

describe('how a station stands', () => {
  test('it is silent when each of its tags has had its own time, and not before', () => {
    const silence = hearing(tag(1, 'a', BROKER, 5), tag(2, 'a', BROKER, 600));
    expect([...silence.silentAt(16_000)]).toEqual([1]);
    expect(standing(silence)).toEqual([]);
    expect([...silence.silentAt(1_801_000)]).toEqual([2]);
    expect(standing(silence)).toEqual(['a silent']);
  });

  test('it speaks while one tag is usable, and is silent when of none that is there anything is', () => {
    const silence = hearing(tag(1, 'a', BROKER), tag(2, 'a', BROKER));
    silence.present(1 as TagId, QUALITY.Good);
    silence.present(2 as TagId, BAD);
    expect(standing(silence)).toEqual(['a speaking']);
    silence.present(1 as TagId, QUALITY.BadNoCommunication);
    expect(standing(silence)).toEqual(['a silent']);
    silence.present(1 as TagId, BAD);
    expect(standing(silence)).toEqual(['a bad']);
  });

  test('is told once', () => {
    const silence = hearing(tag(1, 'a', BROKER), tag(2, 'a', BROKER));
    silence.present(1 as TagId, QUALITY.Good);
    expect(standing(silence)).toEqual(['a speaking']);
    silence.present(2 as TagId, QUALITY.Good);
    silence.present(1 as TagId, QUALITY.Good);
    expect(standing(silence)).toEqual([]);
    silence.sourceAway(BROKER);
    expect(standing(silence)).toEqual(['a unknown']);
    silence.sourceAway(BROKER);
    expect(standing(silence)).toEqual([]);
  });

  test('what a source said that is away now does not count', () => {
    const silence = hearing(tag(1, 'a', BROKER), tag(2, 'a', PLC));
    silence.sourceThere(PLC, true, 0);
    silence.present(1 as TagId, BAD);
    silence.present(2 as TagId, QUALITY.Good);
    expect(standing(silence)).toEqual(['a speaking']);
    silence.sourceAway(PLC);
    silence.present(2 as TagId, QUALITY.Good);
    expect(standing(silence)).toEqual(['a bad']);
  });

  test('what was said before its source was away says nothing of now; what came just before it was there does', () => {
    const silence = hearing(tag(1, 'a', BROKER));
    silence.present(1 as TagId, QUALITY.Good);
    silence.sourceAway(BROKER);
    silence.sourceThere(BROKER, false, 1_000);
    expect(standing(silence)).toEqual([]);
    silence.sourceAway(BROKER);
    silence.present(1 as TagId, QUALITY.Good);
    silence.sourceThere(BROKER, false, 2_000);
    expect(standing(silence)).toEqual(['a speaking']);
  });

  test('of a station that is listened to no more nothing is known', () => {
    const silence = hearing(tag(1, 'a', BROKER), tag(2, 'b', BROKER));
    silence.present(1 as TagId, QUALITY.Good);
    silence.present(2 as TagId, QUALITY.Good);
    expect(standing(silence)).toEqual(['a speaking', 'b speaking']);
    silence.configure([tag(2, 'b', BROKER)], 1_000);
    expect(standing(silence)).toEqual(['a unknown']);
  });
});

describe('another configuration', () => {
  test('a tag goes on as it was; one that moves to another source or station begins anew', () => {
    const tags = [tag(1, 'a', BROKER), tag(2, 'b', BROKER), tag(3, 'c', BROKER)];
    const silence = hearing(...tags);
    for (const { tagId } of tags) silence.present(tagId, QUALITY.Good);
    expect(standing(silence)).toEqual(['a speaking', 'b speaking', 'c speaking']);
    silence.sourceThere(PLC, false, 0);
    silence.configure([tag(1, 'a', BROKER), tag(2, 'b', PLC), tag(3, 'd', BROKER)], 100_000);
    expect(standing(silence)).toEqual(['b unknown', 'c unknown']);
    expect([...silence.silentAt(181_000)]).toEqual([1]);
    expect([...silence.silentAt(281_000)]).toEqual([2, 3]);
  });

  test('a tag that had still time to speak, taken away, leaves its station to the others', () => {
    const silence = hearing(tag(1, 'a', BROKER), tag(2, 'a', BROKER));
    silence.present(1 as TagId, BAD);
    expect(standing(silence)).toEqual([]);
    silence.configure([tag(1, 'a', BROKER)], 1_000);
    expect(standing(silence)).toEqual(['a bad']);
  });

  test('a silent tag that is taken away leaves its station to the others', () => {
    const silence = hearing(tag(1, 'a', BROKER), tag(2, 'a', BROKER));
    silence.present(1 as TagId, BAD);
    silence.silentAt(181_000);
    silence.present(1 as TagId, BAD);
    expect(standing(silence)).toEqual(['a silent']);
    silence.configure([tag(1, 'a', BROKER)], 182_000);
    expect(standing(silence)).toEqual(['a bad']);
  });
});
