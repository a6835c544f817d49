import { TOPIC } from '@linepack/contracts';
import { AlarmPlant, type PlantTag } from './alarm-plant';

const gate: PlantTag = { id: 1, station: 'gate', source: 'plc' };

test('a table is kept by the broker, an event and what was journalled are not', () => {
  const plant = new AlarmPlant('opcua', [gate]);
  plant.connect(0);
  plant.hear(0, 1, 9);
  plant.confirm();
  plant.time.to(1);
  const kept = (topic: string) => plant.told.filter((t) => t.topic === topic).map((t) => t.keep);
  expect(new Set(kept(TOPIC.alarmTable('gate')))).toEqual(new Set(['retained']));
  expect([kept(TOPIC.alarmEvent('gate')), kept(TOPIC.alarmJournalled)]).toEqual([[undefined], [undefined]]);
});

test('what was journalled is told with its place in the journal', () => {
  const plant = new AlarmPlant('opcua', [gate]);
  plant.connect(0);
  plant.hear(0, 1, 9);
  plant.confirm();
  const [{ event }] = plant.journal as [(typeof plant.journal)[number]];
  expect(plant.told.find((t) => t.topic === TOPIC.alarmJournalled)?.message).toEqual({
    entries: [{ eventId: event.eventId, alarmId: event.alarmId, seq: 1 }],
  });
});

test('an event of a link has neither value nor limit', () => {
  const plant = new AlarmPlant('opcua', [gate]);
  plant.lose(0);
  plant.time.to(3);
  expect(plant.journal.map(({ event }) => [event.value, event.limit, event.state.subject])).toEqual([
    [null, null, null],
  ]);
});

test('the copy on disk is old when something happened, or a partition came or went', () => {
  const plant = new AlarmPlant('opcua', [gate], 'not owned');
  plant.connect(0);
  const isNew = (happen: () => void): boolean => {
    const before = plant.changes;
    happen();
    return plant.changes > before;
  };
  expect(isNew(() => plant.own())).toBe(true);
  expect(isNew(() => plant.hear(1, 1, 3))).toBe(false);
  expect(isNew(() => plant.hear(2, 1, 9))).toBe(true);
  expect(isNew(() => plant.time.to(9))).toBe(false);
  expect(isNew(() => plant.engine.disown('gate'))).toBe(true);
});
