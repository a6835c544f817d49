import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire to a server on this machine that breaks when certain words are about to pass. */
export class SpottingWire {
  private readonly ends = new Set<Socket>();
  private readonly server: Server;
  private words: string | null = null;
  private left = 0;
  cuts = 0;

  private constructor(private readonly target: number) {
    this.server = createServer((near) => this.carry(near));
  }

  static async to(port: number): Promise<SpottingWire> {
    const wire = new SpottingWire(port);
    wire.server.listen(0, '127.0.0.1');
    await once(wire.server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The next so many times that it sees these words on their way to the server, it breaks, and they do not arrive. */
  cutAt(words: string, times: number): void {
    this.words = words;
    this.left = times;
  }

  async close(): Promise<void> {
    this.ends.forEach((end) => end.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  private carry(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    for (const [end, opposite] of [
      [near, far],
      [far, near],
    ] as const) {
      this.ends.add(end);
      // That an end broke is told by its closing.
      end.on('error', () => undefined);
      end.on('close', () => {
        this.ends.delete(end);
        opposite.destroy();
      });
    }
    far.pipe(near);
    near.on('data', (bytes) => {
      if (this.left === 0 || this.words === null || !bytes.includes(this.words)) return void far.write(bytes);
      this.left -= 1;
      this.cuts += 1;
      near.destroy();
    });
  }
}
