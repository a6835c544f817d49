import type { SourceConfig } from '@linepack/network';
import {
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
  type ClientSecureChannelLayer,
  type OPCUACertificateManager,
  type UserIdentityInfo,
} from 'node-opcua';
import { within, type Time, type Timer } from '../../time';
import { APPLICATION_NAME } from './certificates';

export type OpcUaConfig = Extract<SourceConfig, { kind: 'opcua' }>;

/** A server that answers the handshake later than this is not there. */
const CONNECT_MS = 5_000;
const CLOSE_MS = 3_000;
/** A keep-alive comes at least this often where the publishing interval allows it. */
const KEEP_ALIVE_MS = 5_000;
const KEEP_ALIVE_COUNT_MAX = 5;

/** Publishing intervals without a value after which the server is asked to send a keep-alive. */
export const keepAliveCount = ({ publishingIntervalMs }: OpcUaConfig): number =>
  Math.min(KEEP_ALIVE_COUNT_MAX, Math.max(1, Math.round(KEEP_ALIVE_MS / publishingIntervalMs)));

/** One client for one attempt; the library's own reconnection is switched off. */
export class Client {
  readonly opcua: OPCUAClient;
  private channel: ClientSecureChannelLayer | undefined;

  constructor(
    private readonly config: OpcUaConfig,
    certificates: OPCUACertificateManager,
    private readonly time: Time,
  ) {
    const silenceMs = config.publishingIntervalMs * keepAliveCount(config);
    this.opcua = OPCUAClient.create({
      applicationName: APPLICATION_NAME,
      clientName: `linepack-${config.id}`,
      clientCertificateManager: certificates,
      connectionStrategy: { maxRetry: 0, initialDelay: 200, maxDelay: 200 },
      endpointMustExist: false,
      keepSessionAlive: false,
      // A line that is as quiet as we asked for is not to be taken for dead, neither by the library nor by the server.
      transportTimeout: Math.max(15_000, 6 * silenceMs),
      requestedSessionTimeout: Math.max(60_000, 20 * silenceMs),
      securityMode: MODES[config.securityMode],
      securityPolicy: config.securityMode === 'none' ? SecurityPolicy.None : SecurityPolicy.Basic256Sha256,
    });
    this.opcua.on('secure_channel_created', (created) => (this.channel = created));
  }

  /** @throws Error when the server does not answer, or not as it should */
  connect(): Promise<void> {
    return within(this.time, CONNECT_MS, this.opcua.connect(this.config.endpoint));
  }

  createSession() {
    const { userName, password = '' } = this.config;
    const identity: UserIdentityInfo =
      userName === undefined
        ? { type: UserTokenType.Anonymous }
        : { type: UserTokenType.UserName, userName, password };
    return this.opcua.createSession(identity);
  }

  /** Takes it down for good. A server that does not answer the goodbye does not hold it up: the line is broken. */
  async close(): Promise<void> {
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.time.after(CLOSE_MS, () => {
        this.channel?.forceConnectionBreak();
        resolve();
      });
    });
    // What ended the attempt was said already; that the goodbye fails too adds nothing.
    await Promise.race([this.opcua.disconnect().catch(() => undefined), late]);
    timer?.cancel();
  }
}

const MODES = {
  none: MessageSecurityMode.None,
  sign: MessageSecurityMode.Sign,
  signAndEncrypt: MessageSecurityMode.SignAndEncrypt,
} as const;
