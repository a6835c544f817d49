import { crc32 } from 'node:zlib';

/** Length and CRC-32, both uint32 little endian. */
const FRAME_HEADER = 8;

export function encodeFrame(payload: string): Buffer {
  const body = Buffer.from(payload, 'utf8');
  const frame = Buffer.allocUnsafe(FRAME_HEADER + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  body.copy(frame, FRAME_HEADER);
  return frame;
}

/** The whole frames from the start of a segment, and how many bytes they take: what follows them is torn. */
export function decodeFrames(segment: Buffer): { payloads: string[]; bytes: number } {
  const payloads: string[] = [];
  let at = 0;
  while (at + FRAME_HEADER <= segment.length) {
    const length = segment.readUInt32LE(at);
    const body = segment.subarray(at + FRAME_HEADER, at + FRAME_HEADER + length);
    if (length === 0 || body.length < length || crc32(body) !== segment.readUInt32LE(at + 4)) break;
    payloads.push(body.toString('utf8'));
    at += FRAME_HEADER + length;
  }
  return { payloads, bytes: at };
}
