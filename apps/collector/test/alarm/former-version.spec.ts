import { storedOf, alarmNamed, entryOf } from '../stored-alarm';
import { Company } from '../watch';

/* The version before kept the alarms of a source that fed one station with that station. */

const SECOND = 1_000;
const link = (more: object = {}) =>
  alarmNamed('gate', {
    alarmId: 'source:plc:communication',
    condition: 'communication',
    class: 'communication',
    tagId: null,
    sourceId: 'plc',
    occurrence: 5,
    ...more,
  });

async function restarted(database: 'there' | 'away') {
  const company = new Company(['gate', 'network']);
  const before = company.start('a');
  await company.time.pass(10 * SECOND);
  before.kill();
  before.disk.alarms = {
    owner: 'a',
    partitions: [
      { partition: 'gate', epoch: 1, states: [storedOf(alarmNamed('gate'), 1), storedOf(link(), 1)] },
      { partition: 'network', epoch: 1, states: [] },
    ],
  };
  const again = company.start('a', before.disk);
  again.database = database;
  return { company, again };
}

test('in the copy on disk: they belong with the network, which goes on with them', async () => {
  const { company, again } = await restarted('away');
  await company.time.pass(5 * SECOND);
  expect(again.given.get('gate')?.states.map((s) => s.alarm.alarmId)).toEqual(['tag:gate.p:H']);
  expect(again.given.get('network')?.states).toEqual([storedOf(link({ partition: 'network' }), 1)]);
});

test('among what waits for the database: the station says nothing of them, and the network goes on with them', async () => {
  const { company, again } = await restarted('there');
  again.waiting = [entryOf(alarmNamed('gate'), 1), entryOf(link(), 1)];
  await company.time.pass(5 * SECOND);
  expect(again.given.get('gate')?.states.map((s) => s.alarm.alarmId)).toEqual(['tag:gate.p:H']);
  expect(again.given.get('gate')?.waiting).toHaveLength(1);
  expect(again.given.get('network')?.states.map((s) => s.alarm)).toEqual([link({ partition: 'network' })]);
});

test('what a station’s former owner left of them is evidence, as all that it left', async () => {
  const { company, again } = await restarted('there');
  company.states = [storedOf(link({ partition: 'network', active: false }), 1)];
  again.waiting = [entryOf(link({ occurrence: 4 }), 1)];
  await company.time.pass(5 * SECOND);
  expect(again.given.get('network')?.states.map((s) => s.alarm.occurrence)).toEqual([5]);
});
