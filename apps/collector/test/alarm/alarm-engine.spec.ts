import {
  TOPIC,
  type AlarmCommand,
  type AlarmEventMessage,
  type AlarmTableMessage,
  type Position,
} from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import { AlarmEngine } from '../../src/alarm/alarm-engine';
import { systemTime } from '../../src/time';
import { quiet, until } from '../house';
import { PRESSURE, STATION, definitions, pressureOf } from '../one-alarm';

/** An engine that owns the station; the journal takes everything at once. */
class Owner {
  private now = 1_750_000_000_000_000;
  private readonly told: { topic: string; message: unknown }[] = [];
  readonly journal: JournalEntry[] = [];
  readonly engine = new AlarmEngine({
    time: { ...systemTime, now: () => this.now as Micros },
    tell: (topic, message) => this.told.push({ topic, message }),
    journal: (entries) => {
      this.journal.push(...entries);
      return Promise.resolve('journal');
    },
    onChange: () => undefined,
    states: () => undefined,
    doubt: () => null,
    log: quiet,
  });

  constructor(stored: readonly StoredAlarm[] = []) {
    this.engine.configure(definitions);
    this.engine.own(STATION, 1, stored, []);
  }

  measure(value: number): void {
    this.now += 1_000_000;
    this.engine.present([pressureOf(value, this.now as Micros)]);
  }

  note(position: Position, occurrence: number, commandId: string, sentAgo = 0) {
    const command: AlarmCommand = {
      commandId,
      replyTo: '',
      at: this.now - sentAgo,
      deadline: this.now - sentAgo + 4_000_000,
      kind: 'acknowledge',
      alarmId: PRESSURE,
      occurrence,
      position,
      actor: 'li',
      comment: '',
    };
    return this.engine.command(STATION, command);
  }

  get events(): string[] {
    return this.told.flatMap(({ topic, message }) =>
      topic === TOPIC.alarmEvent(STATION) ? [(message as AlarmEventMessage).event.kind] : [],
    );
  }

  /** Waits until the newest table holds exactly these alarms, each with its letter. */
  async table(...expected: string[]): Promise<void> {
    await until(`a table of [${expected.join()}]`, () => {
      const message = this.told.findLast((t) => t.topic === TOPIC.alarmTable(STATION))?.message;
      const alarms = (message as AlarmTableMessage | undefined)?.alarms;
      return alarms?.map((a) => `${a.alarmId} ${a.letter}`).join() === expected.join();
    });
  }
}

describe('an alarm that is normal again', () => {
  test.each([
    ['station', 'dispatch'],
    ['dispatch', 'station'],
  ] as const)('noted by %s only stays on the table for %s, who can still note it', async (first, second) => {
    const owner = new Owner();
    owner.measure(4.5);
    expect(await owner.note(first, 1, 'a')).toMatchObject({ ok: true });
    owner.measure(3);
    const letter = first === 'station' ? 'A' : 'D';
    await owner.table(`${PRESSURE} ${letter}`);
    expect(await owner.note(first, 1, 'b')).toMatchObject({ ok: false, code: 'nothingToAcknowledge' });
    expect(await owner.note(second, 1, 'c')).toMatchObject({ ok: true, alarm: { letter: 'A' } });
    await owner.table();
    expect(owner.events).toEqual(['raised', 'acknowledged', 'returned', 'acknowledged']);
    expect(owner.journal).toHaveLength(4);
    owner.engine.stop();
  });

  test('is on the table of its next owner too, who takes it from the store', async () => {
    const before = new Owner();
    before.measure(4.5);
    await before.note('station', 1, 'a');
    before.measure(3);
    before.engine.stop();
    const after = new Owner(before.engine.snapshot().flatMap((p) => p.states));
    await after.table(`${PRESSURE} A`);
    expect(await after.note('dispatch', 1, 'b')).toMatchObject({ ok: true });
    await after.table();
    after.engine.stop();
  });

  test('a command whose sender no longer waits is not executed', async () => {
    const owner = new Owner();
    owner.measure(4.5);
    expect(await owner.note('station', 1, 'a', 4_000_001)).toMatchObject({ ok: false, code: 'expired' });
    expect(owner.events).toEqual(['raised']);
    expect(await owner.note('station', 1, 'b', 4_000_000)).toMatchObject({ ok: true });
    owner.engine.stop();
  });

  test.each([
    ['within its time', 0],
    ['after it', 9_000_000],
  ])(
    'a command that comes again after a takeover, %s, is answered as it was executed: who gave it may have no answer yet',
    async (_when, sentAgo) => {
      const before = new Owner();
      before.measure(4.5);
      await before.note('station', 1, 'a');
      before.engine.stop();
      const after = new Owner(before.engine.snapshot().flatMap((p) => p.states));
      expect(await after.note('station', 1, 'a', sentAgo)).toMatchObject({
        ok: true,
        durable: 'journal',
        alarm: { letter: 'C', noted: { station: { by: 'li' } } },
      });
      expect(after.events).toEqual([]);
      // Another position's, and another occurrence's, was not.
      const late = sentAgo === 0 ? { ok: true } : { ok: false, code: 'expired' };
      expect(await after.note('dispatch', 1, 'b', sentAgo)).toMatchObject(late);
      after.measure(3);
      after.measure(4.5);
      expect(await after.note('station', 2, 'c', sentAgo)).toMatchObject(late);
      after.engine.stop();
    },
  );

  test('an alarm that was never raised is on no table and there is nothing to note', async () => {
    const owner = new Owner();
    owner.measure(3);
    await owner.table();
    expect(await owner.note('station', 0, 'a')).toMatchObject({ ok: false, code: 'nothingToAcknowledge' });
    owner.engine.stop();
  });
});
