import type { Kernel } from '../kernel/kernel';
import type { SimulatedProcess } from '../kernel/process';

/** How the way between a computer and a service is: packets pass, connections are refused, or all is swallowed. */
export type RouteState = 'open' | 'refused' | 'silent';

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
        if (this.current === 'silent' && this.silences === silence) this.breakAll('keep-alive timeout');
      });
    }
  }

  /** Every connection ends now, at both ends. */
  breakAll(why: string): void {
    for (const line of [...this.lines]) line.break(why);
  }
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
  private stalled: { way: 'toServer' | 'toClient'; run: () => void }[] = [];
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
    const stalled = this.stalled;
    this.stalled = [];
    for (const { way, run } of stalled) this.pass(way, run);
  }

  private pass(way: 'toServer' | 'toClient', run: () => void): void {
    if (this.route.state === 'silent') {
      this.stalled.push({ way, run });
      return;
    }
    const { kernel } = this.route;
    const at = Math.max(this.lastAt[way], kernel.now + Math.round(this.random.between(200, 3_000)));
    this.lastAt[way] = at;
    kernel.at(at, () => {
      if (!this.isOpen) return;
      if (this.route.state === 'silent') this.stalled.push({ way, run });
      else if (way === 'toServer') run();
      else this.process.deliver(() => this.isOpen && run());
    });
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
    this.stalled = [];
    this.route.lines.delete(this);
    this.forget.forEach((run) => run());
  }
}
