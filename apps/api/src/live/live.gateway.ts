import { GRANTS, WatchRoom, type LiveSample, type WatchAnswer } from '@linepack/contracts';
import { Inject, UseFilters, UseGuards, type OnApplicationShutdown } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Logger } from 'pino';
import { AccessGuard } from '../access/access.guard';
import { Permit } from '../access/permit';
import { isOf } from '../access/same-origin';
import { maySee } from '../access/visibility';
import { SESSION_COOKIE } from '../auth/session-cookie';
import { SessionRegistry, type Session } from '../auth/session-registry';
import { ApiError, ForeignOrigin, NotSignedIn } from '../http/errors';
import { cookieOf } from '../http/request';
import { PlantMemory } from '../plant/plant-memory';
import { LOGGER } from '../settings/settings.module';
import { LatestValues } from './latest-values';
import { ROOM } from './rooms';
import { SocketHub, type LiveServer, type LiveSocket } from './socket-hub';
import { WatchFilter } from './watch.filter';

/** A heartbeat this often; the browser takes two missed ones for a lost link. */
const BEAT_MS = 2_000;
/** A client whose unsent messages pile up beyond this is let go: it reconnects and reads the tables anew. */
const MOST_UNSENT = 256;

/** The socket of the console: who may connect, which rooms he may watch, the heartbeat. */
@WebSocketGateway({
  path: '/api/socket',
  serveClient: false,
  maxHttpBufferSize: 16_384,
  pingInterval: 10_000,
  pingTimeout: 10_000,
})
@UseGuards(AccessGuard)
@UseFilters(WatchFilter)
export class LiveGateway
  implements OnGatewayInit<LiveServer>, OnGatewayConnection<LiveSocket>, OnApplicationShutdown
{
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(SocketHub) private readonly hub: SocketHub,
    @Inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @Inject(PlantMemory) private readonly plant: PlantMemory,
    @Inject(LatestValues) private readonly latest: LatestValues,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  afterInit(server: LiveServer): void {
    this.hub.attach(server);
    server.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(refusal(error)),
      );
    });
    this.sessions.onEnded((sessionId) => this.disconnectAll(sessionId));
    this.timer = setInterval(() => this.beat(), BEAT_MS);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Joins the rooms that need no asking: alarms always, loss and diagnostics by permission. */
  async handleConnection(socket: LiveSocket): Promise<void> {
    const { user } = socket.data.session;
    const grants = GRANTS[user.role];
    const rooms: string[] = [];
    if (grants.includes('alarm.read'))
      rooms.push(...(user.stations?.map((id) => ROOM.alarmsOf(id)) ?? [ROOM.alarms]));
    if (grants.includes('loss.read') && user.stations === null) rooms.push(ROOM.loss);
    // Whole statuses name every station and source.
    const isUnbound = user.stations === null;
    rooms.push(isUnbound && grants.includes('diagnostics.read') ? ROOM.diagnostics : ROOM.others);
    await socket.join(rooms);
    // Signed out between the handshake and now.
    if (!this.sessions.isLive(socket.data.session)) socket.disconnect(true);
    else socket.emit('beat', Date.now() * 1_000);
  }

  @SubscribeMessage('watch')
  @Permit('station.read')
  async watch(@ConnectedSocket() socket: LiveSocket, @MessageBody() room: unknown): Promise<WatchAnswer> {
    const { user } = socket.data.session;
    if (room === 'overview') {
      await socket.join(user.stations?.map((id) => ROOM.overviewOf(id)) ?? [ROOM.overview]);
      this.sendLatest(socket, (tag) => tag.overview && maySee(user, tag.stationId));
      return { ok: true };
    }
    const stationId = stationIn(room);
    // Bound users learn nothing of other stations, not even whether they exist.
    if (stationId === null || !maySee(user, stationId) || !this.isStation(stationId))
      return { ok: false, code: 'unknownStation' };
    await socket.join(ROOM.station(stationId));
    this.sendLatest(socket, (tag) => tag.stationId === stationId);
    return { ok: true };
  }

  @SubscribeMessage('unwatch')
  @Permit('station.read')
  async unwatch(@ConnectedSocket() socket: LiveSocket, @MessageBody() room: unknown): Promise<WatchAnswer> {
    const stationId = stationIn(room);
    const { stations } = socket.data.session.user;
    const rooms =
      room === 'overview'
        ? (stations?.map((id) => ROOM.overviewOf(id)) ?? [ROOM.overview])
        : stationId === null
          ? []
          : [ROOM.station(stationId)];
    for (const name of rooms) await socket.leave(name);
    return { ok: true };
  }

  /** While the plant is not known every station may be one: who watches it hears of it when it is known. */
  private isStation(stationId: string): boolean {
    return !this.plant.isKnown || this.plant.station(stationId) !== null;
  }

  private async admit(socket: LiveSocket): Promise<void> {
    const { origin, host, cookie } = socket.handshake.headers;
    if (origin !== undefined && !isOf(origin, host ?? '')) throw new ForeignOrigin();
    const token = cookieOf(cookie, SESSION_COOKIE);
    const session = token === null ? null : await this.sessions.find(token);
    if (!session) throw new NotSignedIn();
    socket.data.session = session;
  }

  /** What a watcher would otherwise wait for until it changes. */
  private sendLatest(
    socket: LiveSocket,
    wanted: (tag: { stationId: string; overview: boolean }) => boolean,
  ): void {
    if (!this.plant.isKnown) return;
    const ids = this.plant.current.tags.filter(wanted).map((tag) => tag.tagId);
    const samples = this.latest
      .of(ids)
      .map(({ tagId, ts, quality, value, heardAt }): LiveSample => [tagId, ts, quality, value, heardAt]);
    if (samples.length > 0) socket.emit('live', samples);
  }

  private beat(): void {
    this.hub.sendAll('beat', Date.now() * 1_000);
    const sockets = this.hub.sockets();
    const sessions = new Map<string, Session>();
    for (const socket of sockets) {
      const { session } = socket.data;
      if (unsent(socket) > MOST_UNSENT) socket.disconnect(true);
      else sessions.set(session.id, session);
    }
    for (const session of sessions.values()) this.sessions.keepAlive(session);
    this.sessions
      .sweep([...sessions.values()])
      .catch((error: unknown) => this.logger.error({ err: error }, 'sessions not swept'));
  }

  private disconnectAll(sessionId: string): void {
    for (const socket of this.hub.sockets())
      if (socket.data.session.id === sessionId) socket.disconnect(true);
  }
}

const unsent = (socket: LiveSocket): number =>
  (socket.conn as unknown as { writeBuffer?: unknown[] }).writeBuffer?.length ?? 0;

const stationIn = (room: unknown): string | null => {
  const parsed = WatchRoom.safeParse(room);
  return parsed.success && parsed.data !== 'overview' ? parsed.data.slice('station:'.length) : null;
};

/** Socket.IO hands `data` to the browser's connect_error. */
function refusal(error: unknown): Error {
  const code = error instanceof ApiError ? error.code : 'internal';
  return Object.assign(new Error(code), { data: { code } });
}
