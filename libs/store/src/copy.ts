import type { Sample } from '@linepack/telemetry';
import type { Connection, Submittable } from 'pg';
import type { PoolClient } from './database';

/*
 * Binary COPY (PostgreSQL documentation, "COPY", Binary Format): a header of 19 bytes; for each row a 16-bit count of
 * fields and for each field a 32-bit length (-1: null) with its bytes, all big-endian; a count of -1 at the end.
 * A timestamptz is microseconds since 2000-01-01T00:00:00Z.
 */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;
const ROW_BYTES = 2 + (4 + 8) + (4 + 4) + (4 + 4) + (4 + 8);
const PG_EPOCH_US = 946_684_800_000_000;
const TWO_32 = 2 ** 32;
const COLUMNS = 4;

/** Samples as a binary COPY into sample (ts, tag_id, quality, value). */
export function encodeSamples(samples: readonly Sample[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + samples.length * ROW_BYTES + 2);
  let at = SIGNATURE.copy(buffer);
  at = buffer.writeInt32BE(0, at);
  at = buffer.writeInt32BE(0, at);
  for (const { ts, tagId, quality, value } of samples) {
    at = buffer.writeInt16BE(COLUMNS, at);
    at = buffer.writeInt32BE(8, at);
    // A safe integer in two halves: a BigInt for each row would take longer than the rest of it.
    const us = ts - PG_EPOCH_US;
    const high = Math.floor(us / TWO_32);
    at = buffer.writeInt32BE(high, at);
    at = buffer.writeUInt32BE(us - high * TWO_32, at);
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(tagId, at);
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(quality, at);
    if (value === null) at = buffer.writeInt32BE(-1, at);
    else {
      at = buffer.writeInt32BE(8, at);
      at = buffer.writeDoubleBE(value, at);
    }
  }
  at = buffer.writeInt16BE(-1, at);
  return buffer.subarray(0, at);
}

/** What pg's connection offers for COPY beyond its published types. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A server has to hold a message whole, so a large body goes in pieces. */
const CHUNK_BYTES = 1 << 18;

/** One COPY … FROM STDIN as pg runs a query of one's own. */
class CopyIn implements Submittable {
  constructor(
    private readonly sql: string,
    private readonly body: Buffer,
    private readonly settle: (error: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (let at = 0; at < this.body.length; at += CHUNK_BYTES)
      connection.sendCopyFromChunk(this.body.subarray(at, at + CHUNK_BYTES));
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {
    // The answer stands when the server is ready again.
  }

  handleReadyForQuery(): void {
    this.settle(null);
  }

  handleError(error: Error): void {
    this.settle(error);
  }
}

/** Runs a COPY … FROM STDIN with its whole body. @throws the server's error; nothing is stored then */
export function copyIn(client: PoolClient, sql: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, body, (error) => (error ? reject(error) : resolve())));
  });
}
