/** PostgreSQL's frontend/backend protocol 3.0 on the wire: https://www.postgresql.org/docs/17/protocol.html */

/** One typed message, header and all: a type byte, a 32-bit length that counts itself, the body. */
export interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Something the client did that ends its connection, with the SQLSTATE it is told. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly sqlState: string;

  constructor(sqlState: string, message: string) {
    super(message);
    this.sqlState = sqlState;
  }
}

const typedHeader = 5;
const startupHeader = 4;
/** PostgreSQL's own bound for a startup packet (MAX_STARTUP_PACKET_LENGTH). */
const maxStartupBytes = 10_000;

/** Cuts the bytes of a connection into messages; refuses those beyond the bound before they are collected. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  private needed = startupHeader;
  private inStartup = true;

  constructor(private readonly maxMessageBytes: number) {}

  /** Startup packets carry no type byte; they come until `startupDone` is called. Their type here is ''. */
  startupDone(): void {
    this.inStartup = false;
    this.needed = typedHeader;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  /** The next whole message, or undefined until more bytes have come. @throws WireFault on a length out of bounds */
  next(): Frame | undefined {
    const header = this.inStartup ? startupHeader : typedHeader;
    if (this.size < this.needed) return undefined;
    const head = this.gather(header);
    const length = head.readInt32BE(header - 4);
    const most = this.inStartup ? maxStartupBytes : this.maxMessageBytes;
    if (length < 4 || length > most) {
      throw new WireFault(
        length < 4 ? '08P01' : '54000',
        `a message of ${length} bytes came, at most ${most} are taken`,
      );
    }
    const total = header - 4 + length;
    if (this.size < total) {
      this.needed = total;
      return undefined;
    }
    this.needed = header;
    const bytes = this.gather(total);
    this.drop(total);
    return { type: this.inStartup ? '' : String.fromCharCode(bytes[0] ?? 0), bytes };
  }

  private gather(length: number): Buffer {
    const first = this.chunks[0];
    if (first && first.length >= length) return first.subarray(0, length);
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all.subarray(0, length);
  }

  private drop(length: number): void {
    const first = this.chunks[0];
    if (!first) return;
    if (first.length === length) this.chunks.shift();
    else this.chunks[0] = first.subarray(length);
    this.size -= length;
  }
}

type Part = string | number | Buffer;

/** A message out of its parts: text (zero-terminated), 32-bit numbers, raw bytes. */
export function frame(type: string, ...parts: Part[]): Buffer {
  const body = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(`${part}\0`);
    if (typeof part === 'number') return int32(part);
    return part;
  });
  const length = body.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(length), ...body]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const query = (sql: string): Buffer => frame('Q', sql);
export const sync = (): Buffer => frame('S');
export const copyFail = (why: string): Buffer => frame('f', why);
export const closeStatement = (name: string): Buffer => frame('C', Buffer.from('S'), name);
export const readyForQuery = (status: string): Buffer => frame('Z', Buffer.from(status));
export const commandComplete = (tag: string): Buffer => frame('C', tag);

/**
 * CopyInResponse as the server would give it, but for the columns: they are not known before the statement
 * runs, and clients take the overall format.
 */
export const copyInResponse = (format: 'text' | 'binary'): Buffer =>
  frame('G', Buffer.from([format === 'binary' ? 1 : 0, 0, 0]));

/** An ErrorResponse that ends the connection. */
export const fatalError = (sqlState: string, message: string): Buffer =>
  frame('E', 'SFATAL', 'VFATAL', `C${sqlState}`, `M${message}`, Buffer.from([0]));

/** Zero-terminated text inside a message, and where the next field begins. */
export function readText(bytes: Buffer, from: number): { text: string; end: number } {
  const end = bytes.indexOf(0, from);
  if (end < 0) throw new WireFault('08P01', 'a text in the message has no end');
  return { text: bytes.toString('utf8', from, end), end: end + 1 };
}
