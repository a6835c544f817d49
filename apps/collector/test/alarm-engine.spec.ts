import type {
  Alarm,
  AlarmCommand,
  AlarmEventMessage,
  AlarmTableMessage,
  Position,
} from '@linepack/contracts';
import type { Micros, StationId, TagConfig, TagId, TagKey } from '@linepack/network';
import type { JournalEntry } from '@linepack/store';
import { AlarmEngine } from '../src/alarm/alarm-engine';
import { definitionsOf } from '../src/alarm/definitions';
import type { CollectorTag } from '../src/configuration/collector-configuration';
import { qualityOf } from '@linepack/telemetry';
import { until } from './house';

const PRESSURE = 'tag:gate.p:H';
const name = { zh: '压力', en: 'Pressure' };
const tag = {
  tagId: 1 as TagId,
  key: 'gate.p' as TagKey,
  stationId: 'gate' as StationId,
  config: { name, unit: 'MPa', limits: { H: 4, deadband: 0.1, onDelayS: 0, offDelayS: 0 } } as TagConfig,
} as CollectorTag;

/** An engine that owns the gate station; the journal takes everything at once. */
class Owner {
  private now = 1_750_000_000_000_000;
  private readonly told: { topic: string; message: unknown }[] = [];
  readonly journal: JournalEntry[] = [];
  readonly engine = new AlarmEngine({
    now: () => this.now as Micros,
    tell: (topic, message) => this.told.push({ topic, message }),
    journal: (entries) => {
      this.journal.push(...entries);
      return Promise.resolve('journal');
    },
    onChange: () => undefined,
  });

  constructor(stored: readonly Alarm[] = []) {
    const gate = { id: 'gate' as StationId, name };
    this.engine.configure(definitionsOf({ stations: [gate], sources: [], tags: [tag] }));
    this.engine.own('gate', 1, stored, []);
  }

  measure(value: number): void {
    this.now += 1_000_000;
    const sample = { tagId: tag.tagId, ts: this.now as Micros, quality: qualityOf(0), value };
    this.engine.measured([{ tag, sample, lag: 0 }]);
  }

  note(position: Position, occurrence: number, commandId: string) {
    const command: AlarmCommand = {
      commandId,
      replyTo: '',
      at: this.now,
      kind: 'acknowledge',
      alarmId: PRESSURE,
      occurrence,
      position,
      actor: 'li',
      comment: '',
    };
    return this.engine.command('gate', command);
  }

  get events(): string[] {
    return this.told.flatMap(({ topic, message }) =>
      topic === 'linepack/alarm/event/gate' ? [(message as AlarmEventMessage).event.kind] : [],
    );
  }

  /** Waits until the newest table holds exactly these alarms, each with its letter. */
  async table(...expected: string[]): Promise<void> {
    await until(`a table of [${expected.join()}]`, () => {
      const message = this.told.findLast((t) => t.topic === 'linepack/alarm/table/gate')?.message;
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
    const after = new Owner([before.journal.at(-1)?.event.state as Alarm]);
    await after.table(`${PRESSURE} A`);
    expect(await after.note('dispatch', 1, 'b')).toMatchObject({ ok: true });
    await after.table();
    after.engine.stop();
  });

  test('an alarm that was never raised is on no table and there is nothing to note', async () => {
    const owner = new Owner();
    owner.measure(3);
    await owner.table();
    expect(await owner.note('station', 0, 'a')).toMatchObject({ ok: false, code: 'nothingToAcknowledge' });
    owner.engine.stop();
  });
});
