import { LiveBatch, TOPIC } from '@linepack/contracts';
import type { BusClient } from '../bus/bus-client';
import type { PlantMemory } from '../plant/plant-memory';
import type { LatestValues } from './latest-values';
import { RoomBuffer } from './room-buffer';
import { ROOM } from './rooms';
import type { SocketHub } from './socket-hub';

/** At most four times a second a room. */
export const FLUSH_EVERY_MS = 250;

/**
 * Carries live samples from the bus to the latest values and to the rooms that watch them.
 * Hot path: its cost grows with samples per second, not with browsers; a room's message is encoded once.
 */
export class LiveFeed {
  private readonly buffer = new RoomBuffer();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    bus: BusClient,
    private readonly latest: LatestValues,
    private readonly plant: PlantMemory,
    private readonly hub: SocketHub,
  ) {
    bus.subscribe(TOPIC.live('+'), LiveBatch, (batch) => this.take(batch));
  }

  start(): void {
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private take({ stationId, samples }: LiveBatch): void {
    const station = ROOM.station(stationId);
    const overviewOf = ROOM.overviewOf(stationId);
    const stationIsWatched = this.hub.hasWatchers(station);
    const overviewRooms = [ROOM.overview, overviewOf].filter((room) => this.hub.hasWatchers(room));
    for (const sample of samples) {
      if (!this.latest.take(sample)) continue;
      if (stationIsWatched) this.buffer.put(station, sample);
      if (overviewRooms.length > 0 && this.plant.tag(sample[0])?.overview)
        for (const room of overviewRooms) this.buffer.put(room, sample);
    }
  }

  private flush(): void {
    for (const [room, samples] of this.buffer.takeAll()) this.hub.send(room, 'live', samples);
  }
}
