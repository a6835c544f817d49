import type { LiveSample } from '@linepack/contracts';

/**
 * What waits to be sent, per room: the newest sample of each tag, in the order the tags first changed. A newer value
 * replaces an older unsent one, so a room's buffer never outgrows its tags.
 */
export class RoomBuffer {
  private rooms = new Map<string, Map<number, LiveSample>>();

  put(room: string, sample: LiveSample): void {
    let waiting = this.rooms.get(room);
    if (!waiting) this.rooms.set(room, (waiting = new Map()));
    waiting.set(sample[0], sample);
  }

  /** Takes everything out. */
  takeAll(): [room: string, samples: LiveSample[]][] {
    const rooms = this.rooms;
    this.rooms = new Map();
    return [...rooms].map(([room, samples]) => [room, [...samples.values()]]);
  }
}
