import type { Telling } from '../../../../apps/collector/src/bus';
import type { OutgoingCounts, Standing } from '../../../../apps/collector/src/bus-outgoing';
import type { SimulatedProcess } from '../kernel/process';
import type { BusBroker, Packet, Session } from './bus-broker';
import { matches } from './bus-broker';
import { Line, type Route } from './line';

type Handler = (message: unknown, topic: string) => void;

const RECONNECT_MS = 1_000;
const AGAIN_MS = 200;
const ALWAYS = (): Standing => 'holds';

export interface BusClientOptions {
  readonly process: SimulatedProcess;
  readonly broker: BusBroker;
  readonly route: Route;
  readonly will: { readonly topic: string; readonly message: unknown } | null;
  /** Sees what this client is asked to say, whether or not the bus is there. */
  readonly onTell?: (topic: string, message: unknown) => void;
}

interface Unacknowledged {
  readonly packet: Packet;
  readonly standing: () => Standing;
  sent: boolean;
}

/** The bus as the collector has it (`apps/collector/src/bus.ts`), on the model. */
export class BusClient {
  private readonly handlers: { filter: string; handle: Handler }[] = [];
  private readonly greetings: (() => void)[] = [];
  /** Said at QoS 1 and not acknowledged yet, in order: said again on the next connection. */
  private unacknowledged: Unacknowledged[] = [];
  private line: Line | null = null;
  private session: Session | null = null;
  private connected = false;
  /** True time since when it has been connected. */
  connectedSince = Infinity;

  constructor(private readonly options: BusClientOptions) {
    options.process.kernel.after(1, () => options.process.deliver(() => this.connect()));
  }

  get isConnected(): boolean {
    return this.connected;
  }

  onConnect(greeting: () => void): void {
    this.greetings.push(greeting);
    if (this.connected) greeting();
  }

  subscribe(filter: string, handle: Handler): void {
    this.handlers.push({ filter, handle });
    if (this.connected) this.ask([filter]);
  }

  tell(topic: string, message: unknown, { keep = 'passing', standing = ALWAYS }: Telling = {}): void {
    if (!this.options.process.acts()) return;
    this.options.onTell?.(topic, message);
    this.add({ topic, payload: JSON.stringify(message), retain: keep === 'retained' }, standing);
  }

  forget(topic: string): void {
    if (this.options.process.acts()) this.add({ topic, payload: '', retain: true }, ALWAYS);
  }

  get outgoing(): OutgoingCounts {
    return { waiting: this.unacknowledged.length, dropped: 0, setAside: 0 };
  }

  /** The model grants every subscription. */
  readonly deafTo: readonly string[] = [];

  private add(packet: Packet, standing: () => Standing): void {
    const waiting: Unacknowledged = { packet, standing, sent: false };
    this.unacknowledged.push(waiting);
    if (this.connected) this.sendAll();
  }

  mention(topic: string, message: unknown): void {
    if (!this.connected || !this.options.process.acts()) return;
    const packet = { topic, payload: JSON.stringify(message), retain: false };
    this.line?.toServer(() => this.options.broker.publish(packet));
  }

  mentionRetained(topic: string, message: unknown): void {
    if (this.connected) this.tell(topic, message, { keep: 'retained' });
  }

  private connect(): void {
    const { process, broker, route, will } = this.options;
    if (!process.acts()) return;
    if (!broker.isUp || route.state !== 'open') return this.later();
    const session: Session = {
      name: process.name,
      will: will && { topic: will.topic, payload: JSON.stringify(will.message), retain: true },
      filters: [],
      deliver: (packet) => line.toClient(() => this.receive(packet)),
    };
    const line = new Line(route, process, {
      server: () => broker.close(session, 'lost'),
      client: () => {
        this.line = null;
        this.connected = false;
        this.connectedSince = Infinity;
        this.unacknowledged.forEach((w) => (w.sent = false));
        this.later();
      },
    });
    this.line = line;
    line.toServer(() => {
      broker.open(session);
      line.toClient(() => this.greet(session));
    });
  }

  private later(): void {
    this.options.process.time.after(RECONNECT_MS, () => this.connect());
  }

  private greet(session: Session): void {
    this.session = session;
    this.connected = true;
    this.connectedSince = this.options.process.kernel.now;
    this.sendAll();
    this.ask(this.handlers.map((h) => h.filter));
    this.greetings.forEach((greeting) => greeting());
  }

  private ask(filters: readonly string[]): void {
    const { session } = this;
    if (session && filters.length > 0)
      this.line?.toServer(() => this.options.broker.subscribe(session, filters));
  }

  /** In order; what is void by now is left out, and while one is unsure all wait. */
  private sendAll(): void {
    for (const waiting of this.unacknowledged) {
      if (waiting.sent) continue;
      const standing = waiting.standing();
      if (standing === 'unsure') return void this.options.process.time.after(AGAIN_MS, () => this.sendAll());
      if (standing === 'holds') this.send(waiting);
      else this.unacknowledged = this.unacknowledged.filter((w) => w !== waiting);
    }
  }

  private send(waiting: Unacknowledged): void {
    const { line } = this;
    if (!line || waiting.sent) return;
    waiting.sent = true;
    line.toServer(() => {
      this.options.broker.publish(waiting.packet);
      line.toClient(() => {
        this.unacknowledged = this.unacknowledged.filter((w) => w !== waiting);
      });
    });
  }

  private receive({ topic, payload }: Packet): void {
    if (payload === '') return;
    for (const { filter, handle } of this.handlers)
      if (matches(filter, topic)) handle(JSON.parse(payload), topic);
  }
}
