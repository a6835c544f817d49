import fc from 'fast-check';
import type { TagId } from '@linepack/network';
import { FirstValues } from '../src/acquisition/opcua/first-values';

const [a, b] = [1, 2] as [TagId, TagId];

describe('the first value of a monitored item (OPC 10000-4, 5.13.1.2)', () => {
  it('is overdue when three whole publishing intervals have passed, and is said to be so once', () => {
    const values = new FirstValues(3);
    values.asked([a, b]);
    expect(values.came(a)).toBe('first');
    expect([values.tick(), values.tick(), values.tick()]).toEqual([[], [], []]);
    expect(values.tick()).toEqual([b]);
    expect(values.tick()).toEqual([]);
    expect(values.missing).toEqual([b]);
    expect(values.complete).toBe(false);
  });

  it('is decided for all when each came or is overdue', () => {
    const values = new FirstValues(0);
    expect(values.decided).toBe(true);
    values.asked([a, b]);
    values.came(a);
    expect(values.decided).toBe(false);
    values.tick();
    expect([values.decided, values.complete]).toEqual([true, false]);
  });

  it('takes back that it was overdue when it comes', () => {
    const values = new FirstValues(0);
    values.asked([a]);
    values.tick();
    expect(values.hopeless).toBe(true);
    expect(values.came(a)).toBe('overdue first');
    expect([values.missing, values.complete, values.hopeless]).toEqual([[], true, false]);
    expect(values.came(a)).toBe('later');
  });

  it('may come before the server answers that it made the item', () => {
    const values = new FirstValues(0);
    expect(values.came(a)).toBe('first');
    values.asked([a]);
    expect(values.tick()).toEqual([]);
    expect(values.complete).toBe(true);
  });

  it('is owed anew when the item was dropped and made again', () => {
    const values = new FirstValues(0);
    values.asked([a]);
    values.came(a);
    values.left(a);
    values.asked([a]);
    expect(values.came(a)).toBe('first');
  });

  it('leaves no item in two places or in none, whatever happens', () => {
    const step = fc.record({
      what: fc.constantFrom('asked', 'came', 'left', 'tick'),
      tag: fc.constantFrom(a, b),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const values = new FirstValues(1);
        const asked = new Set<TagId>();
        const came = new Set<TagId>();
        for (const { what, tag } of steps) {
          if (what === 'asked') {
            values.asked([tag]);
            asked.add(tag);
          } else if (what === 'came') {
            expect(values.came(tag) === 'later').toBe(came.has(tag));
            came.add(tag);
          } else if (what === 'left') {
            values.left(tag);
            asked.delete(tag);
            came.delete(tag);
          } else for (const late of values.tick()) expect(asked.has(late) && !came.has(late)).toBe(true);
          expect(new Set(values.known)).toEqual(came);
          expect(values.missing.filter((id) => came.has(id) || !asked.has(id))).toEqual([]);
          expect(values.complete).toBe([...asked].every((id) => came.has(id)));
        }
      }),
    );
  });
});
