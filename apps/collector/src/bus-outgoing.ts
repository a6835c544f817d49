/** Whether a message may be said: what another collector has taken over meanwhile is his to say. */
export type Standing = 'holds' | 'void' | 'unsure';

/** A message for the bus that must arrive, and in order. */
export interface Outgoing {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
  /** Asked when it is sent. While one is unsure, all wait. */
  readonly standing: () => Standing;
}

export interface OutgoingCounts {
  readonly waiting: number;
  /** For want of room. */
  readonly dropped: number;
  /** Messages at which the broker ended the connection again and again, or that it refused. */
  readonly setAside: number;
}

/** Bound of the queue, messages. A retained word stands in it once, as the newest of its topic. */
const MOST_WAITING = 10_000;
/** Bound of the messages that the broker has not acknowledged. */
const MOST_UNDER_WAY = 32;
/** So many connections in a row that ended at one and the same message: it is the message. */
const STRIKES = 2;

/**
 * What waits for the bus, in order, and what is on its way to it. A message is out of here when the broker has
 * acknowledged it. After a connection that ended with messages under way they go one at a time, so that one at which
 * the broker ends every connection is found, set aside, and keeps nobody else from being heard.
 */
export class OutgoingQueue {
  private waiting: Outgoing[] = [];
  private underWay: Outgoing[] = [];
  private suspect: Outgoing | null = null;
  private strikes = 0;
  /** So many go one at a time. */
  private cautious = 0;
  private dropped = 0;
  private setAsideCount = 0;

  /** @param onSetAside told of each message that is given up, and why */
  constructor(private readonly onSetAside: (message: Outgoing, why: string) => void) {}

  get counts(): OutgoingCounts {
    const waiting = this.waiting.length + this.underWay.length;
    return { waiting, dropped: this.dropped, setAside: this.setAsideCount };
  }

  /** Whether nothing is under way, and what waits is not sure to hold. */
  get isHeldUp(): boolean {
    return this.underWay.length === 0 && this.waiting.length > 0;
  }

  add(message: Outgoing): void {
    if (message.retain) this.waiting = this.waiting.filter((w) => !w.retain || w.topic !== message.topic);
    this.waiting.push(message);
    if (this.waiting.length <= MOST_WAITING) return;
    const oldest = this.waiting.findIndex((w) => !w.retain);
    this.waiting.splice(Math.max(0, oldest), 1);
    this.dropped += 1;
  }

  /** What to send now; it is under way then. What is void is left out. */
  next(): Outgoing[] {
    const sent: Outgoing[] = [];
    const most = this.cautious > 0 ? 1 : MOST_UNDER_WAY;
    while (this.underWay.length < most) {
      const message = this.waiting[0];
      const standing = message?.standing();
      if (message === undefined || standing === 'unsure') break;
      this.waiting.shift();
      if (standing === 'void') continue;
      this.underWay.push(message);
      sent.push(message);
    }
    return sent;
  }

  acknowledged(message: Outgoing): void {
    if (!this.remove(message)) return;
    this.cautious = Math.max(0, this.cautious - 1);
    if (message === this.suspect) this.suspect = null;
  }

  /** The broker took it and said no: saying it again would be answered the same. */
  refused(message: Outgoing, why: string): void {
    if (this.remove(message)) this.setAside(message, why);
  }

  /** The connection ended: what was under way goes again, in its order, except for what ended it repeatedly. */
  disconnected(): void {
    const [head, ...rest] = this.underWay;
    this.underWay = [];
    if (head === undefined) return;
    this.strikes = head === this.suspect ? this.strikes + 1 : 1;
    this.suspect = head;
    const isFound = this.strikes >= STRIKES && rest.length === 0;
    if (isFound) this.setAside(head, `the broker ended ${this.strikes} connections in a row at it`);
    const again = isFound ? rest : [head, ...rest];
    this.cautious = again.length;
    this.waiting.unshift(...again);
  }

  private setAside(message: Outgoing, why: string): void {
    this.setAsideCount += 1;
    this.onSetAside(message, why);
  }

  private remove(message: Outgoing): boolean {
    const before = this.underWay.length;
    this.underWay = this.underWay.filter((one) => one !== message);
    return this.underWay.length < before;
  }
}
