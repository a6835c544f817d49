import { PlantLine, settled, START, tagOf } from './plant-line';
import type { Origin } from '@linepack/telemetry';

const mine = tagOf(1, 'a', 'broker');
const elsewhere = tagOf(2, 'b', 'broker');
const foreign = tagOf(3, 'c', 'another');

/** Tag 1 is listened to; tags 2 and 3 are known and listened to by another collector. */
function line(): PlantLine {
  const line = new PlantLine('mqtt', [mine, elsewhere, foreign]);
  line.flow.configure([mine], undefined, [mine, elsewhere, foreign]);
  line.sink('broker').connected();
  return line;
}

describe('a word that a broker still had, of a tag that another collector listens to', () => {
  test.each<Origin>(['change', 'redelivered'])(
    'is stored at its own time and nothing more (%s)',
    async (origin) => {
      const plant = line();
      await plant.hear(100, 2, 7, 40, { origin });
      await settled();
      expect(plant.stored(2)).toEqual(['7 good @40']);
      expect(plant.alarmed).toEqual([]);
      expect(plant.wire.filter(([tagId]) => tagId === 2)).toEqual([]);
      expect(plant.flow.ledger.sum()).toMatchObject({ received: 1, history: 1, uncounted: 0 });
    },
  );

  test('stands at its receipt when it has no time of its own', async () => {
    const plant = line();
    await plant.hear(100, 2, 7, null);
    await settled();
    expect(plant.stored(2)).toEqual(['7 uncertain @100']);
  });

  test('is not acknowledged when it cannot be stored', async () => {
    const plant = line();
    plant.refuse = new Error('full');
    await expect(plant.hear(100, 2, 7, 40)).rejects.toThrow('full');
  });

  test('is discarded when its source is another one', async () => {
    const plant = line();
    const received = { tagId: 3, value: 7, quality: 0, ts: START, origin: 'change', clock: 'c' };
    await plant.sink('broker').values([received as never], 0).durably;
    expect(plant.stored(3)).toEqual([]);
  });
});
