import { isTopic } from '@linepack/bus';

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
  /** Messages that the broker refused: at which it ended good connections again and again. */
  readonly setAside: number;
}

/** Bound of the queue, messages. A retained word stands in it once, as the newest of its topic. */
const MOST_WAITING = 10_000;
/** Bound of the messages that the broker has not acknowledged. */
const MOST_UNDER_WAY = 32;
/** So many connections in a row that ended at one and the same message: from then on only proven ones count. */
const ENDS_UNTIL_TRIAL = 2;
/** So many proven connections in a row that ended at it, when it was alone: it is the message. */
const ENDS_UNTIL_GUILTY = 3;

/**
 * What waits for the bus, in order, and what is on its way to it. A message is out of here when the broker has
 * acknowledged it.
 *
 * A line that is cut is no refusal, and looks like one. After a connection that ended with messages under way they go one
 * at a time. One at which connections end twice in a row is on trial: it is sent only on a connection that has proved
 * itself (it has stood for a while, and the broker has acknowledged something else on it), and is set aside when three
 * of these in a row end at it. A connection that ends before it is proven shows that the line is bad, and ends the trial:
 * the message is sent at once again.
 */
export class OutgoingQueue {
  private waiting: Outgoing[] = [];
  private underWay: Outgoing[] = [];
  private suspect: Outgoing | null = null;
  private ends = 0;
  private provenEnds = 0;
  private connection: 'none' | 'new' | 'proven' = 'none';
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

  /** Whether the next message goes only on a connection that has proved itself, and this one has not. */
  get wantsProof(): boolean {
    const isNext = this.suspect !== null && this.underWay.length === 0 && this.waiting[0] === this.suspect;
    return isNext && this.ends >= ENDS_UNTIL_TRIAL && this.connection === 'new';
  }

  add(message: Outgoing): void {
    if (!isTopic(message.topic)) return this.setAside(message, 'nothing can be published to such a topic');
    if (message.retain) {
      const isSame = (one: Outgoing): boolean => one.retain && one.topic === message.topic;
      // Said anew it is as suspect as before: a table that is told every few seconds would never be found.
      if (this.suspect !== null && isSame(this.suspect) && this.waiting.includes(this.suspect))
        this.suspect = message;
      this.waiting = this.waiting.filter((one) => !isSame(one));
    }
    this.waiting.push(message);
    if (this.waiting.length <= MOST_WAITING) return;
    const oldest = this.waiting.findIndex((w) => !w.retain);
    const [left] = this.waiting.splice(Math.max(0, oldest), 1);
    this.clear(left);
    this.dropped += 1;
  }

  /** What to send now; it is under way then. What is void is left out. */
  next(): Outgoing[] {
    const sent: Outgoing[] = [];
    const most = this.cautious > 0 || this.suspect !== null ? 1 : MOST_UNDER_WAY;
    while (this.underWay.length < most && !this.wantsProof) {
      const message = this.waiting[0];
      const standing = message?.standing();
      if (message === undefined || standing === 'unsure') break;
      this.waiting.shift();
      if (standing === 'void') {
        this.clear(message);
        continue;
      }
      this.underWay.push(message);
      sent.push(message);
    }
    return sent;
  }

  connected(): void {
    this.connection = 'new';
  }

  /** The connection has stood for a while, and the broker has acknowledged something on it. */
  proven(): void {
    if (this.connection === 'new') this.connection = 'proven';
  }

  acknowledged(message: Outgoing): void {
    if (!this.remove(message)) return;
    this.cautious = Math.max(0, this.cautious - 1);
    this.clear(message);
  }

  /** The broker took it and said no: saying it again would be answered the same. */
  refused(message: Outgoing, why: string): void {
    if (this.remove(message)) this.setAside(message, why);
  }

  /** The connection ended: what was under way goes again, in its order, except for what is found guilty. */
  disconnected(): void {
    const { connection, underWay } = this;
    const [head] = underWay;
    this.connection = 'none';
    this.underWay = [];
    if (head === undefined) {
      if (connection === 'new') this.suspect = null;
      return;
    }
    if (this.isGuilty(head, connection)) {
      this.setAside(head, `the broker ended ${this.provenEnds} good connections in a row at it`);
      underWay.shift();
    }
    this.cautious = underWay.length;
    this.waiting.unshift(...underWay);
  }

  private isGuilty(head: Outgoing, connection: 'none' | 'new' | 'proven'): boolean {
    if (head !== this.suspect) {
      this.suspect = head;
      this.ends = 0;
      this.provenEnds = 0;
    }
    if (connection === 'proven' && this.ends >= ENDS_UNTIL_TRIAL) this.provenEnds += 1;
    else this.ends += 1;
    return this.provenEnds >= ENDS_UNTIL_GUILTY;
  }

  /** Nothing is to be known of it any more. */
  private clear(message: Outgoing | undefined): void {
    if (message === this.suspect) this.suspect = null;
  }

  private setAside(message: Outgoing, why: string): void {
    this.clear(message);
    this.setAsideCount += 1;
    this.onSetAside(message, why);
  }

  private remove(message: Outgoing): boolean {
    const before = this.underWay.length;
    this.underWay = this.underWay.filter((one) => one !== message);
    return this.underWay.length < before;
  }
}
