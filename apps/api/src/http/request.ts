import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from '../auth/session-registry';

/** What this api reads of an Express request. */
export interface ApiRequest extends IncomingMessage {
  readonly method: string;
  readonly path: string;
  readonly originalUrl: string;
  readonly protocol: string;
  /** Host as the client named it, with its port. */
  readonly host: string;
  readonly ip?: string;
  readonly secure: boolean;
  correlationId?: string;
  session?: Session;
}

export type ApiResponse = ServerResponse;

export type Next = (error?: unknown) => void;

/** The client's address as far as it can be known. */
export const addressOf = (request: ApiRequest): string =>
  request.ip ?? request.socket.remoteAddress ?? 'unknown';

/** One cookie of a Cookie header (RFC 6265, 5.4); null when it is not there. */
export function cookieOf(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
