import { lossAlarm, type AlarmDefinition } from '../src/index';
import { outletHigh, play } from './script';

const check = (script: string, definition: AlarmDefinition = outletHigh): void => {
  const { expected, actual } = play(definition, script);
  expect(actual).toEqual(expected);
};

// Limit 0.37, deadband 0.01, on-delay 10 s, off-delay 5 s. time, input | letter, occurrence, events
describe('the life of a high alarm', () => {
  test('R1 C3 raised, acknowledged while active, returned', () =>
    check(`
      0:00 value 0.35              | A 0
      1:00 value 0.37              | A 0
      1:05 value 0.38              | A 0
      1:10 value 0.38              | B 1 raised@1:10
      2:00 acknowledge station     | C 1 acknowledged@2:00
      3:00 value 0.36              | C 1
      3:05 value 0.35              | A 1 returned@3:05
    `));

  test('S1 R1 returned before anybody came, acknowledged afterwards', () =>
    check(`
      0:00 value 0.40              | A 0
      0:20 tick                    | B 1 raised@0:10
      1:00 value 0.30              | B 1
      1:30 tick                    | D 1 returned@1:05
      2:00 acknowledge station     | A 1 acknowledged@2:00
    `));

  test('S2 C1 returned unacknowledged and back again is a new occurrence, and the old one cannot be acknowledged', () =>
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

  test('C1 C2 C3 each position notes for itself; the station moves the state', () =>
    check(`
      0:00 acknowledge station     | A 0 nothingToAcknowledge
      0:00 value 0.40              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 acknowledge dispatch    | B 1 acknowledged@0:20
      0:21 acknowledge dispatch    | B 1 nothingToAcknowledge
      0:30 acknowledge station     | C 1 acknowledged@0:30
      0:31 acknowledge station     | C 1 nothingToAcknowledge
    `));

  test('C2 S3 normal again, it waits for the position that has not noted it, whichever that is', () =>
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

  test('R2 a dip inside the on-delay starts it anew, even inside the deadband', () =>
    check(`
      0:00 value 0.38              | A 0
      0:08 value 0.365             | A 0
      0:09 value 0.38              | A 0
      0:15 tick                    | A 0
      0:19 tick                    | B 1 raised@0:19
    `));

  test('R2 inside the deadband it does not return, and an excursion restarts the off-delay', () =>
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

  test('R3 a delay that was up before the next value fires at its own time, without any tick', () =>
    check(`
      0:00 value 0.38              | A 0
      5:00 value 0.30              | B 1 raised@0:10
      9:00 value 0.38              | D 1 returned@5:05
    `));
});

describe('what a value that is not good does', () => {
  test('Q1 bad neither raises nor returns', () =>
    check(`
      0:00 bad                     | A 0
      1:00 tick                    | A 0
      2:00 value 0.38              | A 0
      2:10 tick                    | B 1 raised@2:10
      3:00 bad                     | B 1
      4:00 tick                    | B 1
    `));
  test('Q2 an instrument that goes high and then bad is raised when its delay is up, though it stays bad', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 bad                     | A 0
      0:09 tick                    | A 0
      0:10 tick                    | B 1 raised@0:10
      9:00 bad                     | B 1
      9:30 tick                    | B 1
    `));
  test('Q2 one that flickers between high and bad is not put off', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 bad                     | A 0
      0:06 value 0.38 session=2    | A 0
      0:08 bad session=2           | A 0
      0:30 bad session=3           | B 1 raised@0:10
    `));
  test('Q2 what is usable again and not high any more before the delay is up calls nobody', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 bad                     | A 0
      0:09 value 0.35              | A 0
      2:00 tick                    | A 0
      2:01 value 0.38              | A 0
      2:04 bad                     | A 0
      2:09 value 0.365             | A 0
      3:00 tick                    | A 0
    `));
  test('Q2 R3 what was up while it was bad was raised, whatever it says then', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 bad                     | A 0
      1:00 value 0.35              | B 1 raised@0:10
      1:05 tick                    | D 1 returned@1:05
    `));
  test('Q2 it returns only after the whole off-delay of usable values', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      2:00 value 0.30              | B 1
      2:02 bad                     | B 1
      3:00 tick                    | B 1
      3:01 value 0.30              | B 1
      3:05 tick                    | B 1
      3:06 tick                    | D 1 returned@3:06
    `));
  test('Q1 R3 what was up before the bad value is raised', () =>
    check(`
      0:00 value 0.38              | A 0
      0:30 bad                     | B 1 raised@0:10
    `));
  test('Q3 uncertain counts', () =>
    check(`
      0:00 value 0.38 uncertain    | A 0
      0:10 value 0.38 uncertain    | B 1 raised@0:10
    `));
});

describe('clocks', () => {
  test('R6 a value stamped before the last one is the newer one all the same', () =>
    check(`
      1:00 value 0.30              | A 0
      1:01 value 0.38 stamp=0:30   | A 0
      1:11 tick                    | B 1 raised@0:40
      2:00 value 0.30 stamp=0:20   | B 1
      2:05 tick                    | D 1 returned@0:25
    `));
  test('D1 a device ten minutes behind: its delay is its own ten seconds, whatever the way took', () =>
    check(`
      20:00 value 0.38 stamp=10:00 | A 0
      20:30 value 0.38 stamp=10:09 | A 0
      20:31 value 0.38 stamp=10:10 | B 1 raised@10:10
    `));
  test('D1 back inside before its own delay was up, though the word of it took longer', () =>
    check(`
      0:01 value 0.38 stamp=0:01   | A 0
      0:10 value 0.30 stamp=0:09   | A 0
      1:00 tick                    | A 0
    `));
  test('D2 a clock set back an hour in between: the delay goes on by ours', () =>
    check(`
      60:00 value 0.38 stamp=60:00          | A 0
      60:05 value 0.38 stamp=0:05 session=2 | A 0
      60:09 value 0.38 stamp=0:09 session=2 | A 0
      60:10 value 0.38 stamp=0:10 session=2 | B 1 raised@60:10
    `));
  test('D2 a clock set forward an hour in between raises nothing early', () =>
    check(`
      0:00 value 0.38                       | A 0
      0:05 value 0.38 stamp=60:05 session=2 | A 0
      0:09 tick                             | A 0
      0:10 tick                             | B 1 raised@0:10
    `));
  test('D3 a word that was held up on its way does not put the alarm off', () =>
    check(`
      0:08 value 0.38 stamp=0:00   | A 0
      0:08 value 0.38 stamp=0:07   | A 0
      0:10 tick                    | A 0
      0:11 tick                    | B 1 raised@0:10
    `));
  test('D3 and one held up later does not either', () =>
    check(`
      0:00 value 0.38 stamp=0:00   | A 0
      0:08 value 0.38 stamp=0:01   | A 0
      0:10 tick                    | B 1 raised@0:10
    `));
});

describe('a restart, or another owner', () => {
  test('D4 in the middle of the on-delay: raised at the moment it was up', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 restart                 | A 0
      0:30 tick                    | A 0
      0:40 value 0.38 session=2    | B 1 raised@0:10
    `));
  test('D4 the rest of the delay is waited for', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 restart                 | A 0
      0:06 value 0.38 session=1    | A 0
      0:09 tick                    | A 0
      0:10 tick                    | B 1 raised@0:10
    `));
  test('D4 a value that was inside meanwhile ends it', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 restart                 | A 0
      0:40 value 0.35 session=2    | A 0
      0:41 value 0.38 session=2    | A 0
      0:50 tick                    | A 0
      0:51 tick                    | B 1 raised@0:51
    `));
  test('D4 Q2 a first word that is bad: the delay runs on', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 restart                 | A 0
      0:06 bad                     | A 0
      0:10 tick                    | B 1 raised@0:10
    `));
  test('D4 in the middle of the off-delay', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      1:00 value 0.30              | B 1
      1:02 restart                 | B 1
      1:20 value 0.30 session=2    | D 1 returned@1:05
    `));
});

describe('another definition', () => {
  test('D5 below a value that stands there since long: raised at once, when it was set', () =>
    check(`
      0:00 value 0.35              | A 0
      9:00 define limit=0.33       | B 1 raised@9:00
    `));
  test('D5 below a value that came a moment ago: when the delay is up', () =>
    check(`
      0:00 value 0.35              | A 0
      0:04 define limit=0.33       | A 0
      0:09 tick                    | A 0
      0:10 tick                    | B 1 raised@0:10
    `));
  test('D5 above the value: it returns', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      9:00 define limit=0.50       | D 1 returned@9:00
    `));
  test('D5 the delay runs: relaxed and shortened at once, what is inside the new limit is not raised', () =>
    check(`
      0:00 value 0.38              | A 0
      0:05 value 0.39              | A 0
      0:06 define limit=0.5 on=2   | A 0
      2:00 tick                    | A 0
    `));
  test('D5 the delay runs: what is beyond the new limit, too, goes on', () =>
    check(`
      0:00 value 0.38              | A 0
      0:05 value 0.4               | A 0
      0:06 define limit=0.39       | A 0
      0:09 tick                    | A 0
      0:10 tick                    | B 1 raised@0:10
    `));
  test('D5 shortened so that it is up: it stands at the definition; longer: it is waited for', () =>
    check(`
      10:00 value 0.38 stamp=0:00  | A 0
      10:06 define on=2            | B 1 raised@0:06
      20:00 value 0.30 stamp=10:00 | B 1
      20:03 define off=60          | B 1
      20:59 tick                   | B 1
      21:00 tick                   | D 1 returned@11:00
      22:00 value 0.38             | D 1
      22:01 define on=40           | D 1
      22:39 tick                   | D 1
      22:40 tick                   | B 2 raised@22:40
    `));
  test('D5 towards returning it begins with the value as it stands', () =>
    check(`
      0:00 value 0.40              | A 0
      0:10 tick                    | B 1 raised@0:10
      1:00 value 0.36              | B 1
      1:04 value 0.30              | B 1
      1:04 define limit=0.32       | B 1
      1:08 tick                    | B 1
      1:09 tick                    | D 1 returned@1:09
    `));
  test('D5 R3 a delay that was up before it was raised by the definition before it', () =>
    check(`
      0:00 value 0.38              | A 0
      0:12 define limit=0.5 on=60  | D 1 raised@0:10 returned@0:12
    `));
  test('D5 Q2 while the value is bad, what it said last decides', () => {
    check(`
      0:00 value 0.38              | A 0
      0:04 bad                     | A 0
      0:05 define limit=0.5 on=2   | A 0
      1:00 tick                    | A 0
    `);
    check(`
      0:00 value 0.38              | A 0
      0:04 bad                     | A 0
      0:05 define limit=0.375 on=2 | B 1 raised@0:05
    `);
  });
  test('D5 D4 a delay that an earlier owner began is not up before it either', () =>
    check(`
      0:00 value 0.38              | A 0
      0:04 restart                 | A 0
      0:05 define on=60            | A 0
      0:50 define on=2             | B 1 raised@0:50
    `));
  test('D6 taken away while the delay runs: nothing is raised', () =>
    check(`
      0:00 value 0.38              | A 0
      0:09 withdraw                | A 0
      0:30 tick                    | A 0
    `));
  test('D6 taken away while it is active, and while it is about to return: it returns at that moment', () => {
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 withdraw                | D 1 returned@0:20
      0:30 withdraw                | D 1
    `);
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 value 0.30              | B 1
      0:22 withdraw                | D 1 returned@0:22
    `);
  });
  test('D6 R3 taken away when the delay was up: it was raised, and returns', () =>
    check(`
      0:00 value 0.38              | A 0
      0:11 withdraw                | D 1 raised@0:10 returned@0:11
    `));
});

describe('our clock is set', () => {
  test('D7 a delay goes on for as long as it had to, and stands by the clock of its source', () =>
    check(`
      0:00 value 0.38              | A 0
      0:05 set 600                 | A 0
      10:09 tick                   | A 0
      10:10 tick                   | B 1 raised@0:10
    `));
  test('D7 one that we stamped ourselves stands by our clock as it is now', () =>
    check(`
      0:00 value 0.38 session=0    | A 0
      0:05 set 600                 | A 0
      10:06 value 0.38 session=0   | A 0
      10:10 value 0.38 session=0   | B 1 raised@10:10
    `));
});

describe('shelved, suppressed, out of service', () => {
  test('M2 M4 shelved while active, its term ends: unacknowledged again, the same occurrence', () =>
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:20 acknowledge station     | C 1 acknowledged@0:20
      0:30 shelve 9:00             | E 1 shelved@0:30
      9:30 tick                    | B 1 unshelved@9:00
    `));
  test('M4 R3 its term ends before its delay is up, both between two looks: in their order', () => {
    check(`
      0:00 shelve 0:30             | E 0 shelved@0:00
      0:25 value 0.38              | E 0
      1:00 tick                    | B 1 unshelved@0:30 raised@0:35
    `);
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:11 acknowledge station     | C 1 acknowledged@0:11
      0:12 shelve 0:30             | E 1 shelved@0:12
      0:27 value 0.30              | E 1
      1:00 value 0.30              | D 1 unshelved@0:30 returned@0:32
    `);
  });
  test('M4 R3 its term ends after its delay is up: in their order, too', () => {
    check(`
      0:00 shelve 0:30             | E 0 shelved@0:00
      0:15 value 0.38              | E 0
      1:00 tick                    | B 1 raised@0:25 unshelved@0:30
    `);
    check(`
      0:00 value 0.38              | A 0
      0:10 tick                    | B 1 raised@0:10
      0:11 acknowledge station     | C 1 acknowledged@0:11
      0:12 shelve 0:30             | E 1 shelved@0:12
      0:25 value 0.30              | E 1
      1:00 tick                    | A 1 returned@0:30 unshelved@0:30
    `);
  });
  test('M4 R3 its term is over before the next word, command or definition, looked at or not', () =>
    check(`
      0:00 shelve 0:30             | E 0 shelved@0:00
      1:00 value 0.30              | A 0 unshelved@0:30
      1:10 shelve 1:30             | E 0 shelved@1:10
      1:29 unshelve                | A 0 unshelved@1:29
      1:40 shelve 2:00             | E 0 shelved@1:40
      2:00 unshelve                | E 0 notShelved
      2:00 suppress esd            | F 0 unshelved@2:00 suppressed@2:00
      2:10 unsuppress              | A 0 unsuppressed@2:10
      2:20 shelve 2:40             | E 0 shelved@2:20
      3:00 define limit=0.5        | A 0 unshelved@2:40
      3:10 shelve 3:20             | E 0 shelved@3:10
      4:00 withdraw                | A 0 unshelved@3:20
    `));
  test('M1 M2 began while shelved: leaving is a new occurrence to acknowledge', () =>
    check(`
      0:00 shelve 9:00             | E 0 shelved@0:00
      1:00 value 0.38              | E 0
      1:10 tick                    | E 1 raised@1:10
      2:00 unshelve                | B 1 unshelved@2:00
    `));
  test('M1 came and went while shelved: nobody is called', () =>
    check(`
      0:00 shelve 9:00             | E 0 shelved@0:00
      1:00 value 0.38              | E 0
      2:00 value 0.30              | E 1 raised@1:10
      3:00 tick                    | E 1 returned@2:05
      4:00 unshelve                | A 1 unshelved@4:00
    `));
  test('M1 an unacknowledged return is not lost under a mask', () =>
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
  test('M3 C5 masks overlap: the strongest shows, the last to go asks again', () =>
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

test('C4 latched: stays until it is reset', () =>
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
test('M1 M2 latching: raised under a mask it does not latch, unmasked while active it does', () =>
  check(
    `
      0:00 outOfService            | G 0 outOfService@0:00
      1:00 value 0.38              | G 0
      1:10 tick                    | G 1 raised@1:10
      2:00 inService               | B 1 inService@2:00
      3:00 value 0.30              | B 1
      3:05 tick                    | B 1 returned@3:05
      4:00 acknowledge station     | C 1 acknowledged@4:00
      5:00 reset                   | A 1 reset@5:00
      6:00 outOfService            | G 1 outOfService@6:00
      7:00 value 0.38              | G 1
      7:10 tick                    | G 2 raised@7:10
      8:00 value 0.30              | G 2
      8:05 tick                    | G 2 returned@8:05
      9:00 inService               | A 2 inService@9:00
    `,
    { ...outletHigh, latching: 'operatorResets' },
  ));

describe('a condition found elsewhere', () => {
  const loss = lossAlarm('network', {
    alarmId: 'area:city:loss',
    areaId: 'city',
    stationId: null,
    priority: 2,
    name: { zh: '全网', en: 'City' },
    unit: '%',
  });
  test('R5 C3 another day is another occurrence; the same message again is none; dispatch moves the state', () =>
    check(
      `
      0:00 breach 2026-03-01       | B 1 raised@0:00
      0:00 breach 2026-03-01       | B 1
      0:30 breach 2026-03-01       | B 1
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
