import type { Kernel } from '../kernel/kernel';

export interface Packet {
  readonly topic: string;
  /** Empty: a retained word is taken back. */
  readonly payload: string;
  readonly retain: boolean;
}

/** A client as the broker sees it. */
export interface Session {
  readonly name: string;
  readonly will: Packet | null;
  readonly filters: string[];
  deliver(packet: Packet): void;
}

export const matches = (filter: string, topic: string): boolean => {
  const [wanted, found] = [filter.split('/'), topic.split('/')];
  for (const [i, part] of wanted.entries()) {
    if (part === '#') return true;
    if (part !== '+' && part !== found[i]) return false;
    if (found[i] === undefined) return false;
  }
  return wanted.length === found.length;
};

/**
 * The internal bus (MQTT 3.1.1): retained words, last wills, one order of delivery for each client. Sessions are clean:
 * what passes while a client is away is not kept for it.
 */
export class BusBroker {
  private readonly retained = new Map<string, string>();
  private readonly sessions = new Set<Session>();
  private readonly witnesses: ((packet: Packet) => void)[] = [];
  isUp = true;
  /** True time since when it has been up. */
  upSince = 0;

  constructor(private readonly kernel: Kernel) {}

  /** Sees every packet that the broker takes. */
  onPublish(witness: (packet: Packet) => void): void {
    this.witnesses.push(witness);
  }

  open(session: Session): void {
    this.sessions.add(session);
  }

  /** @param how `lost`: without a goodbye, so that its last will is published */
  close(session: Session, how: 'lost' | 'left'): void {
    if (!this.sessions.delete(session)) return;
    if (how === 'lost' && session.will && this.isUp) this.publish(session.will);
  }

  subscribe(session: Session, filters: readonly string[]): void {
    session.filters.push(...filters.filter((f) => !session.filters.includes(f)));
    for (const [topic, payload] of this.retained)
      if (filters.some((f) => matches(f, topic))) session.deliver({ topic, payload, retain: true });
  }

  publish(packet: Packet): void {
    if (!this.isUp) return;
    this.witnesses.forEach((see) => see(packet));
    if (packet.retain && packet.payload === '') this.retained.delete(packet.topic);
    else if (packet.retain) this.retained.set(packet.topic, packet.payload);
    for (const session of this.sessions)
      if (session.filters.some((f) => matches(f, packet.topic)))
        session.deliver({ ...packet, retain: false });
  }

  retainedAt(topic: string): string | null {
    return this.retained.get(topic) ?? null;
  }

  /** It goes down and forgets what it had in memory; its connections are broken by whoever calls this. */
  goDown(): void {
    this.kernel.note('bus', 'down');
    this.isUp = false;
    this.sessions.clear();
    this.retained.clear();
  }

  comeUp(): void {
    this.kernel.note('bus', 'up');
    this.isUp = true;
    this.upSince = this.kernel.now;
  }
}
