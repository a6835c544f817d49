import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Engine } from '../engine';
import type { Notification } from './reply';
import type { SessionLimits, Shared } from './session';
import { Session } from './session';
import type { Turnstile } from './turnstile';

/** What a server reports of itself at the start of a connection (protocol-flow, asynchronous operations). */
const reported = [
  'server_version',
  'server_encoding',
  'client_encoding',
  'application_name',
  'is_superuser',
  'session_authorization',
  'DateStyle',
  'IntervalStyle',
  'TimeZone',
  'integer_datetimes',
  'standard_conforming_strings',
];

const readParameters = async (engine: Engine): Promise<Map<string, string>> => {
  const parameters = new Map<string, string>();
  for (const name of reported) parameters.set(name, await engine.value(`SHOW ${name}`));
  return parameters;
};

/** PostgreSQL's protocol on TCP in front of the one engine. */
export class WireServer {
  private readonly sessions = new Map<Session, Promise<void>>();
  private readonly server: Server;
  private lastId = 0;

  private constructor(private readonly shared: Omit<Shared, 'notify' | 'isHeard'>) {
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
  }

  /** Listens; port 0 takes a free one. @throws the system's error when the port cannot be had */
  static async listen(
    engine: Engine,
    address: { readonly host: string; readonly port: number },
    turnstile: Turnstile,
    limits: SessionLimits,
    log: (message: string) => void,
  ): Promise<WireServer> {
    const parameters = await readParameters(engine);
    const wire = new WireServer({ engine, turnstile, limits, parameters, log });
    await new Promise<void>((resolve, reject) => {
      wire.server.once('error', reject);
      wire.server.listen(address.port, address.host, () => {
        wire.server.off('error', reject);
        resolve();
      });
    });
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.sessions.size;
  }

  /** Takes no more connections, lets running batches finish, rolls open transactions back. */
  async close(reason: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const session of this.sessions.keys()) session.dismiss('57P01', reason);
    await Promise.all(this.sessions.values());
    await closed;
  }

  private accept(socket: Socket): void {
    this.lastId += 1;
    const session = new Session(this.lastId, socket, {
      ...this.shared,
      notify: (notification) => this.notify(notification),
      isHeard: (channel) => [...this.sessions.keys()].some((other) => other.channels.has(channel)),
    });
    // A reset connection is followed by 'close', where its session ends.
    socket.on('error', (error) => this.shared.log(`a client's connection broke: ${error.message}`));
    this.sessions.set(
      session,
      session.serve().finally(() => this.sessions.delete(session)),
    );
  }

  private notify({ channel, bytes }: Notification): void {
    for (const session of this.sessions.keys()) if (session.channels.has(channel)) session.send(bytes);
  }
}
