import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire to a server on this machine that can be cut through without either end noticing. */
export class Wire {
  private readonly pairs = new Set<readonly [near: Socket, far: Socket]>();
  private readonly server: Server;

  private constructor(private readonly target: number) {
    this.server = createServer((near) => this.carry(near));
  }

  static async to(port: number): Promise<Wire> {
    const wire = new Wire(port);
    wire.server.listen(0, '127.0.0.1');
    await once(wire.server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections whose near end is open, cut through or not. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Connections that are there stay open, but nothing comes through any more. New ones pass. */
  swallow(): void {
    for (const [near, far] of this.pairs)
      for (const end of [near, far]) {
        end.unpipe();
        end.resume();
      }
  }

  async close(): Promise<void> {
    for (const pair of this.pairs) pair.forEach((end) => end.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  private carry(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    const pair = [near, far] as const;
    this.pairs.add(pair);
    for (const [end, opposite] of [pair, [far, near]] as const) {
      end.pipe(opposite);
      // That an end broke is told by its closing.
      end.on('error', () => undefined);
      end.on('close', () => opposite.destroy());
    }
    near.on('close', () => this.pairs.delete(pair));
  }
}
