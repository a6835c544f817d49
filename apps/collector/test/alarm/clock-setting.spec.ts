import { AlarmPlant, type PlantTag } from './alarm-plant';

/*
 * Somebody sets our clock while delays run. Something is always said before the next tick: the setting must be known by
 * then, once.
 */

const H = 'tag:gate.t1:H';
const slow: PlantTag = { id: 1, station: 'gate', source: 'plc', limits: { onDelayS: 20, offDelayS: 20 } };
const SETTINGS = [-3_600, 3_600, -15, 15];

/** Told in seconds of a clock that is never set; `shift` is what ours was set by. */
const plantOf = (owned: 'owned' | 'not owned' = 'owned'): AlarmPlant => {
  const plant = new AlarmPlant('opcua', [slow], owned);
  plant.connect(0);
  return plant;
};
/** Half a tick after a tick, our clock is set. */
const set = (plant: AlarmPlant, by: number): void => {
  plant.time.to(5.1);
  plant.time.setClock(by);
};
const raisedBetween = (plant: AlarmPlant, alarmId: string, from: number, to: number): void => {
  plant.time.to(from);
  expect(plant.events(alarmId)).toEqual([]);
  plant.time.to(to);
  expect(plant.events(alarmId)).toHaveLength(1);
};

describe.each(SETTINGS)('our clock is set by %d s', (by) => {
  test('and a word comes before the next tick', () => {
    const plant = plantOf();
    plant.hear(0, 1, 9);
    set(plant, by);
    plant.hear(5.2, 1, 9.1);
    raisedBetween(plant, H, 19.4, 21);
    expect(plant.events(H)).toEqual(['raised 1 @20']);
  });

  test('and a word of a device without a clock: we stamped the delay ourselves', () => {
    const plant = plantOf();
    plant.hear(0, 1, 9, { stamp: null });
    set(plant, by);
    plant.hear(5.2, 1, 9.1, { stamp: null });
    plant.hear(12, 1, 9.2, { stamp: null });
    raisedBetween(plant, H, 19.4, 21);
    // It stands where the delay was up by the clock as it is now.
    expect(plant.events(H)).toEqual([`raised 1 @${20 + by}`]);
  });

  test('and a link goes', () => {
    const plant = plantOf();
    plant.lose(4.4);
    set(plant, by);
    plant.connect(5.2);
    plant.lose(5.3);
    raisedBetween(plant, 'source:plc:communication', 7.2, 8);
  });

  test('while a link is gone', () => {
    const plant = plantOf();
    plant.lose(4.4);
    set(plant, by);
    plant.engine.diagnostic('source:plc:noFirstValue', 'ended', 0, null);
    raisedBetween(plant, 'source:plc:communication', 6.3, 7);
    expect(plant.events('source:plc:communication')).toEqual([`raised 1 @${6.4 + by}`]);
  });

  test('and a condition is told, or a configuration', () => {
    for (const say of ['condition', 'configuration'] as const) {
      const plant = plantOf();
      plant.hear(0, 1, 9);
      set(plant, by);
      if (say === 'condition') plant.condition(5.2, true, '2026-03-01');
      else plant.configure([{ ...slow, limits: { ...slow.limits, H: 5 } }]);
      plant.hear(5.3, 1, 9.1);
      raisedBetween(plant, H, 19.4, 21);
    }
  });

  test('and the partition is taken over before the next tick', () => {
    const plant = plantOf('not owned');
    plant.hear(0, 1, 9);
    set(plant, by);
    plant.own();
    raisedBetween(plant, H, 19.4, 21);
    expect(plant.engine.inconsistencies).toBe(0);
  });

  test('and the breach that stands keeps the time its finder gave it, also for the next owner', () => {
    const plant = plantOf('not owned');
    plant.condition(2, true, '2026-03-02', { at: 1 });
    set(plant, by);
    plant.own();
    expect(plant.events('area:city:loss')).toEqual(['raised 1 @1']);
  });
});
