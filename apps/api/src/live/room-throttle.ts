import type { LiveSample } from '@linepack/contracts';

interface Room {
  /** The newest sample of each tag, in the order the tags first changed. */
  waiting: Map<number, LiveSample>;
  /** When it may send next, ms. */
  opensAt: number;
}

/**
 * The only throttle between a source and a browser, at the leading edge: a room that was quiet sends at once, then once
 * an interval. A newer value replaces an older unsent one, so what waits never outgrows a room's tags, and the last
 * value of every tag is always sent. Pure: the clock (ms, monotonic) is an argument.
 */
export class RoomThrottle {
  /** Rooms that wait or have sent within the interval. */
  private readonly rooms = new Map<string, Room>();

  /** @param intervalMs least time between two sends of a room */
  constructor(private readonly intervalMs: number) {}

  put(name: string, sample: LiveSample): void {
    let room = this.rooms.get(name);
    if (!room) this.rooms.set(name, (room = { waiting: new Map(), opensAt: Number.NEGATIVE_INFINITY }));
    room.waiting.set(sample[0], sample);
  }

  /** Takes out what may be sent now. */
  take(now: number): [room: string, samples: LiveSample[]][] {
    const due: [string, LiveSample[]][] = [];
    for (const [name, room] of this.rooms) {
      if (room.opensAt > now) continue;
      if (room.waiting.size === 0) this.rooms.delete(name);
      else {
        due.push([name, [...room.waiting.values()]]);
        this.rooms.set(name, { waiting: new Map(), opensAt: now + this.intervalMs });
      }
    }
    return due;
  }

  /** When something that waits may be sent, ms; null when nothing waits. */
  get nextAt(): number | null {
    let next: number | null = null;
    for (const { waiting, opensAt } of this.rooms.values())
      if (waiting.size > 0 && (next === null || opensAt < next)) next = opensAt;
    return next;
  }
}
