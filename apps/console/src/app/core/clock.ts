import { Injectable, signal } from '@angular/core';

/**
 * The server's clock, ticking once a second. Ages and staleness are reckoned by it: the clock of a control-room
 * computer may be wrong by minutes without anybody noticing.
 */
@Injectable({ providedIn: 'root' })
export class Clock {
  private offset = 0;
  /** Microseconds since the epoch. */
  readonly now = signal(Date.now() * 1_000);

  constructor() {
    setInterval(() => this.now.set(this.read()), 1_000);
  }

  read(): number {
    return Date.now() * 1_000 + this.offset;
  }

  /** Sets the clock by a heartbeat. */
  setBy(serverMicros: number): void {
    this.offset = serverMicros - Date.now() * 1_000;
  }
}
