import { LiveBatch, TOPIC } from '@linepack/contracts';
import type { Logger } from 'pino';
import type { BusClient } from '../bus/bus-client';
import type { PlantMemory } from '../plant/plant-memory';
import type { Clock } from '../settings/clock';
import type { LatestValues } from './latest-values';
import { RoomThrottle } from './room-throttle';
import { ROOM } from './rooms';
import type { SocketHub } from './socket-hub';

/** At most four times a second a room. */
export const SEND_EVERY_MS = 250;

/**
 * Carries live samples from the bus to the latest values and to the rooms that watch them.
 * Hot path: its cost grows with samples per second, not with browsers; a room's message is encoded once.
 */
export class LiveFeed {
  private readonly throttle = new RoomThrottle(SEND_EVERY_MS);
  private timer: NodeJS.Timeout | null = null;
  private turn: NodeJS.Immediate | null = null;

  constructor(
    bus: Pick<BusClient, 'subscribe' | 'onConnected' | 'publish'>,
    private readonly latest: LatestValues,
    private readonly plant: Pick<PlantMemory, 'tag'>,
    private readonly hub: Pick<SocketHub, 'hasWatchers' | 'send'>,
    private readonly now: Clock,
    logger: Pick<Logger, 'debug'>,
  ) {
    bus.subscribe(TOPIC.live('+'), LiveBatch, (batch) => this.take(batch));
    // Batches are not kept for who was away, and a value that is steady since would not be said for long.
    bus.onConnected(() => {
      bus.publish(TOPIC.liveAsked, { at: now() * 1_000 }).catch((error: unknown) => {
        // The connection is gone again; the next one asks.
        logger.debug({ err: error }, 'present values not asked for');
      });
    });
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.turn) clearImmediate(this.turn);
    this.timer = null;
    this.turn = null;
  }

  private take({ stationId, epoch, samples }: LiveBatch): void {
    const station = ROOM.station(stationId);
    const overviewOf = ROOM.overviewOf(stationId);
    const stationIsWatched = this.hub.hasWatchers(station);
    const overviewRooms = [ROOM.overview, overviewOf].filter((room) => this.hub.hasWatchers(room));
    const now = this.now() * 1_000;
    for (const sample of samples) {
      const present = this.latest.take(sample, { epoch, now });
      if (!present) continue;
      if (stationIsWatched) this.throttle.put(station, present);
      if (overviewRooms.length > 0 && this.plant.tag(sample[0])?.overview)
        for (const room of overviewRooms) this.throttle.put(room, present);
    }
    // What else this turn brings goes into the same message.
    this.turn ??= setImmediate(() => {
      this.turn = null;
      this.send();
    });
  }

  private send(): void {
    const now = performance.now();
    for (const [room, samples] of this.throttle.take(now)) this.hub.send(room, 'live', samples);
    const next = this.throttle.nextAt;
    if (this.timer || next === null) return;
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.send();
      },
      Math.max(0, next - now),
    );
  }
}
