import type { TagId } from '@linepack/network';
import type { Kernel } from '../kernel/kernel';
import type { SimulatedProcess } from '../kernel/process';

/** `mute`: it answers keep-alives, and holds back every value until it speaks again. */
export type OpcUaMood = 'up' | 'away' | 'mute';

export interface NodeValue {
  readonly value: number | null;
  /** StatusCode as int32. */
  readonly quality: number;
  /** On the clock of the server, microseconds. */
  readonly sourceTime: number;
}

/** A value that a client took from a publish response, which it acknowledges without asking anybody. */
export interface Published {
  readonly node: string;
  readonly value: NodeValue;
  readonly by: SimulatedProcess;
  /** True time. */
  readonly heardAt: number;
  /** Its receiver says that it is durable. */
  isDurable: boolean;
}

/** A client's subscription: changes wait here for the next publishing interval. */
export interface Subscription {
  /** Changes by node, at most ten each, oldest first. */
  readonly items: Map<string, NodeValue[]>;
}

const QUEUE_SIZE = 10;

/** An OPC UA server: nodes with a value and the server's own stamp on it, and who subscribed to them. */
export class OpcUaServer {
  mood: OpcUaMood = 'up';
  /** What its clock is ahead of true time, microseconds. */
  clockOffset = 0;
  /** Nodes it does not know just now: BadNodeIdUnknown for whoever asks. */
  readonly unknown = new Set<string>();
  /** Nodes whose value it says is bad. */
  readonly bad = new Set<string>();
  private readonly judgements = new Map<string, number>();
  private readonly nodes = new Map<string, NodeValue>();
  private readonly subscriptions = new Set<Subscription>();
  /** Every value that it ever had, and the true time from which on it had it. */
  readonly said: { readonly node: string; readonly value: NodeValue; readonly saidAt: number }[] = [];
  readonly published: Published[] = [];
  /** True time since when it has been saying all that changes. */
  speaksSince: number;

  /** True time since when it has been away; without end while it is not. */
  awaySince = Infinity;

  constructor(
    readonly kernel: Kernel,
    readonly id: string,
  ) {
    this.speaksSince = kernel.now;
  }

  set(node: string, value: number): void {
    const quality = this.nodes.get(node)?.quality ?? 0;
    this.say(node, { value, quality, sourceTime: Math.round(this.kernel.now + this.clockOffset) });
  }

  /** Another quality of what it measured, under the stamp that it has. */
  judge(node: string, quality: number): void {
    const now = this.nodes.get(node);
    if (!now) throw new Error(`${node}: no such node`);
    this.kernel.note(this.id, `${node} is ${quality < 0 ? 'bad' : 'good'}`);
    this.judgements.set(node, this.kernel.now);
    if (quality < 0) this.bad.add(node);
    else if (this.bad.delete(node)) this.speaksSince = this.kernel.now;
    this.say(node, { ...now, quality });
  }

  /** True time at which the quality of a node was last set. */
  judgedAt(node: string): number {
    return this.judgements.get(node) ?? 0;
  }

  private say(node: string, now: NodeValue): void {
    this.nodes.set(node, now);
    this.said.push({ node, value: now, saidAt: this.kernel.now });
    for (const { items } of this.subscriptions) {
      const queue = items.get(node);
      if (!queue) continue;
      queue.push(now);
      if (queue.length > QUEUE_SIZE) queue.shift();
    }
  }

  /** True time since when its clock has been going as it goes. */
  clockSince = 0;

  /** By how much its clock has ever been ahead of true time. */
  readonly clockOffsets = [0];

  setClock(offsetUs: number): void {
    this.kernel.note(this.id, `its clock is ${(offsetUs / 1e6).toFixed(1)} s ahead`);
    this.clockOffset = offsetUs;
    this.clockOffsets.push(offsetUs);
    this.clockSince = this.kernel.now;
  }

  setMood(mood: OpcUaMood): void {
    if (mood === this.mood) return;
    this.kernel.note(this.id, mood);
    this.mood = mood;
    if (mood === 'up') this.speaksSince = this.kernel.now;
    this.awaySince = mood === 'away' ? this.kernel.now : Infinity;
    if (mood === 'away') this.subscriptions.clear();
  }

  subscribe(): Subscription {
    const subscription: Subscription = { items: new Map() };
    this.subscriptions.add(subscription);
    return subscription;
  }

  /** @returns false when the node is not known here; otherwise its value is the first that will be published */
  monitor(subscription: Subscription, node: string): boolean {
    const now = this.nodes.get(node);
    if (!now || this.unknown.has(node)) return false;
    subscription.items.set(node, [now]);
    return true;
  }

  /** A client has these values. @returns what to call when they are durable */
  taken(by: SimulatedProcess, values: readonly { node: string; value: NodeValue }[]): () => void {
    const published = values.map((v) => ({ ...v, by, heardAt: this.kernel.now, isDurable: false }));
    this.published.push(...published);
    return () => published.forEach((p) => (p.isDurable = true));
  }

  unsubscribe(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
  }

  /** What is to be published now; null when the subscription is gone. */
  takeChanges(subscription: Subscription): { node: string; values: readonly NodeValue[] }[] | null {
    if (!this.subscriptions.has(subscription)) return null;
    if (this.mood === 'mute') return [];
    const changes = [];
    for (const [node, queue] of subscription.items)
      if (queue.length > 0) changes.push({ node, values: queue.splice(0) });
    return changes;
  }
}

export interface WatchedNode {
  readonly tagId: TagId;
  readonly node: string;
}
