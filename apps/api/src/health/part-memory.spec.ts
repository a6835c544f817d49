import { PartMemory } from './part-memory';

const SECOND = 1_000_000;
const view = (at: number) => ({ at, database: 'up', bus: 'up', plantIsKnown: true }) as const;

describe('the parts', () => {
  const stateOf = (memory: PartMemory, part: string, at: number) =>
    memory.list(view(at)).find((p) => p.part === part)?.state;

  it('take a collector that fell silent without a last will for gone, until it speaks again', () => {
    const memory = new PartMemory();
    expect(stateOf(memory, 'collector', 0)).toBe('absent');
    memory.take({ part: 'collector', state: 'up', at: 0, detail: '' }, 0);
    expect(stateOf(memory, 'collector', 5 * SECOND)).toBe('up');
    expect(stateOf(memory, 'collector', 60 * SECOND)).toBe('down');
    memory.take({ part: 'collector', state: 'up', at: 0, detail: '' }, 61 * SECOND);
    expect(stateOf(memory, 'collector', 62 * SECOND)).toBe('up');
  });

  it('believe the last word of those that speak only of changes', () => {
    const memory = new PartMemory();
    memory.take({ part: 'worker', state: 'up', at: 0, detail: '' }, 0);
    expect(stateOf(memory, 'worker', 3_600 * SECOND)).toBe('up');
  });
});
