import type { Socket } from 'node:net';
import { fatalError, frame, int32, readText, readyForQuery } from './frames';
import type { Inbox } from './inbox';

// Request codes in place of a protocol version (message formats: SSLRequest, GSSENCRequest, CancelRequest).
const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;

/**
 * The beginning of a connection: encryption is declined, a cancel request is ignored (the one engine cannot be
 * interrupted), anybody who reaches the port is let in, since it is bound to the loopback address.
 *
 * @returns whether the client may go on
 */
export async function greet(
  inbox: Inbox,
  socket: Socket,
  id: number,
  parameters: ReadonlyMap<string, string>,
): Promise<boolean> {
  for (;;) {
    const startup = await inbox.next();
    if (!startup || startup.bytes.length < 8) return false;
    const code = startup.bytes.readInt32BE(4);
    if (code === sslRequest || code === gssRequest) {
      socket.write('N');
      continue;
    }
    if (code === cancelRequest) return false;
    if (code >> 16 !== 3) {
      socket.write(fatalError('0A000', `protocol version ${code >> 16} is not served, only 3`));
      return false;
    }
    const wanted = wantedEncoding(startup.bytes);
    if (wanted && !/^'?utf-?8'?$/i.test(wanted)) {
      socket.write(fatalError('0A000', `client_encoding ${wanted} is not served, only UTF8`));
      return false;
    }
    inbox.startupDone();
    socket.write(
      Buffer.concat([
        frame('R', 0),
        ...[...parameters].map(([name, value]) => frame('S', name, value)),
        frame('K', Buffer.concat([int32(id), int32(0)])),
        readyForQuery('I'),
      ]),
    );
    return true;
  }
}

const wantedEncoding = (bytes: Buffer): string | undefined => {
  for (let at = 8; at < bytes.length && bytes[at] !== 0;) {
    const name = readText(bytes, at);
    const value = readText(bytes, name.end);
    if (name.text === 'client_encoding') return value.text;
    at = value.end;
  }
  return undefined;
};
