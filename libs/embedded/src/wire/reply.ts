import { readText } from './frames';

export interface Notification {
  readonly channel: string;
  /** The whole NotificationResponse, ready to be sent. */
  readonly bytes: Buffer;
}

/** What the engine answered to one or more messages. */
export interface Reply {
  /** The messages for the client, without notifications. */
  readonly messages: readonly { readonly type: string; readonly bytes: Buffer }[];
  readonly notifications: readonly Notification[];
  /** The transaction's state in the last ReadyForQuery: I idle, T in a transaction, E failed; none without one. */
  readonly status: string | undefined;
  /** The first error's words. */
  readonly error: string | undefined;
  readonly rolledBack: boolean;
}

const errorText = (bytes: Buffer): string => {
  for (let at = 5; at < bytes.length && bytes[at] !== 0;) {
    const { text, end } = readText(bytes, at + 1);
    if (bytes[at] === 'M'.charCodeAt(0)) return text;
    at = end;
  }
  return 'unknown error';
};

/** Reads the engine's bytes, which it will use again: the reply is a copy. */
export function readReply(data: Uint8Array): Reply {
  const bytes = Buffer.from(data);
  const messages: { type: string; bytes: Buffer }[] = [];
  const notifications: Notification[] = [];
  let status: string | undefined;
  let error: string | undefined;
  let rolledBack = false;
  for (let at = 0; at + 5 <= bytes.length;) {
    const type = String.fromCharCode(bytes[at] ?? 0);
    const end = at + 1 + bytes.readInt32BE(at + 1);
    const message = bytes.subarray(at, end);
    at = end;
    if (type === 'A') {
      // NotificationResponse: process id (4 bytes), channel, payload.
      notifications.push({ channel: readText(message, 9).text, bytes: message });
      continue;
    }
    if (type === 'Z') status = String.fromCharCode(message[5] ?? 0);
    if (type === 'E') error ??= errorText(message);
    if (type === 'C' && message.toString('latin1', 5, 13) === 'ROLLBACK') rolledBack = true;
    messages.push({ type, bytes: message });
  }
  return { messages, notifications, status, error, rolledBack };
}
