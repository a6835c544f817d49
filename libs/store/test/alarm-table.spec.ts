import type { Alarm } from '@linepack/contracts';
import { AlarmRepository } from '../src/index';
import { T0, alarm, entry } from './alarm-examples';
import { startTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
}, 60_000);
afterAll(() => database?.close());

const note = { by: 'li', at: T0, comment: '' };
const nobody = { station: null, dispatch: null };
const both = { station: note, dispatch: note };
const normal: Partial<Alarm> = { letter: 'A', active: false, acknowledged: true, returnedAt: T0 };

test.each<[string, Partial<Alarm>, 'listed' | 'not listed']>([
  ['active, noted by nobody', { noted: nobody }, 'listed'],
  ['active, acknowledged by both', { letter: 'C', acknowledged: true, noted: both }, 'listed'],
  ['returned unacknowledged, noted by dispatch', { letter: 'D', active: false }, 'listed'],
  ['shelved, noted by both', { letter: 'E', noted: both, shelvedUntil: T0 }, 'listed'],
  ['normal, the station has not noted it', { ...normal, noted: { ...both, station: null } }, 'listed'],
  ['normal, dispatch has not noted it', { ...normal, noted: { ...both, dispatch: null } }, 'listed'],
  ['normal, nobody has noted it', { ...normal, noted: nobody }, 'listed'],
  ['normal, both have noted it', { ...normal, noted: both }, 'not listed'],
  ['normal, it never occurred', { ...normal, occurrence: 0, noted: nobody }, 'not listed'],
])('an alarm %s', async (what, state, expected) => {
  const alarms = new AlarmRepository(database.pool);
  const one = alarm(`tag:gate.p:${what}`, state);
  await alarms.append([entry(one)]);
  const { alarms: listed } = await alarms.table(['gate']);
  expect(listed.filter((a) => a.alarmId === one.alarmId)).toEqual(expected === 'listed' ? [one] : []);
});
