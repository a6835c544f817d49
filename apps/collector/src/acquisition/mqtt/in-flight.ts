import { PATIENCE_MS } from '../../write/outbox';

/** What Mosquitto sends without an acknowledgement unless it is told otherwise (max_inflight_messages). */
const FEW_IN_FLIGHT = 20;

/**
 * How many messages wait to be acknowledged, and how long the next may wait for company. A broker stops sending at a
 * number of its own, which a client is not told; the most that ever waited is what it can be relied on to send. The
 * nearer that is, the sooner the batch goes: so a small number costs speed in proportion to itself, not to the patience
 * of a batch.
 */
export class InFlight {
  private waiting = 0;
  private most = FEW_IN_FLIGHT;

  /** A message came. @returns milliseconds that it may wait for company */
  came(): number {
    this.waiting += 1;
    this.most = Math.max(this.most, this.waiting);
    return Math.floor((PATIENCE_MS.acknowledged * (this.most - this.waiting)) / this.most);
  }

  /** It was acknowledged, or never will be on this connection. */
  left(): void {
    this.waiting -= 1;
  }
}
