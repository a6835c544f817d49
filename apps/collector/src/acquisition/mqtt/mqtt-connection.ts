import type { SourceConfig } from '@linepack/network';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { within, type Time, type Timer } from '../../time';
import { PATIENCE_MS } from '../../write/outbox';
import type { ConnectionState } from '../connection-state';
import type { Attempt } from '../reconnection';
import type { Received, SourceSink } from '../source';
import { InFlight } from './in-flight';
import { Subscriptions, type SubscriptionListener } from './subscriptions';
import type { Message } from './topics';

export type MqttConfig = Extract<SourceConfig, { kind: 'mqtt' }>;

/** MQTT 5, or 3.1.1, which has the number 4. */
export type ProtocolVersion = 5 | 4;

const CONNECT_MS = 5_000;
const KEEP_ALIVE_S = 15;
/** Messages that a broker of MQTT 5 may send without an acknowledgement: as many as a batch may hold up. */
const RECEIVE_MAXIMUM = 1_000;
/** A session that never expires (MQTT 5, 3.1.2.11.2), as `clean: false` is in 3.1.1: what the broker kept is not lost. */
const SESSION_EXPIRY_NEVER = 0xffff_ffff;
/** "Unacceptable protocol version" of 3.1.1 and "unsupported protocol version" of 5. */
const VERSION_REFUSED: readonly unknown[] = [1, 132];
/** After the spool refused a message, the connection is renewed: the broker then sends again what was not acknowledged. */
const REFUSED_RETRY_MS = 5_000;
const GOODBYE_MS = 500;

interface Closed {
  readonly reason: string;
  /** The broker does not take the version of the protocol that we spoke. */
  readonly speaksAnother: boolean;
}

export interface MqttConnectionParts {
  readonly config: MqttConfig;
  readonly clientId: string;
  readonly state: ConnectionState;
  readonly sink: SourceSink;
  readonly time: Time;
  readonly topics: () => readonly string[];
  /** Whether any tag stands in it: a lasting session may still have topics of former times. */
  readonly isWanted: (topic: string) => boolean;
  readonly read: (message: Message) => Received[];
  readonly subscriptions: SubscriptionListener;
}

/**
 * One connection to a broker, by MQTT 5 or else 3.1.1. A message is acknowledged only when its values are durable, and
 * only on the connection it came by: its number means nothing on another. Messages are read on while earlier ones wait
 * for that, so that a batch is acknowledged together.
 */
export class MqttConnection implements Attempt {
  delivered = false;
  /** It ended for a reason of ours, and the broker is as well as before. */
  renewed = false;
  subscriptions: Subscriptions | null = null;
  end: (reason: string) => void = () => undefined;
  private readonly ended = new Promise<string>((resolve) => (this.end = resolve));
  private readonly inFlight = new InFlight();
  /** The broker answered our subscriptions: what came before was kept in the session, and may be old. */
  private answered = false;
  private over = false;
  private renewal: Timer | null = null;

  constructor(
    private readonly parts: MqttConnectionParts,
    /** Tried first; `accepted` is told what the broker took. */
    private readonly version: ProtocolVersion,
    private readonly accepted: (version: ProtocolVersion) => void,
  ) {}

  async run(): Promise<string> {
    try {
      const { reason, speaksAnother } = await this.session(this.version);
      return speaksAnother ? (await this.session(this.version === 5 ? 4 : 5)).reason : reason;
    } finally {
      this.over = true;
      this.renewal?.cancel();
      this.subscriptions?.stop();
    }
  }

  private async session(version: ProtocolVersion): Promise<Closed> {
    const client = this.client(version);
    const closed = this.watched(client, version);
    try {
      const ended = this.ended.then((reason) => ({ reason, speaksAnother: false }));
      return await Promise.race([closed, ended]);
    } finally {
      await goodbye(client, this.parts.time);
    }
  }

  private client(protocolVersion: ProtocolVersion): MqttClient {
    const { url, userName, password } = this.parts.config;
    const client = mqtt.connect(url, {
      clientId: this.parts.clientId,
      protocolVersion,
      clean: false,
      username: userName,
      password,
      reconnectPeriod: 0,
      resubscribe: false,
      connectTimeout: CONNECT_MS,
      keepalive: KEEP_ALIVE_S,
      ...(protocolVersion === 5 && {
        properties: { sessionExpiryInterval: SESSION_EXPIRY_NEVER, receiveMaximum: RECEIVE_MAXIMUM },
      }),
    });
    client.handleMessage = (packet, done) => {
      this.take(client, packet as IPublishPacket);
      // An error goes on to the next message without acknowledging this one; that is done when it is durable.
      done(new Error('acknowledged when durable'));
    };
    return client;
  }

  private watched(client: MqttClient, version: ProtocolVersion): Promise<Closed> {
    let reachable = false;
    let taken = false;
    const faults: (Error & { code?: unknown })[] = [];
    client.stream.once('connect', () => (reachable = true));
    client.on('error', (error) => void faults.push(error));
    client.on('connect', () => {
      taken = true;
      this.accepted(version);
      this.subscribe(client);
    });
    return new Promise((resolve) =>
      client.once('close', () => {
        const [fault] = faults;
        // Some brokers close the line on a version they do not know instead of saying so.
        const closedAtOnce = reachable && (fault === undefined || fault.code === 'ECONNRESET');
        const speaksAnother = !taken && (closedAtOnce || VERSION_REFUSED.includes(fault?.code));
        resolve({ reason: fault?.message ?? 'connection closed', speaksAnother });
      }),
    );
  }

  private subscribe(client: MqttClient): void {
    const { state, subscriptions, time, topics } = this.parts;
    this.subscriptions = new Subscriptions(client, time, {
      answered: (granted, refused) => {
        this.answered = true;
        state.connected();
        subscriptions.answered(granted, refused);
      },
      failed: (error) => subscriptions.failed(error),
    });
    void this.subscriptions.want(topics());
  }

  private take(client: MqttClient, packet: IPublishPacket): void {
    const { state, sink, read, isWanted } = this.parts;
    // A lasting session sends what it kept before it answers the subscription.
    state.connected();
    state.heard();
    this.delivered = true;
    if (!isWanted(packet.topic)) void this.subscriptions?.leave(packet.topic);
    const patienceMs = packet.qos === 1 ? this.inFlight.came() : PATIENCE_MS.acknowledged;
    const kept = packet.dup || !this.answered ? 'redelivered' : 'change';
    const origin = packet.retain ? 'retained' : kept;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const values = read({ topic: packet.topic, payload, origin });
    const { durably } = sink.values(values, patienceMs, packet.qos === 1);
    if (packet.qos === 1)
      durably.then(
        () => this.acknowledge(client, packet),
        () => this.renew(),
      );
    // Nothing comes again of what is not acknowledged; that it was refused is counted and said by the outbox.
    else durably.catch(() => undefined);
  }

  private acknowledge(client: MqttClient, { messageId }: IPublishPacket): void {
    this.inFlight.left();
    if (messageId === undefined || this.over || !client.connected) return;
    // The library's own way, which knows both versions; it is public only through a callback that stops the reading.
    client['_sendPacket']({ cmd: 'puback', messageId, reasonCode: 0 });
  }

  private renew(): void {
    this.inFlight.left();
    if (this.over) return;
    this.renewal ??= this.parts.time.after(REFUSED_RETRY_MS, () => {
      this.renewed = true;
      this.end('what could not be made durable is asked for again');
    });
  }
}

/** Leaves in order, so that the broker keeps the session; without an answer the line is broken. */
async function goodbye(client: MqttClient, time: Time): Promise<void> {
  if (client.connected) await within(time, GOODBYE_MS, client.endAsync()).catch(() => undefined);
  await client.endAsync(true);
}
