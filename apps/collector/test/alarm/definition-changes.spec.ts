import { AlarmPlant, type PlantTag } from './alarm-plant';

/* A definition changes, or goes, while a delay runs: the old one decides until then, the new one from then on. */

const H = 'tag:gate.t1:H';
const L = 'tag:gate.t1:L';
const SILENT = 'station:gate:communication';
const gate = (limits: object): PlantTag => ({ id: 1, station: 'gate', source: 'plc', limits });
const town: PlantTag = { id: 2, station: 'town', source: 'plc' };
const BAD = { quality: 0x80050000 };

/** H with an on-delay and an off-delay of 20 s, beyond since 0. */
const waiting = (): AlarmPlant => {
  const plant = new AlarmPlant('opcua', [gate({ H: 10, onDelayS: 20, offDelayS: 20 }), town]);
  plant.connect(0);
  plant.hear(0, 1, 15);
  plant.hear(4, 1, 15.5);
  plant.time.to(5.1);
  return plant;
};
const then = (plant: AlarmPlant): string[] => {
  plant.time.to(130);
  expect(plant.engine.inconsistencies).toBe(0);
  return plant.events(H);
};

describe('while the delay towards raising runs', () => {
  test.each([
    ['the limit', [gate({ H: undefined, L: 1 }), town]],
    ['the tag', [{ ...gate({}), id: 3 }, town]],
    ['the station', [town]],
  ] as const)('%s is taken away: nothing is raised', (_, tags) => {
    const plant = waiting();
    plant.configure(tags);
    expect(then(plant)).toEqual([]);
    expect(plant.stored()).toEqual([]);
  });

  test.each([
    ['taken away', [gate({ H: undefined, L: 1 }), town], ['returned 1 @20.3']],
    ['relaxed', [gate({ H: 20, onDelayS: 20 }), town], ['returned 1 @20.3']],
    ['put off', [gate({ H: 10, onDelayS: 60 }), town], []],
  ] as const)('the delay was up when the limit is %s: it was raised', (_, tags, more) => {
    const plant = new AlarmPlant('opcua', [gate({ H: 10, onDelayS: 20 }), town]);
    plant.connect(0);
    // Up between two ticks.
    plant.hear(0.2, 1, 15);
    plant.time.to(20.3);
    expect(plant.events()).toEqual([]);
    plant.configure(tags);
    expect(then(plant)).toEqual(['raised 1 @20.2', ...more]);
  });

  test('the limit is relaxed and the delay shortened: the value is not beyond it', () => {
    const plant = waiting();
    plant.configure([gate({ H: 20, onDelayS: 2, offDelayS: 20 }), town]);
    expect(then(plant)).toEqual([]);
  });

  test('the limit is relaxed and the value is still beyond it: the delay goes on', () => {
    const plant = waiting();
    plant.configure([gate({ H: 12, onDelayS: 20, offDelayS: 20 }), town]);
    expect(then(plant)).toEqual(['raised 1 @20']);
  });

  test('the delay is shortened so that it is up: raised when it was shortened', () => {
    const plant = waiting();
    plant.configure([gate({ H: 10, onDelayS: 2, offDelayS: 20 }), town]);
    expect(plant.events(H)).toEqual(['raised 1 @5.1']);
  });

  test('the delay is shortened so that it is up soon, or made longer: raised when it is up', () => {
    for (const onDelayS of [8, 40]) {
      const plant = waiting();
      plant.configure([gate({ H: 10, onDelayS, offDelayS: 20 }), town]);
      expect(then(plant)).toEqual([`raised 1 @${onDelayS}`]);
    }
  });

  test('the value is Bad: what it said last decides by the new definition', () => {
    const relaxed = waiting();
    relaxed.hear(5.2, 1, null, BAD);
    relaxed.configure([gate({ H: 20, onDelayS: 2, offDelayS: 20 }), town]);
    expect(then(relaxed)).toEqual([]);
    const shortened = waiting();
    shortened.hear(5.2, 1, null, BAD);
    shortened.configure([gate({ H: 12, onDelayS: 2, offDelayS: 20 }), town]);
    expect(then(shortened)).toEqual(['raised 1 @5.2']);
  });
});

describe('while the delay towards returning runs', () => {
  const returning = (): AlarmPlant => {
    const plant = waiting();
    plant.hear(30, 1, 5);
    plant.time.to(35.1);
    return plant;
  };
  test('the delay is shortened so that it is up: returned when it was shortened', () => {
    const plant = returning();
    plant.configure([gate({ H: 10, onDelayS: 20, offDelayS: 2 }), town]);
    expect(then(plant)).toEqual(['raised 1 @20', 'returned 1 @35.1']);
  });

  test('the limit is set so that the value is beyond it: it does not return', () => {
    const plant = returning();
    plant.configure([gate({ H: 4, onDelayS: 20, offDelayS: 2 }), town]);
    expect(then(plant)).toEqual(['raised 1 @20']);
  });

  test('the limit is taken away: returned at once', () => {
    const plant = returning();
    plant.configure([town]);
    expect(then(plant)).toEqual(['raised 1 @20', 'returned 1 @35.1']);
  });

  test('the limit is tightened: the value has been inside the new one since its last word', () => {
    const plant = waiting();
    plant.hear(30, 1, 9);
    plant.hear(40, 1, 5);
    plant.time.to(45.1);
    plant.configure([gate({ H: 8, onDelayS: 20, offDelayS: 20 }), town]);
    expect(then(plant)).toEqual(['raised 1 @20', 'returned 1 @60']);
  });
});

test('a delay that an earlier owner began is not up before a definition that shortened it', () => {
  const before = waiting();
  before.time.to(6);
  const plant = new AlarmPlant('opcua', [gate({ H: 10, onDelayS: 20 }), town], 'not owned');
  plant.time.to(7);
  plant.own(2, before.stored());
  plant.time.to(8.1);
  plant.configure([gate({ H: 10, onDelayS: 2 }), town]);
  plant.connect(9);
  plant.hear(10, 1, 15.5, { stamp: 4, origin: 'first' });
  expect(plant.events(H)).toEqual(['raised 1 @8.1']);
});

test('a limit of the other kind is none of its business', () => {
  const plant = waiting();
  plant.configure([gate({ H: 10, L: 1, onDelayS: 20, offDelayS: 20 }), town]);
  expect(then(plant)).toEqual(['raised 1 @20']);
  expect([plant.events(L), plant.events(SILENT)]).toEqual([[], []]);
});
