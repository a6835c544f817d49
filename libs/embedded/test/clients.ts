import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import pg from 'pg';
import { frame, FrameReader, int32 } from '../src/wire/frames';
import type { Frame } from '../src/wire/frames';

interface CopyConnection {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** COPY FROM STDIN by pg's own means: all chunks, then the end. */
export const copyFrom = (client: pg.Client, sql: string, chunks: readonly Buffer[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const task = {
      failure: undefined as Error | undefined,
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => {
        chunks.forEach((chunk) => connection.sendCopyFromChunk(chunk));
        connection.endCopyFrom();
      },
      handleError(error: Error) {
        this.failure = error;
        reject(error);
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(),
      handleRowDescription: () => undefined,
      handleDataRow: () => undefined,
      handleCopyData: () => undefined,
      handleEmptyQuery: () => undefined,
    };
    (client.query as (submittable: unknown) => void)(task);
  });

/** COPY's binary format: signature, flags, rows of fields with their lengths, trailer. */
export const binaryCopy = (rows: readonly (readonly [number, string | null])[]): Buffer => {
  const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255]);
  const field = (bytes: Buffer | null): Buffer =>
    bytes ? Buffer.concat([int32(bytes.length), bytes]) : int32(-1);
  return Buffer.concat([
    Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
    int32(0),
    int32(0),
    ...rows.flatMap(([id, text]) => [
      int16(2),
      field(int32(id)),
      field(text === null ? null : Buffer.from(text)),
    ]),
    int16(-1),
  ]);
};

/** A client that speaks single messages, for what drivers never do. */
export class RawClient {
  private readonly reader = new FrameReader(1 << 26);
  private readonly seen: Frame[] = [];
  ended = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.reader.push(chunk);
      for (let next = this.reader.next(); next; next = this.reader.next()) this.seen.push(next);
      socket.emit('more');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      socket.emit('more');
    });
  }

  static async open(url: string): Promise<RawClient> {
    const socket = await RawClient.dial(url);
    const { username, pathname } = new URL(url);
    const client = new RawClient(socket);
    client.reader.startupDone();
    const body = Buffer.from(`user\0${username}\0database\0${pathname.slice(1)}\0\0`);
    socket.write(Buffer.concat([int32(body.length + 8), int32(196608), body]));
    await client.until('Z');
    return client;
  }

  static async dial(url: string): Promise<Socket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  /** Sends the messages in one write. */
  send(...messages: Buffer[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** The types of all messages up to the nth of the one named, without notices. */
  async until(type: string, count = 1): Promise<string> {
    const types: string[] = [];
    for (let left = count; left > 0;) {
      const next = await this.next();
      types.push(next.type);
      if (next.type === type) left -= 1;
    }
    return types.join('');
  }

  async next(): Promise<Frame> {
    for (;;) {
      const next = this.seen.shift();
      if (!next) {
        if (this.ended) throw new Error('the server closed the connection');
        await once(this.socket, 'more');
      } else if (next.type !== 'N' && next.type !== 'S' && next.type !== 'K') return next;
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

const none = Buffer.from([0, 0]);

export const message = {
  parse: (name: string, sql: string): Buffer => frame('P', name, sql, none),
  bind: (portal: string, statement: string): Buffer => frame('B', portal, statement, none, none, none),
  describe: (portal: string): Buffer => frame('D', Buffer.from('P'), portal),
  execute: (portal: string): Buffer => frame('E', portal, 0),
  flush: (): Buffer => frame('H'),
  copyData: (text: string): Buffer => frame('d', Buffer.from(text)),
  copyDone: (): Buffer => frame('c'),
};
