import { QUALITY } from '@linepack/telemetry';
import { isPresent, qualityState } from './quality-state';

const now = 1_000_000_000;
const seen = (quality: number, ageS: number) =>
  qualityState({ heardAt: now - ageS * 1_000_000, quality }, now, 60, 'up');

describe('quality of a value reported at least every 60 s', () => {
  it.each([
    ['good', QUALITY.Good, 5, 'good'],
    ['silent for three intervals', QUALITY.Good, 179, 'good'],
    ['silent for longer', QUALITY.Good, 181, 'stale'],
    ['uncertain', QUALITY.UncertainLastUsableValue, 5, 'uncertain'],
    ['without communication', QUALITY.BadNoCommunication, 5, 'bad'],
    ['bad and old stays bad', QUALITY.BadNoCommunication, 900, 'bad'],
    ['off scan', QUALITY.BadOutOfService, 5, 'offScan'],
    ['entered by hand does not age', QUALITY.GoodLocalOverride, 9_000, 'manual'],
  ])('%s', (_name, quality, age, state) => {
    expect(seen(quality, age)).toBe(state);
  });
  it('is none before anything came', () => {
    expect(qualityState(undefined, now, 60, 'up')).toBe('none');
  });
  it.each([
    ['good', QUALITY.Good],
    ['uncertain', QUALITY.UncertainLastUsableValue],
    ['bad', QUALITY.BadNoCommunication],
    ['manual', QUALITY.GoodLocalOverride],
    ['off scan', QUALITY.BadOutOfService],
  ])('%s is not current while the link is lost', (_name, quality) => {
    expect(qualityState({ heardAt: now, quality }, now, 60, 'lost')).toBe('notCurrent');
  });
  it('lets only good, uncertain and manual stand as the present value', () => {
    const present = (
      ['good', 'uncertain', 'bad', 'stale', 'manual', 'offScan', 'none', 'notCurrent'] as const
    ).filter(isPresent);
    expect(present).toEqual(['good', 'uncertain', 'manual']);
  });
});
