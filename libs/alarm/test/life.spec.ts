import { reportedAlarm, type AlarmDefinition } from '../src/index';
import { outletHigh, play } from './script';

const check = (script: string, definition: AlarmDefinition = outletHigh): void => {
  const { expected, actual } = play(definition, script);
  expect(actual).toEqual(expected);
};

// Limit 0.37, deadband 0.01, on-delay 10 s, off-delay 5 s. time, input | letter, occurrence, events
describe('the life of a high alarm', () => {
  test('raised, acknowledged while active, returned', () =>
    check(`
      0:00 value 0.35              | A 0
      1:00 value 0.37              | A 0
      1:05 value 0.38              | A 0
      1:10 value 0.38              | B 1 raised@1:10
      2:00 acknowledge station     | C 1 acknowledged@2:00
      3:00 value 0.36              | C 1
      3:05 value 0.35              | A 1 returned@3:05
    `));

  test('returned before anybody came, acknowledged afterwards', () =>
    check(`
      0:00 value 0.40              | A 0
      0:20 tick                    | B 1 raised@0:10
      1:00 value 0.30              | B 1
      1:30 tick                    | D 1 returned@1:05
      2:00 acknowledge station     | A 1 acknowledged@2:00
    `));

  test('returned unacknowledged and back again is a new occurrence, and the old one cannot be acknowledged', () =>
    check(`
      0:00 value 0.40              | A 0
      0:10 tick                    | B 1 raised@0:10
      1:00 value 0.30              | B 1
      1:05 tick                    | D 1 returned@1:05
      2:00 value 0.40              | D 1
      2:10 tick                    | B 2 raised@2:10
      2:20 acknowledge station 1   | B 2 otherOccurrence
      2:30 acknowledge station 2   | C 2 acknowledged@2:30
    `));

  test('each position notes for itself; the station moves the state', () =>
    check(`
      0:00 acknowledge station     | A 0 nothingToAcknowledge
      0:00 value 0.40              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 acknowledge dispatch    | B 1 acknowledged@0:20
      0:21 acknowledge dispatch    | B 1 nothingToAcknowledge
      0:30 acknowledge station     | C 1 acknowledged@0:30
      0:31 acknowledge station     | C 1 nothingToAcknowledge
    `));

  test('normal again, it waits for the position that has not noted it, whichever that is', () =>
    check(`
      0:00 value 0.40              | A 0                     |
      0:10 tick                    | B 1 raised@0:10         | station dispatch
      0:20 acknowledge station     | C 1 acknowledged@0:20   | dispatch
      1:00 value 0.30              | C 1                     | dispatch
      1:05 tick                    | A 1 returned@1:05       | dispatch
      2:00 acknowledge dispatch 1  | A 1 acknowledged@2:00   |
      2:01 acknowledge dispatch 1  | A 1 nothingToAcknowledge |
      3:00 value 0.40              | A 1                     |
      3:10 tick                    | B 2 raised@3:10         | station dispatch
      3:20 acknowledge dispatch    | B 2 acknowledged@3:20   | station
      4:00 value 0.30              | B 2                     | station
      4:05 tick                    | D 2 returned@4:05       | station
      4:10 acknowledge station 1   | D 2 otherOccurrence     | station
      5:00 acknowledge station 2   | A 2 acknowledged@5:00   |
    `));

  test('a dip inside the on-delay starts it anew, even inside the deadband', () =>
    check(`
      0:00 value 0.38              | A 0
      0:08 value 0.365             | A 0
      0:09 value 0.38              | A 0
      0:15 tick                    | A 0
      0:19 tick                    | B 1 raised@0:19
    `));

  test('inside the deadband it does not return, and an excursion restarts the off-delay', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      1:00 value 0.365             | B 1
      2:00 tick                    | B 1
      2:00 value 0.35              | B 1
      2:04 value 0.365             | B 1
      2:10 tick                    | B 1
      2:10 value 0.36              | B 1
      2:15 tick                    | D 1 returned@2:15
    `));

  test('a delay that was up before the next value fires at its own time, without any tick', () =>
    check(`
      0:00 value 0.38              | A 0
      5:00 value 0.30              | B 1 raised@0:10
      9:00 value 0.38              | D 1 returned@5:05
    `));
});

describe('what a value that is not good does', () => {
  test('bad neither raises nor returns, and a delay begins again', () =>
    check(`
      0:00 value 0.38              | A 0
      0:05 bad                     | A 0
      1:00 tick                    | A 0
      1:00 value 0.38              | A 0
      1:10 tick                    | B 1 raised@1:10
      2:00 value 0.30              | B 1
      2:02 bad                     | B 1
      3:00 tick                    | B 1
    `));
  test('uncertain counts', () =>
    check(`
      0:00 value 0.38 uncertain    | A 0
      0:10 value 0.38 uncertain    | B 1 raised@0:10
    `));
  test('late data does not change the present', () =>
    check(`
      1:00 value 0.38              | A 0
      0:59 value 0.30              | A 0
      1:10 tick                    | B 1 raised@1:10
      0:30 value 0.30              | B 1
    `));
});

describe('shelved, suppressed, out of service', () => {
  test('shelved while active, its term ends: unacknowledged again, the same occurrence', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 acknowledge station     | C 1 acknowledged@0:20
      0:30 shelve 9:00             | E 1 shelved@0:30
      9:30 tick                    | B 1 unshelved@9:00
    `));
  test('began while shelved: leaving is a new occurrence to acknowledge', () =>
    check(`
      0:00 shelve 9:00             | E 0 shelved@0:00
      1:00 value 0.38              | E 0
      1:10 tick                    | E 1 raised@1:10
      2:00 unshelve                | B 1 unshelved@2:00
    `));
  test('came and went while shelved: nobody is called', () =>
    check(`
      0:00 shelve 9:00             | E 0 shelved@0:00
      1:00 value 0.38              | E 0
      2:00 value 0.30              | E 1 raised@1:10
      3:00 tick                    | E 1 returned@2:05
      4:00 unshelve                | A 1 unshelved@4:00
    `));
  test('an unacknowledged return is not lost under a mask', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 value 0.30              | B 1 raised@0:10
      0:15 tick                    | D 1 returned@0:15
      1:00 outOfService            | G 1 outOfService@1:00
      2:00 value 0.38              | G 1
      3:00 value 0.30              | G 2 raised@2:10
      4:00 tick                    | G 2 returned@3:05
      5:00 inService               | D 2 inService@5:00
    `));
  test('masks overlap: the strongest shows, the last to go asks again', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 shelve 9:00             | E 1 shelved@0:20
      0:30 suppress esd            | F 1 suppressed@0:30
      0:40 outOfService            | G 1 outOfService@0:40
      1:00 inService               | F 1 inService@1:00
      2:00 unsuppress              | E 1 unsuppressed@2:00
      3:00 unshelve                | B 1 unshelved@3:00
      3:01 unshelve                | B 1 notShelved
      3:02 shelve 3:00             | B 1 termIsOver
    `));
});

test('latched: stays until it is reset', () =>
  check(
    `
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:11 reset                   | B 1 stillActive
      1:00 value 0.30              | B 1
      1:05 tick                    | B 1 returned@1:05
      2:00 acknowledge station     | C 1 acknowledged@2:00
      3:00 reset                   | A 1 reset@3:00
      3:01 reset                   | A 1 nothingToReset
    `,
    { ...outletHigh, latching: 'operatorResets' },
  ));

describe('a condition found elsewhere', () => {
  const loss = reportedAlarm('network', {
    alarmId: 'area:city:loss',
    areaId: 'city',
    stationId: null,
    class: 'loss',
    condition: 'loss',
    priority: 2,
    name: { zh: '全网', en: 'City' },
    unit: '%',
  });
  test('another day is another occurrence; the same message again is none; dispatch moves the state', () =>
    check(
      `
      0:00 breach 2026-03-01       | B 1 raised@0:00
      0:00 breach 2026-03-01       | B 1
      1:00 acknowledge station     | B 1 acknowledged@1:00
      2:00 acknowledge dispatch    | C 1 acknowledged@2:00
      3:00 breach 2026-03-02       | B 2 raised@3:00
      4:00 cured                   | D 2 returned@4:00
      4:00 cured                   | D 2
      5:00 acknowledge dispatch    | A 2 acknowledged@5:00
    `,
      loss,
    ));
});
