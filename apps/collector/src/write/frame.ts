import { crc32 } from 'node:zlib';

/**
 * What a segment file is made of, format 2. All numbers are uint32, little endian.
 *
 * ```
 * segment  "LPSPOOL" 0x02, then frames
 * frame    FF 'L' 'P' 02 | index | length | CRC-32 | payload (UTF-8 JSON, `length` bytes) | 0A
 * ```
 *
 * The index counts the frames of a segment from 0; the CRC covers index, length and payload. A byte FF never occurs in
 * UTF-8 and a byte 0A never in JSON as we write it, so that after a damaged stretch the next frame is found again, the
 * index says how many are missing, and a frame that was written whole is told from one that was cut short.
 */
export const SEGMENT_HEADER = Buffer.from('LPSPOOL\x02', 'latin1');
const MAGIC = Buffer.from([0xff, 0x4c, 0x50, 0x02]);
const FRAME_HEADER = 16;
const END = 0x0a;

export interface Scan {
  readonly payloads: readonly string[];
  /** Where the last whole frame ends. Bytes. */
  readonly end: number;
  /** What was written whole and cannot be read any more. */
  readonly damaged: { readonly entries: number; readonly bytes: number };
  /** Bytes at the end that a crash cut short: nobody was told that they are durable. */
  readonly torn: number;
}

/** The bytes of one entry. */
export function encodeFrame(index: number, payload: string): Buffer {
  const body = Buffer.from(payload, 'utf8');
  const frame = Buffer.allocUnsafe(FRAME_HEADER + body.length + 1);
  MAGIC.copy(frame, 0);
  frame.writeUInt32LE(index, 4);
  frame.writeUInt32LE(body.length, 8);
  body.copy(frame, FRAME_HEADER);
  frame[FRAME_HEADER + body.length] = END;
  frame.writeUInt32LE(checksum(frame, 0, body.length), 12);
  return frame;
}

/** What a segment holds, in whatever format it was written. Null when a later program than this wrote it. */
export function scanSegment(segment: Buffer): Scan | null {
  if (segment.includes(MAGIC) || segment.subarray(0, SEGMENT_HEADER.length).equals(SEGMENT_HEADER))
    return scanVersion2(segment);
  const name = SEGMENT_HEADER.subarray(0, -1);
  return segment.subarray(0, name.length).equals(name) ? null : scanVersion1(segment);
}

function scanVersion2(segment: Buffer): Scan {
  const payloads: string[] = [];
  let end = Math.min(SEGMENT_HEADER.length, segment.length);
  let next = 0;
  let entries = 0;
  let bytes = 0;
  for (let at = end; at >= 0; at = segment.indexOf(MAGIC, at)) {
    const frame = frameAt(segment, at);
    if (frame === null) {
      at += 1;
      continue;
    }
    entries += Math.max(0, frame.index - next);
    bytes += at - end;
    payloads.push(frame.payload);
    next = frame.index + 1;
    at = end = frame.end;
  }
  const tail = segment.subarray(end);
  // A line end behind a frame's header: at least one entry was written to its last byte.
  const wasWhole = tail.subarray(FRAME_HEADER).includes(END);
  return {
    payloads,
    end,
    damaged: wasWhole
      ? { entries: entries + framesIn(tail), bytes: bytes + tail.length }
      : { entries, bytes },
    torn: wasWhole ? 0 : tail.length,
  };
}

function frameAt(segment: Buffer, at: number): { index: number; payload: string; end: number } | null {
  if (!segment.subarray(at, at + MAGIC.length).equals(MAGIC) || at + FRAME_HEADER > segment.length)
    return null;
  const length = segment.readUInt32LE(at + 8);
  const body = at + FRAME_HEADER;
  const end = body + length + 1;
  if (end > segment.length || checksum(segment, at, length) !== segment.readUInt32LE(at + 12)) return null;
  return { index: segment.readUInt32LE(at + 4), payload: segment.toString('utf8', body, end - 1), end };
}

const checksum = (bytes: Buffer, at: number, length: number): number =>
  crc32(
    bytes.subarray(at + FRAME_HEADER, at + FRAME_HEADER + length),
    crc32(bytes.subarray(at + 4, at + 12)),
  );

/** How many frames begin there; at least the one that ends there. */
function framesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(MAGIC); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) count += 1;
  return Math.max(1, count);
}

/**
 * Lifts a segment of format 1, which had no name of its own: frames of length, CRC-32 of the payload, and payload. With
 * nothing to find a frame by, a damaged stretch is searched byte by byte for the next that fits its checksum.
 */
function scanVersion1(segment: Buffer): Scan {
  const payloads: string[] = [];
  let end = 0;
  let entries = 0;
  let bytes = 0;
  for (let at = 0; at + 8 <= segment.length;) {
    const length = segment.readUInt32LE(at);
    const body = segment.subarray(at + 8, at + 8 + length);
    if (length === 0 || body.length < length || crc32(body) !== segment.readUInt32LE(at + 4)) {
      at += 1;
      continue;
    }
    if (at > end) {
      entries += 1;
      bytes += at - end;
    }
    payloads.push(body.toString('utf8'));
    at = end = at + 8 + length;
  }
  return { payloads, end, damaged: { entries, bytes }, torn: segment.length - end };
}
