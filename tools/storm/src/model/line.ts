import type { Kernel } from '../kernel/kernel';
import type { SimulatedProcess } from '../kernel/process';

/**
 * How the way between a computer and a service is: packets pass, connections are refused, all is swallowed (`silent`), or
 * only what comes back is (`deaf`): what is said arrives, and no acknowledgement of it.
 */
export type RouteState = 'open' | 'refused' | 'silent' | 'deaf';

/** After this without a packet either end gives a connection up: one and a half keep-alives of 10 s, ms. */
const GIVES_UP_MS = 15_000;

/** The way between one computer and one service. */
export class Route {
  private current: RouteState = 'open';
  private silences = 0;
  /** True time since when packets have been passing. */
  openSince: number;
  readonly lines = new Set<Line>();

  constructor(
    readonly kernel: Kernel,
    readonly name: string,
  ) {
    this.openSince = kernel.now;
  }

  get state(): RouteState {
    return this.current;
  }

  set(state: RouteState): void {
    if (state === this.current) return;
    this.kernel.note('network', `${this.name} ${state}`);
    this.current = state;
    if (state === 'open') {
      this.openSince = this.kernel.now;
      for (const line of [...this.lines]) line.flow();
    } else if (state === 'refused') this.breakAll('connection reset');
    else {
      const silence = ++this.silences;
      this.kernel.after(GIVES_UP_MS, () => {
        if (this.isMute && this.silences === silence) this.breakAll('keep-alive timeout');
      });
    }
  }

  /** Whether nothing passes this way now, and nobody is told. */
  swallows(way: Way): boolean {
    return this.current === 'silent' || (this.current === 'deaf' && way === 'toClient');
  }

  /** Whether nobody can connect and nobody is refused: an attempt runs into its timeout. */
  get isMute(): boolean {
    return this.current === 'silent' || this.current === 'deaf';
  }

  /** Every connection ends now, at both ends. */
  breakAll(why: string): void {
    for (const line of [...this.lines]) line.break(why);
  }
}

type Way = 'toServer' | 'toClient';

interface Packet {
  readonly run: () => void;
  /** True time at which it arrives, unless the way swallows it. */
  at: number;
}

interface Ends {
  /** The client hears that the connection is gone. */
  readonly client: (why: string) => void;
  /** The server hears it. */
  readonly server: (why: string) => void;
}

/** One connection: packets arrive in order, late or not at all, until it is broken; then never. */
export class Line {
  isOpen = true;
  private readonly lastAt = { toServer: 0, toClient: 0 };
  private readonly underWay: Record<Way, Packet[]> = { toServer: [], toClient: [] };
  private readonly forget: (() => void)[];
  private readonly random;

  constructor(
    private readonly route: Route,
    private readonly process: SimulatedProcess,
    private readonly ends: Ends,
  ) {
    this.random = route.kernel.random.stream(`line ${route.name} ${process.name}`);
    route.lines.add(this);
    const { kernel } = route;
    this.forget = [
      process.onEnd(() => this.serverLoses(this.random.chance(0.7) ? 1 : GIVES_UP_MS, 'connection closed')),
      process.onPause(() => {
        const since = kernel.now;
        kernel.after(GIVES_UP_MS, () => {
          if (process.isPaused && process.runningSince < since) this.break('keep-alive timeout');
        });
      }),
    ];
  }

  toServer(run: () => void): void {
    if (this.isOpen) this.pass('toServer', run);
  }

  toClient(run: () => void): void {
    if (this.isOpen) this.pass('toClient', run);
  }

  /** The client leaves in order: the server hears that, and nobody is alarmed. */
  leave(): void {
    this.close();
  }

  break(why: string): void {
    if (!this.isOpen) return;
    this.close();
    this.ends.server(why);
    this.route.kernel.after(this.random.between(0.2, 2), () =>
      this.process.deliver(() => this.ends.client(why)),
    );
  }

  /** What waited for the way to open goes on, in order. */
  flow(): void {
    for (const way of ['toServer', 'toClient'] as const)
      for (const packet of this.underWay[way]) this.schedule(way, packet);
  }

  private pass(way: Way, run: () => void): void {
    const packet: Packet = { run, at: 0 };
    this.underWay[way].push(packet);
    this.schedule(way, packet);
  }

  private schedule(way: Way, packet: Packet): void {
    const { kernel } = this.route;
    packet.at = Math.max(this.lastAt[way], kernel.now + Math.round(this.random.between(200, 3_000)));
    this.lastAt[way] = packet.at;
    kernel.at(packet.at, () => this.arrive(way));
  }

  /** One arrives, the oldest: none overtakes another, also when the way was shut meanwhile. */
  private arrive(way: Way): void {
    const [oldest] = this.underWay[way];
    if (!this.isOpen || !oldest || oldest.at > this.route.kernel.now || this.route.swallows(way)) return;
    this.underWay[way].shift();
    if (way === 'toServer') oldest.run();
    else this.process.deliver(() => this.isOpen && oldest.run());
  }

  private serverLoses(afterMs: number, why: string): void {
    this.route.kernel.after(afterMs, () => {
      if (!this.isOpen) return;
      this.close();
      this.ends.server(why);
    });
  }

  private close(): void {
    this.isOpen = false;
    this.underWay.toServer.length = this.underWay.toClient.length = 0;
    this.route.lines.delete(this);
    this.forget.forEach((run) => run());
  }
}
