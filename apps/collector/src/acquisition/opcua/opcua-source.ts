import type { SourceConfig, SourceId } from '@linepack/network';
import {
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
  type ClientSecureChannelLayer,
  type ClientSubscription,
  type OPCUACertificateManager,
  type UserIdentityInfo,
} from 'node-opcua';
import type { Log } from '../../log';
import type { Time, Timer } from '../../time';
import { PATIENCE_MS } from '../../write/outbox';
import { itemsPerCall, monitorTags, type NodeTag } from './monitored-items';
import { ConnectionState } from '../connection-state';
import type { AddressedTag, PlantSource, Received, SourceSink } from '../source';

type OpcUaConfig = Extract<SourceConfig, { kind: 'opcua' }>;

/** Publishing intervals without a value after which the server sends a keep-alive. */
const KEEP_ALIVE_COUNT = 5;
/** Missed keep-alives after which a connection that says it is there is taken for dead. */
const SILENT_KEEP_ALIVES = 3;
const BACKOFF_MS = [500, 1_000, 2_000, 5_000, 10_000];
const CLOSE_MS = 3_000;

/**
 * One OPC UA server. Every attempt is a client of its own with one session and one subscription, and is wholly taken
 * down before the next one begins, so that connections never multiply; the client's own reconnection is switched off.
 * A watchdog ends an attempt that hears neither values nor keep-alives, whatever the connection says of itself.
 */
export class OpcUaSource implements PlantSource {
  readonly id: SourceId;
  private readonly connection: ConnectionState;
  private running: Promise<void> | null = null;
  private abort: (reason: string) => void = () => undefined;
  private stopped = false;
  private tags: readonly NodeTag[];

  constructor(
    private readonly config: OpcUaConfig,
    tags: readonly AddressedTag[],
    private readonly sink: SourceSink,
    private readonly certificates: OPCUACertificateManager,
    private readonly time: Time,
    private readonly log: Log,
  ) {
    this.id = config.id as SourceId;
    this.connection = new ConnectionState(this.id, sink, time);
    this.tags = tags.flatMap(nodeTag);
  }

  start(): void {
    this.running ??= this.run();
  }

  watch(tags: readonly AddressedTag[]): void {
    const wanted = tags.flatMap(nodeTag);
    if (JSON.stringify(wanted) === JSON.stringify(this.tags)) return;
    this.tags = wanted;
    this.abort('other tags are asked for');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.abort('stopping');
    await this.running;
  }

  state() {
    return this.connection.state;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped; failures += 1) {
      const startedAt = this.time.monotonicMs();
      // The library's messages go on for several lines; the first says it.
      const reason = await this.attempt().catch((error: Error) => error.message.split('\n')[0] as string);
      if (this.stopped) break;
      if (this.connection.state.error !== reason) this.log.warn(`source ${this.id}: ${reason}`);
      this.connection.lost(reason);
      if (this.time.monotonicMs() - startedAt > 30_000) failures = 0;
      await this.pause(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] as number);
    }
    this.connection.stopped();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.time.after(ms, resolve);
      this.abort = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** One connection's whole life. @returns why it ended */
  private async attempt(): Promise<string> {
    const client = OPCUAClient.create({
      applicationName: 'Linepack',
      clientName: `linepack-${this.id}`,
      clientCertificateManager: this.certificates,
      connectionStrategy: { maxRetry: 0, initialDelay: 200, maxDelay: 200 },
      endpointMustExist: false,
      keepSessionAlive: false,
      transportTimeout: 15_000,
      ...securityOf(this.config),
    });
    const ended = new Promise<string>((resolve) => {
      this.abort = resolve;
      client.on('connection_lost', () => resolve('connection lost'));
      client.on('close', (error?: Error | null) => resolve(error?.message ?? 'connection closed'));
    });
    let watchdog: Timer | undefined;
    let channel: ClientSecureChannelLayer | undefined;
    client.on('secure_channel_created', (created) => (channel = created));
    try {
      const opened = this.open(client).then((subscription) => {
        watchdog = this.watchdog(subscription);
        return ended;
      });
      // The server may go away, or the source be stopped, while the attempt is still opening.
      return await Promise.race([opened, ended]);
    } finally {
      watchdog?.cancel();
      await closed(this.time, client, () => channel?.forceConnectionBreak());
    }
  }

  private async open(client: OPCUAClient): Promise<ClientSubscription> {
    await client.connect(this.config.endpoint);
    const session = await client.createSession(identityOf(this.config));
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: this.config.publishingIntervalMs,
      requestedMaxKeepAliveCount: KEEP_ALIVE_COUNT,
      requestedLifetimeCount: KEEP_ALIVE_COUNT * 12,
      maxNotificationsPerPublish: 5_000,
      publishingEnabled: true,
      priority: 0,
    });
    subscription.on('terminated', () => this.abort('the server ended the subscription'));
    subscription.on('status_changed', (status) => this.abort(`subscription: ${status.name}`));
    for (const event of ['keepalive', 'received_notifications'] as const)
      subscription.on(event, () => this.heard());
    // Told before the first values arrive, so that they follow what was said of the source's absence.
    this.connection.connected();
    const batch = new ValueBatch(this.sink);
    const size = await itemsPerCall(session);
    const { monitored, rejected } = await monitorTags(subscription, this.tags, size, this.config, (value) =>
      batch.add(value),
    );
    const error = rejected.length === 0 ? null : `not monitored: ${rejected.slice(0, 5).join(', ')}`;
    if (error) this.log.warn(`source ${this.id}: ${rejected.length} of ${this.tags.length} tags ${error}`);
    this.connection.monitoring({ monitored, rejected: rejected.length, error });
    if (!error) this.log.info(`source ${this.id}: connected, ${monitored} tags`);
    return subscription;
  }

  private heard(): void {
    this.connection.heard();
    this.sink.heard(this.time.now(), 'all');
  }

  private watchdog(subscription: ClientSubscription): Timer {
    this.connection.heard();
    const interval = subscription.publishingInterval * subscription.maxKeepAliveCount * SILENT_KEEP_ALIVES;
    const limitMs = Math.max(interval, 3_000);
    return this.time.every(limitMs / 4, () => {
      const silentMs = (this.time.now() - (this.connection.state.lastNotificationAt ?? 0)) / 1_000;
      if (silentMs > limitMs) this.abort(`neither a value nor a keep-alive for ${Math.round(silentMs)} ms`);
    });
  }
}

/** Values of one notification go on together. */
class ValueBatch {
  private waiting: Received[] = [];
  constructor(private readonly sink: SourceSink) {}

  add(value: Received): void {
    if (this.waiting.push(value) > 1) return;
    setImmediate(() => {
      const batch = this.waiting;
      this.waiting = [];
      // A sample refused by a full spool is counted and said by the outbox; a subscription has no way to ask again.
      this.sink.values(batch, PATIENCE_MS.samples).durably.catch(() => undefined);
    });
  }
}

/** Takes a client down for good. A server that does not answer the goodbye does not hold it up: the line is broken. */
async function closed(time: Time, client: OPCUAClient, breakLine: () => void): Promise<void> {
  let timer: Timer | undefined;
  const late = new Promise<void>((resolve) => {
    timer = time.after(CLOSE_MS, () => {
      breakLine();
      resolve();
    });
  });
  // What ended the attempt was said already; that the goodbye fails too adds nothing.
  await Promise.race([client.disconnect().catch(() => undefined), late]);
  timer?.cancel();
}

const nodeTag = ({ tagId, address }: AddressedTag): NodeTag[] =>
  'node' in address ? [{ tagId, node: address.node }] : [];

const MODES = {
  none: MessageSecurityMode.None,
  sign: MessageSecurityMode.Sign,
  signAndEncrypt: MessageSecurityMode.SignAndEncrypt,
} as const;

const securityOf = (config: OpcUaConfig) => ({
  securityMode: MODES[config.securityMode],
  securityPolicy: config.securityMode === 'none' ? SecurityPolicy.None : SecurityPolicy.Basic256Sha256,
});

const identityOf = (config: OpcUaConfig): UserIdentityInfo =>
  config.userName === undefined
    ? { type: UserTokenType.Anonymous }
    : { type: UserTokenType.UserName, userName: config.userName, password: config.password ?? '' };
