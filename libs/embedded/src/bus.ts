import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { AedesOptions } from 'aedes';
import { Aedes } from 'aedes';

export interface BusOptions {
  /** Address to listen on; the loopback address unless said otherwise. Whoever reaches it may publish. */
  readonly host?: string;
  /** Port to listen on; 0 or nothing takes a free one. */
  readonly port?: number;
  /** Where retained messages and unacknowledged ones live; in memory unless an aedes persistence is given. */
  readonly persistence?: AedesOptions['persistence'];
}

export interface Bus {
  readonly port: number;
  /** An address for any MQTT client. */
  readonly url: string;
  /** Disconnects everybody and stops. */
  close(): Promise<void>;
}

/**
 * Starts an MQTT 3.1.1 broker on TCP: retained messages, QoS 0 to 2, last wills. With the persistence in memory,
 * retained messages end with the process, so publishers repeat theirs whenever they connect.
 *
 * @throws the system's error when the port cannot be had
 */
export async function startBus(options: BusOptions = {}): Promise<Bus> {
  const { host = '127.0.0.1', port = 0, persistence } = options;
  const broker = await Aedes.createBroker(persistence === undefined ? {} : { persistence });
  const server = createServer({ noDelay: true }, (socket) => broker.handle(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const taken = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await closed;
  };
  return { port: taken, url: `mqtt://${host}:${taken}`, close: () => (closing ??= close()) };
}
