import type { QualityState } from '@linepack/console-ui';
import { type SeenStation, troubleOf } from './station-state';

type Said = SeenStation['alarms'][number];
const said = (more: Partial<Said>): Said => ({
  stationId: null,
  sourceId: null,
  condition: 'communication',
  active: true,
  ...more,
});
const trouble = (alarms: Said[], qualities: QualityState[] = ['good', 'good'], sources = ['plc']) =>
  troubleOf({ stationId: 'reg-a', sourceIds: new Set(sources), alarms, qualities, unowned: ['reg-z'] });

describe('a station on the overview', () => {
  it('is well when it is watched', () => {
    expect(trouble([])).toBeNull();
  });
  it('says before all else that nobody judges its alarms', () => {
    const seen = { stationId: 'reg-z', sourceIds: new Set<string>(), alarms: [], qualities: [] };
    expect(troubleOf({ ...seen, unowned: ['reg-z'] })).toBe('unwatched');
  });
  it('is away when its only source is, which feeds other stations too', () => {
    expect(trouble([said({ sourceId: 'plc' })])).toBe('away');
  });
  it('is away when its own silence was said', () => {
    expect(trouble([said({ stationId: 'reg-a' })])).toBe('away');
  });
  it('is partly away when one of two sources is', () => {
    expect(trouble([said({ sourceId: 'plc' })], ['good'], ['plc', 'rtu'])).toBe('partlyAway');
    expect(trouble([said({ sourceId: 'plc' }), said({ sourceId: 'rtu' })], ['good'], ['plc', 'rtu'])).toBe(
      'away',
    );
  });
  it('does not look well when its instruments are all bad, said or not yet said', () => {
    expect(trouble([said({ condition: 'badQuality', stationId: 'reg-a' })])).toBe('allBad');
    expect(trouble([], ['bad', 'bad'])).toBe('allBad');
    expect(trouble([], ['bad', 'good'])).toBeNull();
  });
  it('does not look well when nothing new comes', () => {
    expect(trouble([], ['stale', 'none'])).toBe('silent');
  });
  it('takes nothing from other stations, other sources, or what has returned', () => {
    expect(
      trouble([
        said({ stationId: 'reg-b' }),
        said({ sourceId: 'other' }),
        said({ condition: 'badQuality', stationId: 'reg-b' }),
        said({ sourceId: 'plc', active: false }),
      ]),
    ).toBeNull();
  });
  it('says nothing of values that are not known here, nor while nothing is current', () => {
    expect(trouble([], [])).toBeNull();
    expect(trouble([], ['notCurrent', 'notCurrent'])).toBeNull();
    expect(trouble([], ['offScan', 'manual'])).toBeNull();
  });
});
