import { AlarmPlant, us, type PlantTag } from './alarm-plant';

/* A delay that runs, or has just ended, where its owner ends: whoever goes on finds it as it was (D4). */

const gate: PlantTag = { id: 1, station: 'gate', source: 'plc', limits: { onDelayS: 20 } };
const H = 'tag:gate.t1:H';

/** Two tenths of a second after the last tick. */
const plantAt = (second: number, tags: readonly PlantTag[] = [gate]): AlarmPlant => {
  const plant = new AlarmPlant('opcua', tags);
  plant.connect(0);
  plant.hear(1, 1, 3);
  plant.time.to(second);
  return plant;
};

describe('a delay that runs when the partition goes to another collector', () => {
  test('is stored however short ago it began', () => {
    const plant = plantAt(10);
    plant.hear(10.1, 1, 9);
    plant.hear(10.2, 1, 9.1);
    plant.engine.disown('gate');
    expect(plant.states.at(-1)).toMatchObject({ pendingSince: us(10.1), pendingKind: 'raise' });
  });

  test('is over for the next owner when it ended just before: what begins then has its own time', () => {
    const plant = plantAt(10);
    plant.hear(10.1, 1, 9);
    plant.time.to(25);
    plant.hear(25.1, 1, 3);
    plant.engine.disown('gate');
    const after = new AlarmPlant('opcua', [gate], 'not owned');
    after.connect(25.2);
    after.own(2, plant.states.slice(-1));
    after.hear(25.3, 1, 9);
    after.time.to(45);
    expect(after.events(H)).toEqual([]);
    after.time.to(46);
    expect(after.events(H)).toEqual(['raised 1 @45.3']);
  });

  test('another partition keeps what it has to store', () => {
    const plant = plantAt(10, [gate, { ...gate, id: 2, station: 'town' }]);
    plant.hear(10.1, 2, 9);
    plant.engine.disown('gate');
    plant.time.to(11);
    expect(plant.states).toMatchObject([{ alarm: { partition: 'town' }, pendingSince: us(10.1) }]);
  });

  test('nothing is stored while it is in doubt whose it is', () => {
    const plant = plantAt(10);
    plant.hear(10.1, 1, 9);
    plant.doubt = new Promise(() => undefined);
    plant.engine.disown('gate');
    expect(plant.states).toEqual([]);
  });
});

describe('a delay that begins or ends', () => {
  test('is new for the copy on disk, from which a start without the database goes on', () => {
    const plant = plantAt(10);
    const before = plant.changes;
    plant.hear(10.1, 1, 9);
    plant.time.to(11);
    expect(plant.changes).toBe(before + 1);
    plant.time.to(15);
    expect(plant.changes).toBe(before + 1);
    plant.hear(15.1, 1, 3);
    plant.time.to(16);
    expect(plant.changes).toBe(before + 2);
  });

  test('is stored when the collector stops', () => {
    const plant = plantAt(10);
    plant.hear(10.1, 1, 9);
    const before = plant.changes;
    plant.engine.stop();
    expect(plant.states.at(-1)).toMatchObject({ pendingSince: us(10.1), pendingKind: 'raise' });
    expect(plant.changes).toBe(before + 1);
  });
});
