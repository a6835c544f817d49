import type { ClientEvents, ServerEvents } from '@linepack/contracts';
import type { Server, Socket } from 'socket.io';
import type { Session } from '../auth/session-registry';

/** What a socket carries from its handshake on. */
export interface SocketData {
  session: Session;
}

export type LiveServer = Server<ClientEvents, ServerEvents, Record<string, never>, SocketData>;
export type LiveSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, SocketData>;

/**
 * Where services speak to browsers. A message to a room is encoded once for all who are in it; a room nobody is in
 * costs nothing.
 */
export class SocketHub {
  private server: LiveServer | null = null;

  attach(server: LiveServer): void {
    this.server = server;
  }

  hasWatchers(room: string): boolean {
    return (this.server?.sockets.adapter.rooms.get(room)?.size ?? 0) > 0;
  }

  /** Sends an event to everybody in a room. */
  send<E extends keyof ServerEvents>(room: string, event: E, ...message: Parameters<ServerEvents[E]>): void {
    if (this.hasWatchers(room)) this.server?.to(room).emit(event, ...message);
  }

  /** Sends an event to everybody. */
  sendAll<E extends keyof ServerEvents>(event: E, ...message: Parameters<ServerEvents[E]>): void {
    this.server?.emit(event, ...message);
  }

  sockets(): LiveSocket[] {
    return this.server ? [...this.server.sockets.sockets.values()] : [];
  }
}
