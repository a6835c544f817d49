import type { TagId } from '@linepack/network';
import { SHIFTED_QUALITY_BITS } from '@linepack/store';
import { QUALITY, type Origin, type Sample } from '@linepack/telemetry';
import { instantOf } from '../src/time';
import { PlantLine, START, settled, tagOf } from './plant-line';

/** What a broker sends unless it is told otherwise. */
const MOST_IN_FLIGHT = 20;
/** After a refusal the connection is renewed, as `MqttConnection` does. Seconds. */
const RENEWED_AFTER = 5;

/** What a device said once, of all its tags; seconds. Each value is said once only, so that its rows can be found. */
export interface Message {
  readonly device: number;
  readonly values: Readonly<Record<number, number>>;
  readonly stamp: number | null;
  readonly said: number;
  /** What our wall clock read. */
  readonly wall: number;
  /** Its clock reads much less than it did at an earlier word. */
  readonly isCovered: boolean;
}

export class Device {
  link: 'up' | 'down' = 'up';
  readonly kept: Message[] = [];
  count = 0;
  latest = -Infinity;
  /** By so much its clock was set too little to be noticed; seconds. */
  unnoticed = 0;

  constructor(
    readonly tags: readonly number[],
    public clock: number,
  ) {}

  set(by: number): void {
    this.clock += by;
    if (Math.abs(by) <= 30) this.unnoticed += Math.abs(by);
  }
}

/** Two devices, of two tags and of one, behind a broker that sends so many messages and no more. */
export class TruthfulPlant {
  line: PlantLine;
  broker: 'there' | 'away' = 'there';
  readonly devices: readonly Device[];
  readonly messages: Message[] = [];
  /** What our wall clock was off, at any time. */
  readonly walls = [0];
  /** For so long the broker could send nothing of what it had, at most. Seconds. */
  longestStall = 0;
  second = 0;
  private stall = 0;
  private queue: Message[] = [];
  private readonly inFlight = new Set<Message>();
  private connection = 0;
  private renewAt = Infinity;

  constructor(
    behind: readonly [number, number],
    private readonly intervals: readonly [number, number, number],
    /** Our steady clock begins at a fraction of a microsecond. */
    private readonly fraction: number,
  ) {
    this.devices = [new Device([1, 2], -behind[0]), new Device([3], -behind[1])];
    this.line = this.made();
    this.line.sink().connected();
  }

  get waiting(): number {
    return this.inFlight.size + this.queue.length;
  }
  private get wallOff(): number {
    return this.walls.at(-1) as number;
  }

  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 1) {
      const step = Math.min(1, left);
      this.second += step;
      this.line.time.to(this.second);
      await settled();
      if (this.second >= this.renewAt && this.broker === 'there') await this.reconnect(0);
      await this.pump();
      const isStalled = this.broker === 'there' && this.queue.length > 0 && this.line.refuse === null;
      this.stall = isStalled ? this.stall + step : 0;
      this.longestStall = Math.max(this.longestStall, this.stall);
    }
  }

  async speak(times: number, every: number): Promise<void> {
    for (let i = 0; i < times; i += 1)
      for (const device of this.devices.keys()) {
        await this.pass(every / 2);
        await this.say(device);
      }
  }

  async say(of: number, isStamped = true): Promise<void> {
    const device = this.devices[of] as Device;
    device.count += 1;
    const stamp = isStamped ? this.second + device.clock : null;
    const values = Object.fromEntries(device.tags.map((tag) => [tag, tag * 100_000 + device.count]));
    const isCovered = stamp !== null && stamp <= device.latest - 60;
    const wall = this.second + this.wallOff;
    const message = { device: of, values, stamp, said: this.second, wall, isCovered };
    device.latest = Math.max(device.latest, stamp ?? -Infinity);
    this.messages.push(message);
    (device.link === 'down' ? device.kept : this.queue).push(message);
    await this.pump();
  }

  async linkBack(device: Device): Promise<void> {
    device.link = 'up';
    this.queue.push(...device.kept.splice(0));
    await this.pump();
  }

  brokerGoes(): void {
    this.line.sink().lost('gone');
    this.broker = 'away';
  }

  /** What was not acknowledged comes first, then what came meanwhile, of which some before the subscription. */
  async reconnect(before: number): Promise<void> {
    this.broker = 'there';
    this.renewAt = Infinity;
    this.connection += 1;
    this.line.sink().connected();
    const again = [...this.inFlight];
    this.inFlight.clear();
    for (const message of again) this.deliver(message, 'redelivered');
    await this.pump(before);
  }

  setOurClock(by: number): void {
    this.walls.push(this.wallOff + by);
    this.line.time.setClock(by);
  }

  async restart(): Promise<void> {
    await settled();
    const { database, flow } = this.line;
    flow.stop();
    await settled();
    this.line = this.made();
    for (const [id, rows] of database) this.line.database.set(id, rows);
    this.line.time.setClock(this.wallOff);
    this.line.time.to(this.second);
    for (const tagId of database.keys()) this.tellStored(tagId);
    await this.reconnect(0);
  }

  rows(tagId: number): Sample[] {
    return [...(this.line.database.get(tagId as TagId)?.values() ?? [])].sort((a, b) => a.ts - b.ts);
  }
  /** Where a value stands, seconds. */
  standsAt(tagId: number, value: number): number[] {
    return this.rows(tagId).flatMap((row) => (row.value === value ? [(row.ts - START) / 1e6] : []));
  }

  private tellStored(tagId: TagId): void {
    const rows = this.rows(tagId);
    const newest = rows.at(-1) as Sample;
    const word = rows.filter(({ quality }) => quality !== QUALITY.BadNoCommunication).at(-1);
    const quality = (newest.quality & ~SHIFTED_QUALITY_BITS) as Sample['quality'];
    this.line.flow.values.knows({ ...newest, quality }, word?.ts ?? null, instantOf(this.line.time));
  }

  private made(): PlantLine {
    const [first, second, third] = this.intervals;
    const tags = [tagOf(1, 'a', 'broker', first), tagOf(2, 'a', 'broker', second)];
    const line = new PlantLine('mqtt', [...tags, tagOf(3, 'b', 'broker', third)]);
    const steady = line.time.monotonicMs.bind(line.time);
    line.time.monotonicMs = () => steady() + this.fraction;
    return line;
  }

  private async pump(redelivered = 0): Promise<void> {
    let before = redelivered;
    await settled();
    while (this.broker === 'there' && this.queue.length > 0 && this.inFlight.size < MOST_IN_FLIGHT) {
      this.deliver(this.queue.shift() as Message, before > 0 ? 'redelivered' : 'change');
      before -= 1;
      await settled();
    }
  }

  private deliver(message: Message, origin: Origin): void {
    const { device, values, stamp } = message;
    const connection = this.connection;
    this.inFlight.add(message);
    const words = Object.entries(values).map(([tagId, value]) => ({
      tagId: Number(tagId) as TagId,
      value,
      quality: QUALITY.Good,
      ts: stamp === null ? null : (Math.round(START + stamp * 1e6) as never),
      origin,
      clock: `broker ${device}`,
    }));
    const isNow = (): boolean => connection === this.connection;
    this.line
      .sink()
      .values(words, 0, true)
      .durably.then(
        () => isNow() && this.inFlight.delete(message),
        () => isNow() && (this.renewAt = Math.min(this.renewAt, this.second + RENEWED_AFTER)),
      );
  }
}
