import { PlantLine, tagOf } from '../plant-line';
import { AlarmPlant, type PlantTag } from './alarm-plant';

/* A tag whose scale, unit or address changes is another signal: what was heard of the former says nothing of it. */

const mpa: PlantTag = { id: 1, station: 'gate', source: 'plc', limits: { L: 2 } };
const kpa: PlantTag = { ...mpa, factor: 1_000, limits: { H: 4_000, L: 2_000, deadband: 100 } };
const H = 'tag:gate.t1:H';

const plantAt50 = (value: number): AlarmPlant => {
  const plant = new AlarmPlant('opcua', [mpa]);
  plant.connect(0);
  plant.hear(0, 1, value);
  plant.time.to(50);
  return plant;
};

test('its former value is not held against the new limits', () => {
  const plant = plantAt50(3);
  plant.configure([kpa]);
  plant.time.to(60);
  expect(plant.events()).toEqual([]);
  plant.hear(61, 1, 4.5, { origin: 'first' });
  expect(plant.events()).toEqual([`${H} raised 1 @61`]);
  expect(plant.journal.at(-1)?.event.value).toBe(4_500);
});

test('its former value is shown no more', () => {
  const plant = plantAt50(3);
  plant.configure([kpa]);
  expect([...plant.flow.values.all()]).toEqual([]);
});

describe('in the store', () => {
  const scaled = () => {
    const tag = tagOf(1, 'gate', 'plc');
    const line = new PlantLine('opcua', [tag]);
    line.sink().connected();
    line.hear(0, 1, 3, 0, { origin: 'first' });
    line.time.to(50);
    line.flow.configure([{ ...tag, config: { ...tag.config, scale: { factor: 1_000, offset: 0 } } }]);
    return line;
  };

  test('the former value is not repeated in the name of the new signal', () => {
    const line = scaled();
    line.time.to(600);
    expect(line.stored()).toEqual(['3 good @0']);
  });

  test('the new value stands from when it was told, not where the former one stood', () => {
    const line = scaled();
    line.sink().connected();
    line.hear(51, 1, 3, 0, { origin: 'first' });
    line.time.to(56);
    expect(line.newest()).toBe('3000 good');
    expect(line.stored()[0]).toBe('3 good @0');
    expect(
      line
        .stored()
        .slice(1)
        .every((row) => /^3000 good @5\d/.test(row)),
    ).toBe(true);
  });
});

test('an alarm that stands, stands until the new signal says otherwise', () => {
  const plant = plantAt50(5);
  plant.configure([kpa]);
  plant.time.to(200);
  expect(plant.events()).toEqual([`${H} raised 1 @0`]);
  plant.hear(201, 1, 3, { origin: 'first' });
  expect(plant.events().slice(1)).toEqual([`${H} returned 1 @201`]);
  plant.time.to(300);
  expect(plant.errors).toEqual([]);
});

test('of its station nothing is known until it has spoken, or has had its time', () => {
  const plant = plantAt50(3);
  plant.configure([kpa]);
  plant.time.to(220);
  expect(plant.events()).toEqual([]);
  plant.time.to(300);
  expect(plant.events()).toEqual(['station:gate:communication raised 1 @237']);
});
