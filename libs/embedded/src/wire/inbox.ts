import type { Socket } from 'node:net';
import type { Frame } from './frames';
import { FrameReader, WireFault } from './frames';

/** Beyond this many bytes waiting, the client is not read until half of them are done. */
const highWater = 1 << 20;

/** No message came in time. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** A connection's messages in order, with back-pressure; its end is the client's end. */
export class Inbox {
  private readonly frames: Frame[] = [];
  private readonly reader: FrameReader;
  private bytes = 0;
  private fault: WireFault | undefined;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly socket: Socket,
    maxMessageBytes: number,
  ) {
    this.reader = new FrameReader(maxMessageBytes);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.end());
    socket.on('close', () => this.end());
  }

  startupDone(): void {
    this.reader.startupDone();
    this.cut();
  }

  /** Nothing more is read; what waits is dropped. */
  drop(): void {
    this.frames.length = 0;
    this.fault = undefined;
    this.end();
  }

  /**
   * The next message, or undefined when the client is gone.
   * @param within milliseconds after which waiting ends in a SilenceError; for ever when left out
   * @throws WireFault when the client sent what no client may send
   */
  async next(within?: number): Promise<Frame | undefined> {
    if (this.frames.length === 0) this.cut();
    const waiting = this.frames.length === 0 && !this.ended && !this.fault;
    if (waiting) await this.arrival(within);
    const frame = this.frames.shift();
    if (!frame) {
      if (this.fault) throw this.fault;
      if (!this.ended) throw new SilenceError();
      return undefined;
    }
    this.bytes -= frame.bytes.length;
    if (this.socket.isPaused() && this.bytes < highWater / 2) this.socket.resume();
    return frame;
  }

  /** The client sends no more; what it has sent is still served, as a server of its own process would. */
  private end(): void {
    this.ended = true;
    this.wake?.();
  }

  private arrival(within: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = within === undefined ? undefined : setTimeout(() => this.wake?.(), within);
      this.wake = () => {
        this.wake = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private receive(chunk: Buffer): void {
    if (this.ended || this.fault) return;
    this.reader.push(chunk);
    this.cut();
  }

  private cut(): void {
    if (this.ended || this.fault) return;
    try {
      for (let frame = this.reader.next(); frame; frame = this.reader.next()) {
        this.frames.push(frame);
        this.bytes += frame.bytes.length;
        // A startup packet decides how the rest is read.
        if (frame.type === '') break;
      }
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      this.fault = error;
    }
    if (this.bytes > highWater) this.socket.pause();
    if (this.frames.length > 0 || this.fault) this.wake?.();
  }
}
