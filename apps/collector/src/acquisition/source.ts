import type { SourceState } from '@linepack/contracts';
import type { Micros, SourceConfig, SourceId, TagAddress, TagId } from '@linepack/network';
import type { Quality } from '@linepack/telemetry';
import type { Time } from '../time';

/** A value as the plant sent it: not scaled, stamped by the source or not at all. */
export interface Received {
  readonly tagId: TagId;
  readonly quality: Quality;
  readonly value: number | null;
  readonly ts: Micros | null;
}

/** What a source tells. */
export interface SourceSink {
  /** Values in the order they came. `durably` resolves when they are on disk, for whoever acknowledges them. */
  values(received: readonly Received[], patienceMs: number): { durably: Promise<unknown> };
  /** The source can be heard from now on. */
  connected(): void;
  /** The source cannot be heard any more, or could not be reached; told once until it is connected again. */
  lost(reason: string): void;
}

export interface AddressedTag {
  readonly tagId: TagId;
  readonly address: TagAddress;
}

/** One connection to the plant: connects by itself, again and again, until it is stopped. */
export interface PlantSource {
  readonly id: SourceId;
  readonly kind: SourceConfig['kind'];
  start(): void;
  stop(): Promise<void>;
  state(): SourceState;
}

/** What is known of a source's connection, in the words of the status message. */
export class ConnectionState {
  private current: SourceState;
  private told: 'nothing' | 'connected' | 'lost' = 'nothing';

  constructor(
    sourceId: SourceId,
    private readonly sink: SourceSink,
    private readonly time: Time,
  ) {
    this.current = {
      sourceId,
      state: 'connecting',
      since: time.now(),
      lastNotificationAt: null,
      monitored: 0,
      rejected: 0,
      error: null,
    };
  }

  get state(): SourceState {
    return this.current;
  }

  heard(): void {
    this.current = { ...this.current, lastNotificationAt: this.time.now() };
  }

  monitoring(counts: { monitored: number; rejected: number; error: string | null }): void {
    this.current = { ...this.current, ...counts };
  }

  connected(): void {
    this.current = { ...this.current, state: 'connected', since: this.time.now() };
    this.told = 'connected';
    this.sink.connected();
  }

  /** `outlook` is what comes next: another attempt, or nothing. */
  lost(error: string, outlook: 'connecting' | 'disconnected'): void {
    const since = this.current.state === 'connected' ? this.time.now() : this.current.since;
    this.current = { ...this.current, state: outlook, since, error, monitored: 0 };
    if (this.told === 'lost') return;
    this.told = 'lost';
    this.sink.lost(error);
  }
}
