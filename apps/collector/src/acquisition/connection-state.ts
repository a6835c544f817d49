import type { SourceState } from '@linepack/contracts';
import type { SourceId } from '@linepack/network';
import type { Time } from '../time';
import type { SourceSink } from './source';

type Told = 'nothing' | 'connected' | 'lost' | 'stopped';

/** What is known of a source's connection, in the words of the status message; tells the sink each turn once. */
export class ConnectionState {
  private current: SourceState;
  private told: Told = 'nothing';

  constructor(
    sourceId: SourceId,
    private readonly sink: Pick<SourceSink, 'connected' | 'lost' | 'stopped'>,
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

  monitoring(counts: Pick<SourceState, 'monitored' | 'rejected' | 'withoutFirstValue' | 'error'>): void {
    this.current = { ...this.current, ...counts };
  }

  connected(): void {
    if (this.current.state === 'connected') return;
    this.current = { ...this.current, state: 'connected', since: this.time.now(), error: null };
    this.tell('connected', () => this.sink.connected());
  }

  /** Another attempt follows. */
  lost(error: string): void {
    this.away(error, 'connecting');
    this.tell('lost', () => this.sink.lost(error));
  }

  /** It cannot even be tried as it is configured. */
  unreachable(error: string): void {
    this.away(error, 'disconnected');
    this.tell('lost', () => this.sink.lost(error));
  }

  /** Left on purpose. */
  stopped(): void {
    this.away('stopped', 'disconnected');
    this.tell('stopped', () => this.sink.stopped());
  }

  private away(error: string, state: SourceState['state']): void {
    const since = this.current.state === 'connected' ? this.time.now() : this.current.since;
    this.current = { ...this.current, state, since, error, monitored: 0, withoutFirstValue: undefined };
  }

  private tell(what: Told, say: () => void): void {
    if (this.told === what) return;
    this.told = what;
    say();
  }
}
