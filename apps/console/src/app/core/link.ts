import { Injectable, inject, signal } from '@angular/core';
import type { ClientEvents, ServerEvents } from '@linepack/contracts';
import { Subject } from 'rxjs';
import { type Socket, io } from 'socket.io-client';
import { Clock } from './clock';
import { type LinkState, linkState } from './link-health';

type Room = Parameters<ClientEvents['watch']>[0];

const CHECK_MS = 500;
/** When the library does not try again by itself. */
const RETRY_MS = 2_000;

/** The live wire to the server: connection, heartbeat, watched rooms. */
@Injectable({ providedIn: 'root' })
export class Link {
  private readonly clock = inject(Clock);
  private socket: Socket<ServerEvents, ClientEvents> | null = null;
  private readonly rooms = new Map<Room, number>();
  private lastBeat: number | null = null;
  private startedAt = 0;
  private checking: ReturnType<typeof setInterval> | undefined;

  readonly state = signal<LinkState>('connecting');
  /** When the link was lost, by the server's clock; null while it is up. */
  readonly lostAt = signal<number | null>(null);
  /** The first connection, and every one after a gap: read again what may have been missed. */
  readonly joined = new Subject<void>();
  /** The server answered and would not have us: most likely the session is gone. */
  readonly denied = new Subject<void>();

  private readonly heard = {
    live: new Subject<Parameters<ServerEvents['live']>[0]>(),
    alarm: new Subject<Parameters<ServerEvents['alarm']>[0]>(),
    alarmJournalled: new Subject<Parameters<ServerEvents['alarmJournalled']>[0]>(),
    alarmTable: new Subject<Parameters<ServerEvents['alarmTable']>[0]>(),
    lossUpdated: new Subject<Parameters<ServerEvents['lossUpdated']>[0]>(),
    configurationChanged: new Subject<void>(),
    status: new Subject<Parameters<ServerEvents['status']>[0]>(),
  };
  readonly live = this.heard.live.asObservable();
  readonly alarm = this.heard.alarm.asObservable();
  readonly alarmJournalled = this.heard.alarmJournalled.asObservable();
  readonly alarmTable = this.heard.alarmTable.asObservable();
  readonly lossUpdated = this.heard.lossUpdated.asObservable();
  readonly configurationChanged = this.heard.configurationChanged.asObservable();
  readonly status = this.heard.status.asObservable();

  open(): void {
    if (this.socket) return;
    this.startedAt = performance.now();
    this.lastBeat = null;
    this.state.set('connecting');
    const socket: Socket<ServerEvents, ClientEvents> = io({
      path: '/api/socket',
      transports: ['websocket', 'polling'],
      reconnectionDelay: 500,
      reconnectionDelayMax: 2_000,
      timeout: 4_000,
    });
    this.socket = socket;
    socket.on('connect', () => this.join());
    socket.on('connect_error', () => {
      if (socket.active) return;
      this.denied.next();
      setTimeout(() => this.socket?.connect(), RETRY_MS);
    });
    socket.on('disconnect', (reason) => {
      this.look();
      // The server closed the session's socket: the client library does not come back from that by itself.
      if (reason === 'io server disconnect') setTimeout(() => this.socket?.connect(), RETRY_MS);
    });
    socket.on('beat', (at) => this.beat(at));
    socket.on('live', (samples) => this.heard.live.next(samples));
    socket.on('alarm', (event) => this.heard.alarm.next(event));
    socket.on('alarmJournalled', (entries) => this.heard.alarmJournalled.next(entries));
    socket.on('alarmTable', (table) => this.heard.alarmTable.next(table));
    socket.on('lossUpdated', (message) => this.heard.lossUpdated.next(message));
    socket.on('configurationChanged', () => this.heard.configurationChanged.next());
    socket.on('status', (parts) => this.heard.status.next(parts));
    this.checking = setInterval(() => this.look(), CHECK_MS);
  }

  close(): void {
    clearInterval(this.checking);
    this.socket?.disconnect();
    this.socket = null;
    this.rooms.clear();
    this.lostAt.set(null);
    this.state.set('connecting');
  }

  /** Watches a room until the returned function is called; several watchers share one. */
  watch(room: Room): () => void {
    const watchers = this.rooms.get(room) ?? 0;
    this.rooms.set(room, watchers + 1);
    if (watchers === 0 && this.socket?.connected) this.enter(room);
    return () => this.leave(room);
  }

  private leave(room: Room): void {
    const left = (this.rooms.get(room) ?? 1) - 1;
    if (left > 0) {
      this.rooms.set(room, left);
      return;
    }
    this.rooms.delete(room);
    if (this.socket?.connected) this.socket.emit('unwatch', room);
  }

  private enter(room: Room): void {
    // A station that is not there, or not his, the page knows from the list of stations.
    this.socket?.emit('watch', room, () => undefined);
  }

  private join(): void {
    for (const room of this.rooms.keys()) this.enter(room);
    this.joined.next();
  }

  private beat(at: number): void {
    this.lastBeat = performance.now();
    this.clock.setBy(at);
    this.look();
  }

  private look(): void {
    if (!this.socket) return;
    const now = performance.now();
    const next = linkState({
      connected: this.socket.connected,
      sinceBeatMs: this.lastBeat === null ? null : now - this.lastBeat,
      sinceStartMs: now - this.startedAt,
    });
    if (next === this.state()) return;
    this.lostAt.set(next === 'lost' ? this.clock.read() : null);
    this.state.set(next);
  }
}
