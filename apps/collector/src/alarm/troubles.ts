import type { CollectorTroubles } from '@linepack/contracts';
import { MICROS_PER_MS } from '@linepack/network';
import type { Time } from '../time';

/** So long a collector's last word of itself stands: who is gone has his full spool on his disk still. */
const STANDS_MS = 24 * 3_600_000;
/** The broker gives what is retained at once, and who lives speaks again within seconds. */
const LISTEN_MS = 3_000;

interface Said {
  readonly word: CollectorTroubles;
  readonly untilMs: number;
}

/**
 * What the other collectors say is wrong with themselves. A word stands until the next, a day at most: a collector that
 * died must not take with it what is wrong, nor leave it for ever when it does not come back. The broker keeps the words,
 * so that who starts later knows them, too.
 */
export class Troubles {
  private readonly said = new Map<string, Said>();
  private listeningMs: number | null = null;

  constructor(
    private readonly own: string,
    private readonly time: Time,
  ) {}

  take(word: CollectorTroubles): void {
    const { instance, at } = word;
    const known = this.said.get(instance);
    if (instance === this.own || known?.word.at === at) return;
    // Who spoke before lives, whatever his clock says; of a first word nobody knows how long the broker has had it.
    const agoMs = known ? 0 : Math.max(0, (this.time.now() - at) / MICROS_PER_MS);
    this.said.set(instance, { word, untilMs: this.time.monotonicMs() + STANDS_MS - agoMs });
  }

  /** The bus can be heard. */
  listening(): void {
    this.listeningMs ??= this.time.monotonicMs();
  }

  /** Whether what the others say was heard: before that nothing is known to have ended. */
  get areKnown(): boolean {
    return this.listeningMs !== null && this.time.monotonicMs() - this.listeningMs >= LISTEN_MS;
  }

  others(): CollectorTroubles[] {
    const now = this.time.monotonicMs();
    return [...this.said.values()].filter(({ untilMs }) => now < untilMs).map(({ word }) => word);
  }
}
