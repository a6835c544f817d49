import { TRACE_SPAN, extendTrace, mergeTrace } from './trace';

const second = 1_000_000;

describe('the last hour of a tag', () => {
  it('keeps a point every ten seconds and stays the same array in between', () => {
    const first = extendTrace([], { ts: second, value: 1 });
    expect(extendTrace(first, { ts: 5 * second, value: 2 })).toBe(first);
    expect(extendTrace(first, { ts: 11 * second, value: 2 })).toHaveLength(2);
  });
  it('shows at once that a value went bad', () => {
    const first = extendTrace([], { ts: second, value: 1 });
    expect(extendTrace(first, { ts: 2 * second, value: null })).toHaveLength(2);
  });
  it('shows that a value went bad under an unchanged stamp', () => {
    const first = extendTrace([], { ts: second, value: 1 });
    expect(extendTrace(first, { ts: second, value: null })).toHaveLength(2);
  });
  it('forgets what is older than an hour', () => {
    const trace = extendTrace([{ ts: 0, value: 1 }], { ts: TRACE_SPAN + 60 * second, value: 2 });
    expect(trace).toEqual([{ ts: TRACE_SPAN + 60 * second, value: 2 }]);
  });
  it('takes live points that came while the history was read', () => {
    const merged = mergeTrace(
      [{ ts: 10, value: 1 }],
      [
        { ts: 5, value: 0 },
        { ts: 12, value: 2 },
      ],
    );
    expect(merged.map((p) => p.ts)).toEqual([10, 12]);
  });
});
