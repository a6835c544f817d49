import type { SourceState } from '@linepack/contracts';
import type { Micros, SourceId } from '@linepack/network';
import { SourceLinks, type SourceHeard } from '../../src/alarm/source-links';
import { AlarmPlant, type PlantTag } from './alarm-plant';

const S = 'shared' as SourceId;
const OTHER = 'other' as SourceId;
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

/** What is told may be told again at any time; what counts is how it changes. */
const linked = () => {
  const told: string[] = [];
  const tell = (id: SourceId, heard: SourceHeard): void => {
    if (told.at(-1) !== `${id} ${heard}`) told.push(`${id} ${heard}`);
  };
  const links = new SourceLinks(tell);
  links.connectsTo(new Set([S]), AT);
  return { told, links };
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

  test('nor does it speak again to its end: nobody would take back what it says', () => {
    const { told, links } = linked();
    links.heard(S, 'connected', AT);
    links.connectsTo(new Set(), AT);
    links.heard(S, 'lost', AT);
    links.othersSay([word('connected')], AT);
    expect(told).toEqual(['shared connected', 'shared unknown', 'shared connected']);
    links.connectsTo(new Set([S]), AT);
    links.heard(S, 'lost', AT);
    expect(told.at(-1)).toBe('shared lost');
  });

  test('of one of which nobody says anything any more nothing is known', () => {
    const { told, links } = linked();
    links.heard(S, 'lost', AT);
    links.connectsTo(new Set(), AT);
    links.othersSay([word('connected')], AT);
    links.othersSay([], AT);
    expect(told).toEqual(['shared lost', 'shared unknown', 'shared connected', 'shared unknown']);
  });
});

describe('a source that is taken out of the network while it is lost, and put back still dead', () => {
  const there: PlantTag = { id: 1, station: 'gate', source: 'shared' };
  const other: PlantTag = { id: 2, station: 'gate', source: 'other' };
  const LINK = 'source:shared:communication';

  test.each(['we hear it', 'another collector hears it'] as const)('is said again: %s', (who) => {
    const plant = new AlarmPlant('opcua', [there, other]);
    const links = new SourceLinks((id, heard, at) => plant.engine.sourceHeard(id, heard, at));
    links.connectsTo(new Set([S, OTHER]), plant.time.now());
    const lose = (second: number): void => {
      plant.time.to(second);
      if (who === 'we hear it') links.heard(S, 'lost', plant.time.now());
      else links.othersSay([word('connecting', 'refused')], plant.time.now());
    };
    lose(0);
    plant.time.to(10);
    plant.configure([other]);
    links.connectsTo(new Set([OTHER]), plant.time.now());
    plant.time.to(20);
    plant.configure([there, other]);
    links.connectsTo(new Set([S, OTHER]), plant.time.now());
    lose(21);
    plant.time.to(30);
    expect(plant.events(LINK)).toEqual(['raised 1 @2', 'returned 1 @10', 'raised 2 @23']);
  });

  test('nor is it said lost when it was put back and lives', () => {
    const plant = new AlarmPlant('opcua', [there, other]);
    const links = new SourceLinks((id, heard, at) => plant.engine.sourceHeard(id, heard, at));
    links.connectsTo(new Set([S, OTHER]), plant.time.now());
    links.heard(S, 'lost', plant.time.now());
    plant.time.to(10);
    plant.configure([other]);
    links.connectsTo(new Set([OTHER]), plant.time.now());
    plant.time.to(20);
    plant.configure([there, other]);
    links.connectsTo(new Set([S, OTHER]), plant.time.now());
    plant.time.to(25);
    links.heard(S, 'connected', plant.time.now());
    plant.time.to(30);
    expect(plant.events(LINK)).toEqual(['raised 1 @2', 'returned 1 @10']);
  });
});
