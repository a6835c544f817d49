import type { Time } from '../time';

/**
 * Pauses between attempts, the last for all later ones: a server that comes back is found within seconds, whether it was
 * away for a second or a week.
 */
const BACKOFF_MS = [500, 1_000, 2_000] as const;

/** One connection's whole life; every attempt is another one, and wholly taken down before the next begins. */
export interface Attempt {
  /** Whether the plant told anything over it. */
  readonly delivered: boolean;
  /** Resolves with why it ended (or rejects with it) when nothing of it is left. */
  run(): Promise<string>;
  /** Ends it. */
  end(reason: string): void;
}

export interface ReconnectionParts<A extends Attempt> {
  readonly begin: () => A;
  /** Called after each attempt, unless it was stopped. */
  readonly onEnded: (reason: string, attempt: A) => void;
  readonly time: Time;
}

/** Connects again and again until it is stopped: one attempt at a time, so that connections never multiply. */
export class Reconnection<A extends Attempt> {
  current: A | null = null;
  private running: Promise<void> | null = null;
  private wake: () => void = () => undefined;
  private stopped = false;

  constructor(private readonly parts: ReconnectionParts<A>) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    this.current?.end('stopping');
    await this.running;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped; failures += 1) {
      const attempt = this.parts.begin();
      this.current = attempt;
      const reason = await attempt.run().catch(firstLine);
      this.current = null;
      if (this.stopped) return;
      this.parts.onEnded(reason, attempt);
      if (attempt.delivered) failures = 0;
      await this.pause(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] as number);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.parts.time.after(ms, resolve);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** The libraries' messages go on for several lines; the first says it. */
const firstLine = (error: Error): string => error.message.split('\n')[0] as string;
