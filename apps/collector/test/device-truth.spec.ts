import type { TagId } from '@linepack/network';
import fc from 'fast-check';
import { PlantLine, START, settled, tagOf } from './plant-line';

/** A word that a device said: each has a number of its own, so that its rows can be told from all others. */
interface Said {
  readonly value: number;
  /** When it was said, and what the device's clock read then; seconds. */
  readonly said: number;
  readonly stamp: number;
  /** Its clock reads much less than it did at an earlier word: that time is covered. */
  readonly isCovered: boolean;
}

/** A device behind a broker that keeps what was not acknowledged, and a device that keeps what it could not send. */
class Device {
  readonly line = new PlantLine('mqtt', [tagOf(1, 'a', 'broker')]);
  readonly words: Said[] = [];
  private readonly unacknowledged = new Map<number, Said>();
  private queued: Said[] = [];
  private kept: Said[] = [];
  private second = 0;
  private clock: number;
  private latest = -Infinity;
  /** By so much its clock was set too little to be noticed before ten minutes are past; seconds. */
  unnoticed = 0;
  link: 'up' | 'down' = 'up';
  broker: 'there' | 'away' = 'there';

  constructor(behind: number) {
    this.clock = -behind;
    this.line.sink().connected();
  }

  async speak(times: number, every: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      this.second += every;
      this.line.time.to(this.second);
      const stamp = this.second + this.clock;
      const word = {
        value: this.words.length + 1,
        said: this.second,
        stamp,
        isCovered: stamp <= this.latest - 60,
      };
      this.words.push(word);
      this.latest = Math.max(this.latest, stamp);
      if (this.link === 'down') this.kept.push(word);
      else this.send(word);
      await settled();
    }
  }

  /** Says nothing for so many seconds. */
  async rest(seconds: number): Promise<void> {
    this.second += seconds;
    this.line.time.to(this.second);
    await settled();
  }

  set(by: number): void {
    this.clock += by;
    if (Math.abs(by) <= 30) this.unnoticed += Math.abs(by);
  }

  async linkBack(): Promise<void> {
    this.link = 'up';
    for (const word of this.kept.splice(0)) this.send(word);
    await settled();
  }

  async brokerGoes(): Promise<void> {
    this.line.sink().lost('gone');
    this.broker = 'away';
    await settled();
  }

  /** What was sent and not acknowledged comes first, then what came meanwhile, of which some after the subscription. */
  async brokerBack(before: number): Promise<void> {
    this.broker = 'there';
    this.line.sink().connected();
    for (const word of [...this.unacknowledged.values()]) this.deliver(word, 'redelivered');
    this.queued.splice(0).forEach((word, i) => this.deliver(word, i < before ? 'redelivered' : 'change'));
    await settled();
  }

  private send(word: Said): void {
    if (this.broker === 'away') this.queued.push(word);
    else this.deliver(word, 'change');
  }

  private deliver(word: Said, origin: 'change' | 'redelivered'): void {
    this.unacknowledged.set(word.value, word);
    this.line.hear(this.second, 1, word.value, word.stamp, { origin }).then(
      () => this.unacknowledged.delete(word.value),
      () => undefined,
    );
  }

  get waiting(): number {
    return this.unacknowledged.size;
  }

  /** Where a value stands, in seconds. */
  standsAt(value: number): number[] {
    const rows = [...(this.line.database.get(1 as TagId)?.values() ?? [])];
    return rows.filter((row) => row.value === value).map(({ ts }) => (ts - START) / 1e6);
  }
}

const part = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('speak' as const), times: fc.integer({ min: 1, max: 12 }) }),
  },
  fc.record({ kind: fc.constant('linkDown' as const), times: fc.integer({ min: 1, max: 80 }) }),
  fc.record({
    kind: fc.constant('brokerAway' as const),
    times: fc.integer({ min: 1, max: 80 }),
    before: fc.integer({ min: 0, max: 80 }),
  }),
  fc.record({ kind: fc.constant('full' as const), times: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('set' as const),
    by: fc.oneof(fc.integer({ min: -7_200, max: -300 }), fc.integer({ min: -30, max: 30 })),
  }),
);

test('every word of a device is acknowledged, stored, and stands when it was said or where its clock says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 3, 100, 900),
      fc.constantFrom(5, 10, 30),
      fc.array(part, { minLength: 1, maxLength: 8 }),
      async (behind, every, parts) => {
        const device = new Device(behind);
        await device.speak(4, every);
        for (const one of parts) {
          if (one.kind === 'speak') await device.speak(one.times, every);
          if (one.kind === 'linkDown') {
            device.link = 'down';
            await device.speak(one.times, every);
            await device.linkBack();
          }
          if (one.kind === 'brokerAway') {
            await device.brokerGoes();
            await device.speak(one.times, every);
            await device.brokerBack(one.before);
          }
          if (one.kind === 'full') {
            device.line.refuse = new Error('full');
            await device.speak(one.times, every);
            device.line.refuse = null;
            await device.brokerGoes();
            await device.brokerBack(99);
          }
          // Set while it is heard, and heard for a while afterwards: otherwise nobody can know.
          if (one.kind === 'set') {
            await device.speak(Math.ceil(70 / every), every);
            device.set(one.by);
            await device.speak(8, every);
          }
        }
        await device.speak(5, every);
        const last = `${device.words.length} good`;
        expect([device.line.present(), device.line.newest()]).toEqual([last, last]);
        await device.rest(400);
        await settled();
        expect(device.waiting).toBe(0);
        for (const word of device.words) {
          const { value, said, stamp, isCovered } = word;
          const rows = device.standsAt(value);
          const slack = 3 + device.unnoticed;
          const isThere = rows.some((at) => Math.abs(at - stamp) < 0.01 || Math.abs(at - said) < slack);
          // Said again later, perhaps, as what still holds; never before it was said, and never in time covered before.
          const earliest = isCovered ? said - slack : Math.min(stamp - 0.01, said - slack);
          const isElsewhere = rows.some((at) => at < earliest);
          expect([value, isThere, isElsewhere, rows]).toEqual([value, true, false, rows]);
        }
      },
    ),
    { numRuns: 60 },
  );
});
