import { BEAT_MS, LOST_AFTER_MS, linkState } from './link-health';

const at = (connected: boolean, sinceBeatMs: number | null, sinceStartMs = 60_000) =>
  linkState({ connected, sinceBeatMs, sinceStartMs });

describe('link to the server', () => {
  it('is up while it beats', () => {
    expect(at(true, 0)).toBe('up');
    expect(at(true, BEAT_MS * 2)).toBe('up');
  });
  it('is lost after two missed beats, though the socket calls itself connected', () => {
    expect(LOST_AFTER_MS).toBeLessThan(3 * BEAT_MS);
    expect(at(true, LOST_AFTER_MS + 1)).toBe('lost');
  });
  it('is lost at once when the socket says so', () => {
    expect(at(false, 10)).toBe('lost');
  });
  it('is still connecting at first, but not for ever', () => {
    expect(at(false, null, 1_000)).toBe('connecting');
    expect(at(false, null, LOST_AFTER_MS + 1)).toBe('lost');
  });
});
