import type { StoredAlarm } from '@linepack/store';
import { AlarmPlant, type PlantTag } from './alarm-plant';

/* A start without the database goes on from a copy; what was journalled after it was written is known later. */

const gate: PlantTag = { id: 1, station: 'gate', source: 'plc' };
const H = 'tag:gate.t1:H';

/** The same alarm as the copy has it and as the journal does, which the first collector was the last to write. */
async function left(last: (plant: AlarmPlant) => unknown): Promise<[StoredAlarm[], StoredAlarm[]]> {
  const before = new AlarmPlant('opcua', [gate]);
  before.connect(0);
  before.hear(1, 1, 9);
  const copy = before.stored();
  await last(before);
  return [copy, before.stored()];
}
const goOn = (copy: readonly StoredAlarm[], tags: readonly PlantTag[] = [gate]): AlarmPlant => {
  const plant = new AlarmPlant('opcua', tags, 'not owned');
  plant.connect(10);
  plant.own(1, copy);
  return plant;
};

test('an acknowledgement that was journalled stands, and is not asked for again', async () => {
  const [copy, journal] = await left((plant) => plant.acknowledge(H, 1));
  const plant = goOn(copy);
  plant.hear(11, 1, 9);
  expect(plant.table('gate')).toEqual([`${H} B`]);
  plant.engine.catchUp('gate', journal);
  expect(plant.table('gate')).toEqual([`${H} C`]);
  expect(plant.events()).toEqual([]);
  expect(await plant.acknowledge(H, 1)).toMatchObject({ ok: true });
  expect(plant.events()).toEqual([]);
});

test('an acknowledgement is not lost to a return that was said without it', async () => {
  const [copy, journal] = await left((plant) => plant.acknowledge(H, 1));
  const plant = goOn(copy);
  plant.hear(11, 1, 3);
  plant.engine.catchUp('gate', journal);
  expect(plant.events()).toEqual([`${H} returned 1 @11`, `${H} returned 1 @11`]);
  expect(plant.journal.at(-1)?.event.state).toMatchObject({ letter: 'A', noted: { station: { by: 'li' } } });
});

test('a return, and an occurrence, that were journalled are known, and the condition as it stands', async () => {
  const [copy, journal] = await left((plant) => {
    plant.hear(2, 1, 3);
    plant.hear(3, 1, 9);
    plant.hear(4, 1, 3);
  });
  const plant = goOn(copy);
  plant.hear(11, 1, 9);
  plant.engine.catchUp('gate', journal);
  expect(plant.events()).toEqual([`${H} raised 3 @11`]);
  plant.time.to(200);
  expect(plant.errors).toEqual([]);
});

test('what came since is not taken back', async () => {
  const [copy, journal] = await left(() => undefined);
  const plant = goOn(copy);
  await plant.acknowledge(H, 1);
  plant.hear(11, 1, 3);
  const known = plant.stored();
  plant.engine.catchUp('gate', journal);
  expect(plant.stored()).toEqual(known);
  expect(plant.events()).toHaveLength(2);
});

test('an alarm that nothing defines any more and that the copy does not have returns', async () => {
  const [, journal] = await left(() => undefined);
  const plant = goOn([], [{ ...gate, id: 2 }]);
  plant.engine.catchUp('gate', journal);
  expect(plant.events()).toEqual([`${H} returned 1 @10`]);
});

test('of a partition that is another collector’s nothing is said', async () => {
  const [copy, journal] = await left((plant) => plant.hear(2, 1, 3));
  const plant = goOn(copy);
  plant.engine.disown('gate');
  plant.engine.catchUp('gate', journal);
  expect(plant.events()).toEqual([]);
});

describe('what an earlier run told and could not be read at the takeover', () => {
  /** Raised and acknowledged by a run whose spool its successor could not read. */
  const unread = async () => {
    const before = new AlarmPlant('opcua', [gate]);
    before.connect(0);
    before.hear(1, 1, 9);
    await before.acknowledge(H, 1);
    return before.journal;
  };
  test('is known from then on, and its condition as it stands', async () => {
    const plant = goOn([]);
    plant.hear(11, 1, 3);
    plant.engine.takeIn(await unread());
    expect(plant.events()).toEqual([`${H} returned 1 @11`]);
    expect(plant.journal[0]?.event.state).toMatchObject({ noted: { station: { by: 'li' } } });
  });
  test('takes back nothing that came since', async () => {
    const plant = goOn([]);
    plant.hear(11, 1, 9);
    plant.hear(12, 1, 3);
    const known = plant.stored();
    plant.engine.takeIn((await unread()).slice(0, 1));
    expect(plant.stored()).toEqual(known);
    expect(plant.events()).toHaveLength(2);
  });
  test('of another epoch is evidence, and no state', async () => {
    const plant = goOn([]);
    plant.hear(11, 1, 3);
    plant.engine.takeIn((await unread()).map((entry) => ({ ...entry, ownerEpoch: 0 })));
    expect(plant.events()).toEqual([]);
  });
});
