import type { Kernel } from '../kernel/kernel';
import type { Random } from '../kernel/random';
import type { PlantBroker } from '../model/plant-broker';

const PERIOD_S = 4;
/** Least difference between two values that a source says, so that each word can be found in the database. */
const DIGIT = 1e-7;

/** A value with a number of its own. */
export const numbered = (value: number, number: number): number =>
  Number((value + number * DIGIT).toFixed(9));

export interface DeviceOptions {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly broker: PlantBroker;
  readonly topic: string;
  /** Paths in its messages, by key of the tag. */
  readonly paths: ReadonlyMap<string, string>;
  readonly valueOf: (key: string) => number;
  readonly stamps: 'stamped' | 'unstamped';
}

/** A word that a device said: what to look for in the database. */
export interface SaidWord {
  readonly key: string;
  readonly value: number;
  /** As it stamped it, microseconds; null when it gave none. */
  readonly stamp: number | null;
  /** True time at which it was said. */
  readonly saidAt: number;
}

/** A device behind the broker with a clock of its own. It sends every few seconds, and when something changes. */
export class Device {
  /** What its clock is ahead of true time, microseconds. */
  clockOffset = 0;
  /** Dead: it measures nothing and says nothing. */
  isDead = false;
  /** It measures and keeps, and sends all of it when its line is back. */
  isCutOff = false;
  /** Whether it ever sent words late that it had kept. */
  hasKept = false;
  /** True time since when its words have been going out as they came. */
  speaksSince: number;
  readonly said = new Map<string, SaidWord[]>();
  /** True time since when nothing has been coming from it; without end while it speaks. */
  silentSince = Infinity;
  private readonly kept: string[] = [];
  private readonly retains: boolean;
  private words = 0;
  private last: string | null = null;

  constructor(private readonly options: DeviceOptions) {
    this.speaksSince = options.kernel.now;
    this.retains = options.random.chance(0.3);
    this.beat();
  }

  get topic(): string {
    return this.options.topic;
  }
  /** Whether its messages carry its own time. */
  get isStamped(): boolean {
    return this.options.stamps === 'stamped';
  }
  /** Its broker keeps its last word for whoever comes, and nobody can tell how old that is. */
  get leavesWordsWithoutTime(): boolean {
    return this.retains && !this.isStamped;
  }
  get keys(): string[] {
    return [...this.options.paths.keys()];
  }

  /** True time since when its clock has been going as it goes. */
  clockSince = 0;

  /** By how much its clock has ever been ahead of true time. */
  readonly clockOffsets = [0];

  setClock(offsetUs: number): void {
    this.options.kernel.note(this.topic, `its clock is ${(offsetUs / 1e6).toFixed(1)} s ahead`);
    this.clockOffset = offsetUs;
    this.clockOffsets.push(offsetUs);
    this.clockSince = this.options.kernel.now;
  }

  die(): void {
    this.options.kernel.note(this.topic, 'dies');
    this.isDead = true;
    this.silentSince = this.options.kernel.now;
  }
  live(): void {
    this.options.kernel.note(this.topic, 'lives');
    this.isDead = false;
    this.silentSince = Infinity;
    this.speaksSince = this.options.kernel.now;
    this.report();
  }

  cutOff(): void {
    this.options.kernel.note(this.topic, 'is cut off');
    this.isCutOff = true;
    this.hasKept = true;
    this.silentSince = this.options.kernel.now;
  }
  reconnect(): void {
    this.options.kernel.note(this.topic, `sends ${this.kept.length} that it kept`);
    this.isCutOff = false;
    this.silentSince = Infinity;
    this.speaksSince = this.options.kernel.now;
    for (const payload of this.kept.splice(0)) this.publish(payload);
    this.report();
  }

  /** The same message once more: its acknowledgement was lost. */
  repeat(): void {
    if (this.last !== null && !this.isDead && !this.isCutOff)
      this.options.broker.publish(this.topic, this.last, this.retains ? 'retained' : 'passing');
  }

  /** Sends what is so now. */
  report(): void {
    if (this.isDead) return;
    const { kernel, paths, valueOf, stamps } = this.options;
    this.words += 1;
    const stamp = stamps === 'stamped' ? Math.floor((kernel.now + this.clockOffset) / 1_000) * 1_000 : null;
    const body: Record<string, number> = {};
    const words: SaidWord[] = [];
    for (const [key, path] of paths) {
      const value = numbered(valueOf(key), this.words);
      body[path] = value;
      words.push({ key, value, stamp, saidAt: kernel.now });
    }
    if (stamp !== null) body['ts'] = stamp / 1_000;
    const payload = JSON.stringify(body);
    this.said.set(payload, words);
    this.publish(payload);
  }

  private publish(payload: string): void {
    const { broker } = this.options;
    if (this.isCutOff || !broker.isUp) {
      this.hasKept = true;
      this.kept.push(payload);
      return;
    }
    this.last = payload;
    broker.publish(this.topic, payload, this.retains ? 'retained' : 'passing');
  }

  /** What it kept while the broker was down goes out when it is up again, before anything new. */
  brokerIsUp(): void {
    if (!this.isCutOff && !this.isDead) this.reconnect();
  }

  private beat(): void {
    this.options.kernel.after(PERIOD_S * 1_000, () => {
      this.report();
      this.beat();
    });
  }
}
