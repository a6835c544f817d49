import fc from 'fast-check';
import { alarmNamed, entryOf, storedOf } from './stored-alarm';
import { Company, Disk } from './watch';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}`);

/** Two collectors that have lived for a while; the first owns the station. */
async function ownerAndStandby() {
  const company = new Company(['gate']);
  const owner = company.start('a');
  await company.time.pass(10 * SECOND);
  const standby = company.start('b');
  await company.time.pass(10 * SECOND);
  expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
  return { company, owner, standby };
}

describe('while the database is there', () => {
  test('a standby takes over within 10 s when the owner is killed', async () => {
    const { company, owner } = await ownerAndStandby();
    owner.kill();
    await company.time.pass(10 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
  });

  test('an owner that leaves is followed at once', async () => {
    const { company, owner } = await ownerAndStandby();
    const leaving = owner.ownership.stop();
    await company.time.pass(2 * SECOND);
    await leaving;
    expect(company.speakers('gate')).toContainEqual({ owner: 'b', epoch: 2 });
  });

  test('a restarted owner goes on at once, under the same epoch', async () => {
    const { company, owner } = await ownerAndStandby();
    owner.kill();
    company.start('a', owner.disk);
    await company.time.pass(SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
  });

  test('a third collector gets its share: each partition moves once at most, and then nothing moves', async () => {
    const company = new Company(names(10));
    const [a, b] = [company.start('a'), company.start('b')];
    await company.time.pass(60 * SECOND);
    const before = [a, b].map((one) => one.ownership.partitions.length);
    expect(before).toEqual([5, 5]);
    [a, b].forEach((one) => one.moves.splice(0));
    const c = company.start('c');
    let gap = 0;
    for (let s = 0; s < 60; s += 1) {
      await company.time.pass(SECOND);
      const unowned = company.partitions.filter((p) => company.speakers(p).length === 0).length;
      gap = Math.max(gap, unowned);
    }
    expect([a, b, c].map((one) => one.ownership.partitions.length)).toEqual([3, 3, 4]);
    expect([...a.moves, ...b.moves].filter((move) => move.startsWith('+'))).toEqual([]);
    expect(c.moves).toHaveLength(4);
    // Gently: one of each at a time.
    expect(gap).toBeLessThanOrEqual(2);
    [a, b, c].forEach((one) => one.moves.splice(0));
    await company.time.pass(600 * SECOND);
    expect([a, b, c].flatMap((one) => one.moves)).toEqual([]);
  });

  test('a newcomer that dies again and again moves nothing', async () => {
    const company = new Company(names(10));
    const a = company.start('a');
    await company.time.pass(20 * SECOND);
    a.moves.splice(0);
    for (let i = 0; i < 10; i += 1) {
      const b = company.start('b');
      await company.time.pass(4 * SECOND);
      b.kill();
      await company.time.pass(SECOND);
    }
    expect(a.moves).toEqual([]);
  });

  test('what is given up waits until its events are in the journal', async () => {
    const company = new Company(names(2));
    const a = company.start('a');
    await company.time.pass(20 * SECOND);
    a.waiting = [entryOf(alarmNamed('p1'), 1)];
    const b = company.start('b');
    await company.time.pass(9 * SECOND);
    expect(a.ownership.partitions).toEqual(['p0']);
    expect(b.ownership.partitions).toEqual([]);
    a.waiting = [];
    await company.time.pass(4 * SECOND);
    expect(b.ownership.partitions).toEqual(['p1']);
  });
});

describe('an owner whose process stood still', () => {
  test('says nothing until it has asked, and gives up what is another collector’s', async () => {
    const { company, owner } = await ownerAndStandby();
    owner.pause();
    await company.time.pass(10 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
    owner.goOn();
    expect(owner.speaksUnder('gate')).toBeNull();
    await company.time.pass(SECOND);
    expect(owner.ownership.epochOf('gate')).toBeNull();
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
  });

  test('also where only the wall clock saw it: the computer was suspended', async () => {
    const { company, owner } = await ownerAndStandby();
    company.time.leap(60 * SECOND);
    expect(owner.speaksUnder('gate')).toBeNull();
    await company.time.pass(SECOND);
    expect(owner.speaksUnder('gate')).toBe(1);
  });
});

describe('while the database is away', () => {
  const cutOff = async (...seconds: number[]) => {
    const { company, owner, standby } = await ownerAndStandby();
    return { company, owner, standby, seconds };
  };

  test.each(['away', 'silent'] as const)('who is alone goes on for as long as it is %s', async (how) => {
    const company = new Company(['gate']);
    const a = company.start('a');
    await company.time.pass(10 * SECOND);
    a.database = how;
    await company.time.pass(HOUR);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
    expect(a.moves).toEqual(['+gate']);
    a.database = 'there';
    await company.time.pass(5 * SECOND);
    expect(a.moves).toEqual(['+gate']);
  });

  test('an owner that alone is cut off stops when its lease ends, before its successor begins', async () => {
    const { company, owner } = await cutOff();
    owner.database = 'silent';
    let unowned = 0;
    for (let tenths = 0; tenths < 100; tenths += 1) {
      await company.time.pass(100);
      expect(company.speakers('gate').length).toBeLessThanOrEqual(1);
      if (company.speakers('gate').length === 0) unowned += 1;
    }
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
    expect(unowned).toBeLessThan(40);
  });

  test('it goes on while every other says that the leases are away for it, too', async () => {
    const { company, owner, standby } = await cutOff();
    owner.database = standby.database = 'away';
    await company.time.pass(HOUR);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
    standby.database = 'there';
    await company.time.pass(13 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
    owner.database = 'there';
    await company.time.pass(10 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
  });

  test('also through a short silence of the bus, but not through a long one', async () => {
    const { company, owner, standby } = await cutOff();
    owner.database = standby.database = 'away';
    await company.time.pass(60 * SECOND);
    owner.bus = 'away';
    await company.time.pass(15 * SECOND);
    owner.reconnect();
    await company.time.pass(5 * SECOND);
    expect(owner.speaksUnder('gate')).toBe(1);
    owner.bus = 'away';
    await company.time.pass(40 * SECOND);
    expect(owner.ownership.epochOf('gate')).toBeNull();
  });

  test('it goes on when the other has left', async () => {
    const { company, owner, standby } = await cutOff();
    owner.database = standby.database = 'away';
    standby.kill();
    await company.time.pass(HOUR);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
  });

  test('it stops when a newcomer is heard that can reach the leases', async () => {
    const company = new Company(['gate']);
    const a = company.start('a');
    await company.time.pass(10 * SECOND);
    a.database = 'away';
    await company.time.pass(60 * SECOND);
    company.start('c');
    await company.time.pass(13 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'c', epoch: 2 }]);
    a.database = 'there';
    await company.time.pass(10 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'c', epoch: 2 }]);
  });

  test('in a split both may speak, under different epochs, and the younger is final', async () => {
    const company = new Company(['gate']);
    const a = company.start('a');
    await company.time.pass(10 * SECOND);
    a.database = 'away';
    a.bus = 'away';
    company.start('c');
    await company.time.pass(20 * SECOND);
    expect(company.speakers('gate')).toEqual([
      { owner: 'a', epoch: 1 },
      { owner: 'c', epoch: 2 },
    ]);
    a.database = 'there';
    await company.time.pass(2 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'c', epoch: 2 }]);
  });
});

describe('when the database is back after everybody’s leases ran out', () => {
  /** Three collectors with their shares, all of which went on alone for a minute. */
  const afterOutage = async () => {
    const company = new Company(names(12));
    const all = ['a', 'b', 'c'].map((name) => company.start(name));
    await company.time.pass(120 * SECOND);
    expect(all.map((one) => one.ownership.partitions.length)).toEqual([4, 4, 4]);
    for (const one of all) one.database = 'away';
    await company.time.pass(60 * SECOND);
    all.forEach((one) => one.moves.splice(0));
    return { company, all, a: all[0]!, b: all[1]!, c: all[2]! };
  };

  test('who comes first leaves to the others what they speak for, and nothing moves', async () => {
    const { company, all, a } = await afterOutage();
    a.database = 'there';
    await company.time.pass(3 * SECOND);
    for (const one of all) one.database = 'there';
    await company.time.pass(120 * SECOND);
    expect(all.flatMap((one) => one.moves)).toEqual([]);
    expect(company.partitions.flatMap((p) => company.speakers(p))).toHaveLength(12);
  });

  test('what a dead one had is taken at once', async () => {
    const { company, a, b, c } = await afterOutage();
    const orphans = c.ownership.partitions;
    c.kill();
    await company.time.pass(SECOND);
    a.database = b.database = 'there';
    await company.time.pass(4 * SECOND);
    for (const partition of orphans) expect(company.speakers(partition)).toHaveLength(1);
    expect([...a.moves, ...b.moves].filter((move) => move.startsWith('-'))).toEqual([]);
  });

  test('what another speaks for that stays cut off is taken a moment later, and two never speak for it', async () => {
    const { company, a, b, c } = await afterOutage();
    const left = c.ownership.partitions;
    a.database = b.database = 'there';
    for (let s = 0; s < 5; s += 1) {
      await company.time.pass(SECOND);
      expect(left.flatMap((p) => company.speakers(p).map((one) => one.owner))).toEqual(left.map(() => 'c'));
    }
    for (let tenths = 0; tenths < 150; tenths += 1) {
      await company.time.pass(100);
      for (const partition of left) expect(company.speakers(partition).length).toBeLessThanOrEqual(1);
    }
    expect(left.flatMap((p) => company.speakers(p).map((one) => one.owner))).toHaveLength(left.length);
    expect(c.ownership.partitions).toEqual([]);
  });
});

describe('a start while the database is away', () => {
  /** What a collector leaves behind that was alone, or one of two. */
  const left = async (others: number) => {
    const company = new Company(['gate']);
    const a = company.start('a');
    await company.time.pass(10 * SECOND);
    if (others > 0) company.start('b');
    await company.time.pass(10 * SECOND);
    for (const one of company.collectors) one.database = 'away';
    a.kill();
    const restart = () => {
      const again = company.start('a', a.disk);
      again.database = 'away';
      return again;
    };
    return { company, a, restart };
  };

  test('goes on at once from a lease that still runs', async () => {
    const { company, restart } = await left(1);
    restart();
    await company.time.pass(SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
  });

  test('goes on from one that is over when it was alone', async () => {
    const { company, restart } = await left(0);
    await company.time.pass(HOUR);
    restart();
    await company.time.pass(5 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
  });

  test('goes on from one that is over when the other says that the leases are away', async () => {
    const { company, restart } = await left(1);
    await company.time.pass(HOUR);
    restart();
    await company.time.pass(6 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'a', epoch: 1 }]);
  });

  test('knows what the journal has, once, as soon as the database is back: the copy may be older', async () => {
    const { company, restart } = await left(0);
    const again = restart();
    await company.time.pass(5 * SECOND);
    company.states = [storedOf(alarmNamed('gate', { letter: 'C', acknowledged: true }), 1)];
    expect(again.caughtUp).toEqual([]);
    again.database = 'there';
    await company.time.pass(20 * SECOND);
    expect(again.caughtUp).toEqual([{ name: 'gate', states: company.states }]);
    expect(again.moves).toEqual(['+gate']);
  });

  test('what another has taken meanwhile is not caught up with', async () => {
    const { company, restart } = await left(1);
    const again = restart();
    await company.time.pass(SECOND);
    const b = company.collectors[1];
    if (b) b.database = 'there';
    await company.time.pass(30 * SECOND);
    again.database = 'there';
    await company.time.pass(30 * SECOND);
    expect(again.caughtUp).toEqual([]);
  });

  test('does not go on when the other may have taken over', async () => {
    const { company, restart } = await left(1);
    company.retained.clear();
    for (const one of company.collectors) one.bus = 'away';
    await company.time.pass(HOUR);
    restart().bus = 'away';
    await company.time.pass(60 * SECOND);
    expect(company.speakers('gate')).toEqual([]);
  });

  test('does not go on when its clock was set back', async () => {
    const { company, restart } = await left(1);
    company.retained.clear();
    for (const one of company.collectors) one.bus = 'away';
    company.time.leap(-HOUR);
    restart().bus = 'away';
    await company.time.pass(60 * SECOND);
    expect(company.speakers('gate')).toEqual([]);
  });

  test('does not go on from what was seen under another epoch since', async () => {
    const { company, owner } = await ownerAndStandby();
    owner.kill();
    await company.time.pass(10 * SECOND);
    const again = company.start('a', owner.disk);
    await company.time.pass(5 * SECOND);
    again.database = 'away';
    await company.time.pass(60 * SECOND);
    expect(company.speakers('gate')).toEqual([{ owner: 'b', epoch: 2 }]);
  });

  test('does not go on with what was granted and whose alarms were never read', async () => {
    const { company, a, restart } = await left(0);
    a.disk.alarms = { owner: 'a', partitions: [] };
    restart();
    await company.time.pass(60 * SECOND);
    expect(company.speakers('gate')).toEqual([]);
  });

  test('does not go on from a copy that says nothing of the lease’s end', async () => {
    const company = new Company(['gate']);
    const disk = new Disk();
    disk.alarms = { owner: 'a', partitions: [{ partition: 'gate', epoch: 1, states: [] }] };
    company.start('a', disk).database = 'away';
    await company.time.pass(60 * SECOND);
    expect(company.speakers('gate')).toEqual([]);
  });
});

describe('what is taken over', () => {
  const raised = alarmNamed('gate', { letter: 'B' });
  const acknowledged = alarmNamed('gate', { letter: 'C', acknowledged: true });

  test('entries that wait under the same epoch are newer than the table', async () => {
    const company = new Company(['gate']);
    company.states = [storedOf(raised, 1)];
    const a = company.start('a');
    a.waiting = [entryOf(acknowledged, 1)];
    await company.time.pass(SECOND);
    expect(a.given.get('gate')?.states.map((s) => s.alarm.letter)).toEqual(['C']);
    expect(a.given.get('gate')?.waiting).toEqual(a.waiting);
  });

  test('entries that come again take back nothing of what came after them', async () => {
    const company = new Company(['gate']);
    const note = { by: 'operator', at: 1, comment: '' };
    const returned = alarmNamed('gate', {
      letter: 'A',
      active: false,
      acknowledged: true,
      noted: { station: note, dispatch: null },
    });
    company.states = [storedOf(returned, 1)];
    const a = company.start('a');
    // The spool of a process that ended: the database has it, and more.
    a.waiting = [entryOf(raised, 1)];
    await company.time.pass(SECOND);
    expect(a.given.get('gate')?.states.map((s) => s.alarm)).toEqual([returned]);
  });

  test('entries of an older epoch never overrule what a younger owner wrote', async () => {
    const { company, owner, standby } = await ownerAndStandby();
    owner.kill();
    await company.time.pass(10 * SECOND);
    company.states = [storedOf(acknowledged, 2)];
    standby.kill();
    const again = company.start('a', owner.disk);
    again.waiting = [entryOf(raised, 1)];
    await company.time.pass(10 * SECOND);
    expect(again.given.get('gate')).toMatchObject({ epoch: 3, waiting: [] });
    expect(again.given.get('gate')?.states.map((s) => s.alarm.letter)).toEqual(['C']);
  });

  test('an entry that is confirmed while the states are read is in the states, and waits no more', async () => {
    const company = new Company(['gate']);
    const a = company.start('a');
    a.waiting = [entryOf(raised, 1)];
    // The journal takes it in the moment in which the table is read.
    Object.defineProperty(company, 'states', {
      get: () => {
        a.waiting = [];
        return [];
      },
    });
    await company.time.pass(SECOND);
    expect(a.given.get('gate')?.states.map((s) => s.alarm.letter)).toEqual(['B']);
    expect(a.given.get('gate')?.waiting).toEqual([]);
  });
});

describe('whatever happens', () => {
  type Step = [what: number, who: number, ms: number];
  const steps = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 1, max: 9_000 }),
    ),
    { minLength: 5, maxLength: 40 },
  );

  /** Three collectors and what befalls them; `check` looks every half second. */
  async function run(script: readonly Step[], kinds: number, check: (company: Company) => void) {
    const company = new Company(names(3));
    const one = ['a', 'b', 'c'].map((name) => company.start(name));
    for (const [what, who, ms] of script) {
      const at = one[who]!;
      const happen = [
        () => undefined,
        () => at.pause(),
        () => at.goOn(),
        () => {
          at.kill();
          one[who] = company.start(at.owner, at.disk);
        },
        () => (at.database = 'there'),
        () => (at.database = 'away'),
        () => (at.database = 'silent'),
        () => (at.bus = 'away'),
        () => at.reconnect(),
      ];
      happen[what % kinds]?.();
      for (let left = ms; left > 0; left -= 500) {
        await company.time.pass(Math.min(500, left));
        check(company);
      }
    }
    return { company, one };
  }

  test('two never speak for one partition under one epoch', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        await run(script, 9, (company) => {
          for (const partition of company.partitions) {
            const epochs = company.speakers(partition).map((s) => s.epoch);
            expect(new Set(epochs).size).toBe(epochs.length);
          }
        });
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('while the database answers, two never speak for one partition at all', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        await run(script, 4, (company) => {
          for (const partition of company.partitions)
            expect(company.speakers(partition).length).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('when everything is well again, each partition has one owner, and all have their share', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const { company, one } = await run(script, 9, () => undefined);
        for (const at of one) {
          at.goOn();
          at.reconnect();
          at.database = 'there';
        }
        await company.time.pass(60 * SECOND);
        expect(company.partitions.map((p) => company.speakers(p).length)).toEqual([1, 1, 1]);
        expect(one.map((at) => at.ownership.partitions.length)).toEqual([1, 1, 1]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
