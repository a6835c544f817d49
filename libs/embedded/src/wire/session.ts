import type { Socket } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Engine } from '../engine';
import { EngineFailure } from '../engine';
import type { Frame } from './frames';
import { commandComplete, copyFail, copyInResponse, fatalError, query, readText } from './frames';
import { readyForQuery, WireFault } from './frames';
import { Inbox, SilenceError } from './inbox';
import type { Notification, Reply } from './reply';
import type { StatementShape } from './sql-shape';
import { shapesOf } from './sql-shape';
import { greet } from './startup';
import { StatementNames } from './statement-names';
import type { Turnstile } from './turnstile';

export interface SessionLimits {
  /** One protocol message, in bytes. */
  readonly maxMessageBytes: number;
  /** What is collected before it runs, in bytes: one COPY's data, or one batch of the extended protocol. */
  readonly maxCollectedBytes: number;
  /** How long a connection may keep the database while it says nothing, in milliseconds. */
  readonly idleInTransactionMs: number;
}

/** What the connections share. */
export interface Shared {
  readonly engine: Engine;
  readonly turnstile: Turnstile;
  readonly limits: SessionLimits;
  readonly parameters: ReadonlyMap<string, string>;
  /** Hands a notification to every connection that listens on its channel. */
  notify(notification: Notification): void;
  /** Whether any connection listens on the channel. */
  isHeard(channel: string): boolean;
  log(message: string): void;
}

/** Unsent bytes at which a connection is not served until its client has read. */
const unsentBound = 4 << 20;

const extended = new Set(['P', 'B', 'D', 'E', 'C']);

/**
 * One client's connection. It owns the session from the first message of a batch until ReadyForQuery says idle,
 * so transactions never mix; a batch is collected before the session is asked for, so a slow client holds
 * nobody up outside a transaction.
 */
export class Session {
  readonly channels = new Set<string>();
  private readonly inbox: Inbox;
  private readonly names: StatementNames;
  private batch: Buffer[] = [];
  private batchBytes = 0;
  private owning = false;
  /** The batch failed, and the engine skips messages until Sync. */
  private skipping = false;
  /** LISTEN and UNLISTEN of the running transaction: they count when it commits. */
  private pending: StatementShape[] = [];

  constructor(
    private readonly id: number,
    private readonly socket: Socket,
    private readonly shared: Shared,
  ) {
    this.inbox = new Inbox(socket, shared.limits.maxMessageBytes);
    this.names = new StatementNames(`c${id}_`);
  }

  /** Serves the client until it leaves or is shown out. Never rejects. */
  async serve(): Promise<void> {
    try {
      if (await greet(this.inbox, this.socket, this.id, this.shared.parameters)) await this.answer();
    } catch (error) {
      this.farewell(error);
    }
    try {
      await this.leave();
    } catch (error) {
      // The engine has told of its failure itself; anything else would be a fault in this server.
      if (!(error instanceof EngineFailure)) this.shared.log(`connection ${this.id}: ${String(error)}`);
    }
    this.socket.end();
    this.socket.destroySoon();
  }

  /** Ends the connection from the server's side, for instance because it stops. */
  dismiss(sqlState: string, reason: string): void {
    this.send(fatalError(sqlState, reason));
    this.inbox.drop();
  }

  send(bytes: Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  private farewell(error: unknown): void {
    if (error instanceof WireFault) this.send(fatalError(error.sqlState, error.message));
    else if (error instanceof SilenceError) {
      const { idleInTransactionMs } = this.shared.limits;
      const reason = `terminating connection: idle in transaction for more than ${idleInTransactionMs} ms`;
      this.shared.log(`connection ${this.id}: ${reason}`);
      this.send(fatalError('25P03', reason));
    } else if (error instanceof EngineFailure) this.send(fatalError('57P02', error.message));
    else {
      this.shared.log(`connection ${this.id}: ${String(error)}`);
      this.send(fatalError('XX000', 'the server failed; see its log'));
    }
  }

  private nextFrame(): Promise<Frame | undefined> {
    return this.inbox.next(this.owning ? this.shared.limits.idleInTransactionMs : undefined);
  }

  private async answer(): Promise<void> {
    for (let frame = await this.nextFrame(); frame && frame.type !== 'X'; frame = await this.nextFrame()) {
      await this.take(frame);
      // The engine's calls never wait for I/O: without this a client that pipelines would keep the others unread.
      if (this.batch.length === 0) await immediate();
      await this.drained();
    }
  }

  private take(frame: Frame): Promise<void> {
    if (extended.has(frame.type)) return this.collect(frame);
    switch (frame.type) {
      case 'Q':
        return this.simpleQuery(frame);
      case 'S':
        return this.runBatch(frame.bytes);
      case 'H':
        // Without anything to flush nothing is open, so the session is not asked for.
        return this.batch.length > 0 ? this.runBatch() : Promise.resolve();
      case 'd':
      case 'c':
      case 'f':
        // What a client still sends after its COPY failed is ignored (protocol-flow, COPY operations).
        return Promise.resolve();
      default:
        throw new WireFault('08P01', `message type ${JSON.stringify(frame.type)} is not served here`);
    }
  }

  private async simpleQuery(frame: Frame): Promise<void> {
    const shapes = shapesOf(readText(frame.bytes, 5).text);
    const copies = shapes.filter((shape) => shape.kind === 'copy-in');
    const [copy] = copies;
    const [first] = shapes;
    this.pending.push(...shapes);
    if (first?.kind === 'sweep' && shapes.length === 1) return this.sweep(first.tag);
    if (!copy) return this.runBatch(frame.bytes);
    if (copies.length > 1) {
      return this.runBatch(frame.bytes, copyFail('one COPY FROM STDIN in a query is served here'));
    }
    this.send(copyInResponse(copy.format));
    return this.runCopy(frame.bytes);
  }

  private async collect(frame: Frame): Promise<void> {
    const { bytes, runs } = this.names.rewrite(frame);
    this.pending.push(...runs);
    const copy = runs.find((shape) => shape.kind === 'copy-in');
    if (copy) {
      // Its preparation must be answered, and have succeeded, before the client may send data.
      if (this.batch.length > 0) await this.runBatch();
      if (!this.skipping) {
        this.send(copyInResponse(copy.format));
        return this.runCopy(bytes);
      }
    }
    this.batch.push(bytes);
    this.batchBytes += bytes.length;
    if (this.batchBytes > this.shared.limits.maxCollectedBytes) {
      throw new WireFault(
        '54000',
        `a batch of more than ${this.shared.limits.maxCollectedBytes} bytes without Sync or Flush`,
      );
    }
  }

  /** Collects one COPY's data up to its end, since the engine cannot wait for it. */
  private async copyData(): Promise<Buffer[]> {
    const { maxCollectedBytes } = this.shared.limits;
    const data: Buffer[] = [];
    let size = 0;
    for (;;) {
      const frame = await this.nextFrame();
      if (!frame) return [copyFail('the client left')];
      if (frame.type === 'd') {
        size += frame.bytes.length;
        if (size <= maxCollectedBytes) data.push(frame.bytes);
        else data.length = 0;
      } else if (frame.type === 'c') {
        if (size <= maxCollectedBytes) return [...data, frame.bytes];
        return [copyFail(`more than ${maxCollectedBytes} bytes of data in one COPY; send it in several`)];
      } else if (frame.type === 'f') return [frame.bytes];
      else if (frame.type !== 'H' && frame.type !== 'S') {
        throw new WireFault(
          '08P01',
          `message type ${JSON.stringify(frame.type)} came during COPY FROM STDIN`,
        );
      }
    }
  }

  /** Runs what was collected, and the messages given; the session is kept unless ReadyForQuery says idle. */
  private async runBatch(...last: Buffer[]): Promise<void> {
    const reply = await this.exchange(last);
    this.send(Buffer.concat(reply.messages.map((message) => message.bytes)));
    await this.settle(reply);
  }

  /** Runs a COPY with all its data; its CopyInResponse has been sent already. */
  private async runCopy(statement: Buffer): Promise<void> {
    const reply = await this.exchange([statement, ...(await this.copyData())]);
    const rest = reply.messages.filter((message) => message.type !== 'G');
    this.send(Buffer.concat(rest.map((message) => message.bytes)));
    await this.settle(reply);
  }

  private async exchange(last: readonly Buffer[]): Promise<Reply> {
    const messages = Buffer.concat([...this.batch, ...last]);
    this.batch = [];
    this.batchBytes = 0;
    await this.own();
    return this.shared.engine.run(messages);
  }

  private async own(): Promise<void> {
    if (this.owning) return;
    await this.shared.turnstile.enter();
    this.owning = true;
  }

  private async settle(reply: Reply): Promise<void> {
    this.skipping = reply.status === undefined && (this.skipping || reply.error !== undefined);
    if (reply.status !== 'I') return;
    const committed = reply.error === undefined && !reply.rolledBack;
    const pending = this.pending;
    this.pending = [];
    if (committed) for (const shape of pending) await this.applyListening(shape);
    // A transaction that listens hears its own notifications, so these come last.
    reply.notifications.forEach((notification) => this.shared.notify(notification));
    this.giveBack();
  }

  private giveBack(): void {
    this.names.sessionGivenBack();
    this.owning = false;
    this.shared.turnstile.leave();
  }

  private async applyListening(shape: StatementShape): Promise<void> {
    if (shape.kind === 'listen') this.channels.add(shape.channel);
    if (shape.kind !== 'unlisten') return;
    const every = shape.channel === undefined;
    const ended = every ? [...this.channels] : [shape.channel ?? ''];
    ended.forEach((channel) => this.channels.delete(channel));
    // The session has stopped listening for everybody: others go on.
    for (const channel of ended) await this.listenForOthers(channel);
  }

  private async listenForOthers(channel: string): Promise<void> {
    const name = `"${channel.replaceAll('"', '""')}"`;
    await this.shared.engine.command(`${this.shared.isHeard(channel) ? 'LISTEN' : 'UNLISTEN'} ${name}`);
  }

  /** DISCARD ALL and DEALLOCATE ALL sweep what is this connection's, not the whole session. */
  private async sweep(tag: 'DISCARD ALL' | 'DEALLOCATE ALL'): Promise<void> {
    this.pending = [];
    await this.own();
    const { status } = await this.shared.engine.run(query(''));
    // In a transaction the server refuses DISCARD ALL, and in a failed one both, in its own words.
    if (status === 'E' || (status === 'T' && tag === 'DISCARD ALL')) return this.runBatch(query(tag));
    await this.sweepOwn(tag === 'DISCARD ALL');
    this.send(Buffer.concat([commandComplete(tag), readyForQuery(status ?? 'I')]));
    if (status === 'I') this.giveBack();
  }

  private async sweepOwn(alsoListening: boolean): Promise<void> {
    await this.shared.engine.closeStatements(this.names.prepared);
    this.names.forgetPrepared();
    if (!alsoListening) return;
    const heard = [...this.channels];
    this.channels.clear();
    for (const channel of heard) await this.listenForOthers(channel);
  }

  private async leave(): Promise<void> {
    this.inbox.drop();
    if (!this.owning && this.names.prepared.length + this.channels.size === 0) return;
    await this.own();
    try {
      await this.shared.engine.reset();
      await this.sweepOwn(true);
    } finally {
      this.giveBack();
    }
  }

  /** Waits until a slow reader has taken most of what it asked for. */
  private async drained(): Promise<void> {
    const { socket } = this;
    if (socket.writableLength < unsentBound || socket.destroyed) return;
    await new Promise<void>((resolve, reject) => {
      const timer = this.owning
        ? setTimeout(() => done(new SilenceError()), this.shared.limits.idleInTransactionMs)
        : undefined;
      const gone = (): void => done();
      const done = (silence?: SilenceError): void => {
        clearTimeout(timer);
        socket.off('drain', gone).off('close', gone);
        if (silence) reject(silence);
        else resolve();
      };
      socket.on('drain', gone).on('close', gone);
    });
  }
}
