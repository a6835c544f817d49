import type { SourceState } from '@linepack/contracts';
import type { Micros, SourceId } from '@linepack/network';
import { SourceLinks } from '../src/alarm/source-links';

const S = 'shared' as SourceId;
const AT = 0 as Micros;
const word = (state: SourceState['state'], error: string | null = null): SourceState => ({
  sourceId: S,
  state,
  since: 0,
  lastNotificationAt: null,
  monitored: 1,
  rejected: 0,
  error,
});

const linked = () => {
  const told: string[] = [];
  return { told, links: new SourceLinks((id, heard) => told.push(`${id} ${heard}`)) };
};

describe('a source that several collectors stand on', () => {
  test('is lost as soon as one has lost it, and back when none has', () => {
    const { told, links } = linked();
    links.heard(S, 'connected', AT);
    links.othersSay([word('connected')], AT);
    links.othersSay([word('connecting', 'refused')], AT);
    links.othersSay([word('connecting', 'refused'), word('connected')], AT);
    links.othersSay([word('connected')], AT);
    expect(told).toEqual(['shared connected', 'shared lost', 'shared connected']);
  });

  test('stays lost while we have lost it, whatever others say', () => {
    const { told, links } = linked();
    links.heard(S, 'lost', AT);
    links.othersSay([word('connected')], AT);
    expect(told).toEqual(['shared lost']);
  });

  test('one that has only begun to connect says nothing', () => {
    const { told, links } = linked();
    links.othersSay([word('connecting')], AT);
    expect(told).toEqual([]);
  });

  test('the word of a collector that is gone is void', () => {
    const { told, links } = linked();
    links.heard(S, 'connected', AT);
    links.othersSay([word('disconnected', 'refused')], AT);
    links.othersSay([], AT);
    expect(told).toEqual(['shared connected', 'shared lost', 'shared connected']);
  });

  test('so is ours once we do not connect to it any more', () => {
    const { told, links } = linked();
    links.heard(S, 'lost', AT);
    links.othersSay([word('connected')], AT);
    links.connectsTo(new Set(), AT);
    expect(told).toEqual(['shared lost', 'shared connected']);
  });
});
