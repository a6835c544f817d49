import type { ConditionMessage } from '@linepack/contracts';
import type { SourceId, TagId } from '@linepack/network';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import { qualityOf, type PresentValue } from '@linepack/telemetry';
import fc from 'fast-check';
import { AlarmEngine } from '../../src/alarm/alarm-engine';
import { definitionsOf } from '../../src/alarm/definitions';
import type { Log } from '../../src/log';
import { ManualTime } from '../manual-time';
import { START, configurationOf, settled, us, type PlantTag } from './alarm-plant';

/*
 * Two collectors that hear the same plant, one of which owns the alarms at a time, over a database that takes what the
 * owner gives in the order given. Whatever happens between them, in the end the alarms are what the plant says, and the
 * journal, the table and the owner's memory agree.
 */

const TAGS: readonly PlantTag[] = [
  { id: 1, station: 'gate', source: 'plc', limits: { H: 4, deadband: 0.5 } },
  { id: 2, station: 'gate', source: 'plc', limits: { H: 4, L: 2, onDelayS: 10, offDelayS: 5 } },
  { id: 3, station: 'town', source: 'broker', limits: { H: 4, onDelayS: 3 } },
];
const PARTITIONS = ['gate', 'town', 'network'];
const BAD = 0x80050000;

type Op =
  | { kind: 'wait'; seconds: number }
  | { kind: 'hear'; id: number; value: number | null; late: number; session: number }
  | { kind: 'source'; id: string; heard: 'connected' | 'lost' }
  | { kind: 'station'; id: string; standing: 'speaking' | 'silent' | 'bad' | 'unknown' }
  | { kind: 'loss'; day: number; active: boolean }
  | { kind: 'limit'; H: number | undefined; onDelayS: number }
  | { kind: 'clock'; seconds: number }
  | { kind: 'handover' }
  | { kind: 'doubt'; seconds: number }
  | { kind: 'acknowledge'; position: 'station' | 'dispatch' };

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(12) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('hear' as const),
      id: fc.integer({ min: 1, max: 3 }),
      value: fc.constantFrom(1, 3, 3.8, 5, null),
      late: fc.nat(4),
      session: fc.integer({ min: 1, max: 2 }),
    }),
  },
  fc.record({
    kind: fc.constant('source' as const),
    id: fc.constantFrom('plc', 'broker'),
    heard: fc.constantFrom('connected' as const, 'lost' as const),
  }),
  fc.record({
    kind: fc.constant('station' as const),
    id: fc.constantFrom('gate', 'town'),
    standing: fc.constantFrom('speaking' as const, 'silent' as const, 'bad' as const, 'unknown' as const),
  }),
  fc.record({
    kind: fc.constant('loss' as const),
    day: fc.integer({ min: 1, max: 3 }),
    active: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('limit' as const),
    H: fc.constantFrom(2.5, 4, 6, undefined),
    onDelayS: fc.constantFrom(0, 3, 10),
  }),
  fc.record({ kind: fc.constant('clock' as const), seconds: fc.constantFrom(-3_600, -7, 7, 3_600) }),
  fc.constant<Op>({ kind: 'handover' }),
  fc.record({ kind: fc.constant('doubt' as const), seconds: fc.nat(8) }),
  fc.record({
    kind: fc.constant('acknowledge' as const),
    position: fc.constantFrom('station' as const, 'dispatch' as const),
  }),
);

class World {
  readonly time = new ManualTime(START);
  readonly journal: JournalEntry[] = [];
  readonly table = new Map<string, StoredAlarm>();
  readonly faults: string[] = [];
  private readonly engines: AlarmEngine[];
  private readonly doubts: (Promise<void> | null)[] = [null, null];
  private losses = 0;
  private owner = 0;
  private epoch = 0;
  tags = TAGS;
  readonly presents = new Map<number, PresentValue>();

  constructor() {
    this.engines = [0, 1].map((i) => this.engineOf(i));
    this.configure(TAGS);
    for (const engine of this.engines) this.time.every(500, () => engine.tick());
    this.handOver();
  }

  private engineOf(index: number): AlarmEngine {
    const write = (state: StoredAlarm): void => {
      const before = this.table.get(state.alarm.alarmId);
      if (!before || before.ownerEpoch <= state.ownerEpoch) this.table.set(state.alarm.alarmId, state);
    };
    return new AlarmEngine({
      time: this.time,
      tell: () => undefined,
      journal: (entries) => {
        for (const entry of entries) {
          this.journal.push(entry);
          write({ ...entry, alarm: entry.event.state });
        }
        return Promise.resolve('journal');
      },
      states: (states) => states.forEach(write),
      onChange: () => undefined,
      doubt: () => this.doubts[index] ?? null,
      log: { error: (text: string) => void this.faults.push(text) } as unknown as Log,
    });
  }

  private configure(tags: readonly PlantTag[]): void {
    this.tags = tags;
    for (const engine of this.engines) engine.configure(definitionsOf(configurationOf(tags, 'opcua')));
  }

  private limit(H: number | undefined, onDelayS: number): void {
    this.configure(TAGS.map((t) => ({ ...t, limits: { ...t.limits, H, onDelayS } as PlantTag['limits'] })));
  }

  private handOver(): void {
    for (const partition of PARTITIONS) this.engines[this.owner]?.disown(partition);
    this.owner = 1 - this.owner;
    this.epoch += 1;
    for (const partition of PARTITIONS) {
      const stored = [...this.table.values()].filter((s) => s.alarm.partition === partition);
      this.engines[this.owner]?.own(partition, this.epoch, stored, []);
    }
  }

  get owned(): StoredAlarm[] {
    return (this.engines[this.owner] as AlarmEngine).snapshot().flatMap((p) => p.states);
  }
  get inconsistencies(): number {
    return this.engines.reduce((sum, engine) => sum + engine.inconsistencies, 0);
  }

  async do(step: Op): Promise<void> {
    const now = this.time.now();
    switch (step.kind) {
      case 'wait':
        return this.pass(step.seconds);
      case 'hear': {
        const value: PresentValue = {
          tagId: step.id as TagId,
          quality: qualityOf(step.value === null ? BAD : 0),
          value: step.value,
          // The device's clock is nobody's to set.
          at: us(this.time.monotonicMs() / 1_000 - step.late),
          receivedAt: now,
          heardAt: now,
          clockSession: step.session,
        };
        this.presents.set(step.id, value);
        return this.each((engine) => engine.present([value]));
      }
      case 'source':
        return this.each((engine) => engine.sourceHeard(step.id as SourceId, step.heard, now));
      case 'station':
        return this.each((engine) => engine.stationStands(step.id, step.standing, now));
      case 'loss': {
        const { active } = step;
        const subject = `2026-03-0${step.day}`;
        const message: ConditionMessage = { ...LOSS, active, at: now, subject, order: ++this.losses };
        return this.each((engine) => engine.condition('network', message));
      }
      case 'limit':
        return this.limit(step.H, step.onDelayS);
      case 'clock':
        // Between two ticks, so that what comes next comes before the next one.
        this.time.to(this.time.monotonicMs() / 1_000 + 0.1);
        return this.time.setClock(step.seconds);
      case 'handover':
        return this.handOver();
      case 'doubt':
        return this.doubt(step.seconds);
      case 'acknowledge':
        return this.acknowledge(step.position);
    }
  }

  async pass(seconds: number): Promise<void> {
    for (let s = 0; s < seconds; s += 1) {
      this.time.to(this.time.monotonicMs() / 1_000 + 1);
      await settled();
    }
  }

  private async doubt(seconds: number): Promise<void> {
    const index = this.owner;
    if (this.doubts[index]) return;
    this.doubts[index] = new Promise((resolve) =>
      this.time.after(seconds * 1_000, () => {
        this.doubts[index] = null;
        resolve();
      }),
    );
    await settled();
  }

  private async acknowledge(position: 'station' | 'dispatch'): Promise<void> {
    for (const { alarm } of this.owned.filter((s) => s.alarm.occurrence > 0)) {
      const command = {
        commandId: `${alarm.alarmId} ${position} ${this.time.now()} ${this.owner}`,
        replyTo: 'linepack/reply/test',
        at: this.time.now(),
        deadline: this.time.now() + 4e6,
        kind: 'acknowledge' as const,
        alarmId: alarm.alarmId,
        occurrence: alarm.occurrence,
        position,
        actor: 'li',
        comment: '',
      };
      void this.engines[this.owner]?.command(alarm.partition, command);
    }
    await settled();
  }

  private each(say: (engine: AlarmEngine) => void): void {
    this.engines.forEach(say);
  }
}

const LOSS = {
  alarmId: 'area:city:loss',
  areaId: 'city',
  stationId: null,
  class: 'loss',
  condition: 'loss',
  priority: 2,
  name: { zh: '全网', en: 'City' },
  value: 1.4,
  limit: 1,
  unit: '%',
} as const;

/** What the plant's last word says of a limit alarm; null where it may be either. */
function saidBy(world: World, tag: PlantTag, name: 'H' | 'L'): boolean | null {
  const value = world.presents.get(tag.id)?.value ?? null;
  const limit = tag.limits?.[name];
  if (limit === undefined) return false;
  if (value === null) return null;
  const beyond = name === 'H' ? value - limit : limit - value;
  if (beyond >= 0) return true;
  return -beyond >= (tag.limits?.deadband ?? 0) ? false : null;
}

const play = async (steps: readonly Op[]): Promise<World> => {
  const world = new World();
  for (const step of steps) await world.do(step);
  // Longer than any doubt and any delay, with two audits.
  await world.pass(130);
  return world;
};
const always = (check: (world: World) => void): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(op, { maxLength: 40 }), async (steps) => check(await play(steps))),
    { numRuns: 40 },
  );

test('in the end every alarm is what the plant says, and the audit had nothing to find', () =>
  always((world) => {
    for (const tag of world.tags)
      for (const name of ['H', 'L'] as const) {
        const said = saidBy(world, tag, name);
        const alarm = world.owned.find((s) => s.alarm.alarmId === `tag:${tag.station}.t${tag.id}:${name}`);
        if (said !== null) expect([tag.id, name, alarm?.alarm.active ?? false]).toEqual([tag.id, name, said]);
      }
    expect([world.inconsistencies, world.faults]).toEqual([0, []]);
  }));

test('the journal played again, the table and the owner agree; no occurrence is missing or twice', () =>
  always((world) => {
    const played = new Map(world.journal.map(({ event }) => [event.alarmId, event.state]));
    for (const { alarm, ...pending } of world.owned) {
      if (alarm.occurrence > 0) expect(played.get(alarm.alarmId)).toEqual(alarm);
      expect(world.table.get(alarm.alarmId)).toMatchObject({ alarm, pendingSince: pending.pendingSince });
    }
    for (const alarmId of played.keys()) {
      const raised = world.journal.filter((j) => j.event.alarmId === alarmId && j.event.kind === 'raised');
      expect(raised.map((j) => j.event.occurrence)).toEqual(raised.map((_, i) => i + 1));
    }
  }));
