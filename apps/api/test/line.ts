import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line that can be cut: whoever connects to it is connected to a port of this machine, until the next cut. */
export interface Line {
  readonly port: number;
  cut(): void;
  close(): Promise<void>;
}

/** @param target asked at each connection: what is behind may have been started anew */
export async function layLine(target: () => number): Promise<Line> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: target(), noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      // A cut line tells its ends nothing but that it is gone.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
