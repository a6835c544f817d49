import type { Micros, SourceId } from '@linepack/network';
import type { Received, SourceCapabilities, SourceSink } from './acquisition/source';
import type { AlarmEngine } from './alarm/alarm-engine';
import { StationSilence } from './alarm/station-silence';
import type { CollectorTag } from './configuration/collector-configuration';
import type { Rate } from './health/rate';
import type { LivePublisher } from './live/live-publisher';
import { Measurements, type Outcome } from './measurement';
import type { Time } from './time';
import { spooled } from './write/entry';
import { PATIENCE_MS, type Outbox } from './write/outbox';

export interface FlowParts {
  readonly engine: AlarmEngine;
  readonly outbox: Outbox;
  readonly live: LivePublisher;
  readonly rate: Rate;
  readonly time: Time;
}

/** The way of a measurement: source → sample → alarms, at once → screens → database. */
export class MeasurementFlow {
  private readonly measurements = new Measurements();
  private readonly silence: StationSilence;
  private readonly heard = new Set<SourceId>();
  private readonly capabilities = new Map<SourceId, SourceCapabilities>();

  constructor(private readonly parts: FlowParts) {
    this.silence = new StationSilence((id) => this.heard.has(id));
  }

  configure(tags: readonly CollectorTag[]): void {
    this.measurements.configure(tags);
    this.silence.configure(tags);
  }

  heardSources(): SourceId[] {
    return [...this.heard];
  }

  sinkOf(sourceId: SourceId, capabilities: SourceCapabilities): SourceSink {
    this.capabilities.set(sourceId, capabilities);
    let last: Promise<unknown> = Promise.resolve();
    return {
      values: (received, patienceMs) => {
        this.parts.rate.add(received.length);
        const outcome = this.measurements.received(received, this.parts.time.now());
        const stored = this.carry(outcome, patienceMs);
        // Nothing new may be a copy of what still waits: it is durable when that is.
        if (outcome.stored.length === 0) return { durably: last };
        last = stored;
        const durably = stored.catch((error: Error) => {
          if (last === stored) last = Promise.resolve();
          this.refused(sourceId, received);
          throw error;
        });
        return { durably };
      },
      heard: () => undefined,
      connected: () => this.connected(sourceId),
      lost: () => this.lost(sourceId),
      stopped: () => this.silenced(sourceId),
    };
  }

  /** An earlier run ended without a word: its sources were last heard when it was last alive. */
  closeCoverage(alive: { at: number; sources: readonly SourceId[] } | null): void {
    alive?.sources.forEach((id) => this.cover(id, alive.at as Micros, 'disconnected'));
  }

  /** Repeats values that did not change, and marks devices that fell silent behind a broker. */
  keepUp(): void {
    const now = this.parts.time.now();
    const can = (what: keyof SourceCapabilities, id: SourceId): boolean =>
      this.capabilities.get(id)?.[what] === true;
    const repeats = this.measurements.repeats((id) => this.heard.has(id) && can('repeats', id), now);
    for (const sample of repeats) {
      const stationId = this.measurements.stationOf(sample.tagId);
      if (stationId !== null) this.parts.live.offer(stationId, sample, 'repeat');
    }
    this.store({ measured: [], stored: repeats }, PATIENCE_MS.samples).catch(saidByOutbox);
    const silent = this.measurements.devicesLost(
      (id) => this.heard.has(id) && !can('speaksForDevices', id),
      now,
    );
    this.carry(silent, PATIENCE_MS.samples).catch(saidByOutbox);
  }

  private connected(sourceId: SourceId): void {
    const now = this.parts.time.now();
    this.heard.add(sourceId);
    this.cover(sourceId, now, 'connected');
    this.parts.engine.sourceHeard(sourceId, 'connected', now);
  }

  private lost(sourceId: SourceId): void {
    const now = this.parts.time.now();
    this.silenced(sourceId);
    this.carry(this.measurements.sourceLost(sourceId, now), PATIENCE_MS.samples).catch(saidByOutbox);
    this.parts.engine.sourceHeard(sourceId, 'lost', now);
  }

  /** Its coverage ends. */
  private silenced(sourceId: SourceId): void {
    if (this.heard.delete(sourceId)) this.cover(sourceId, this.parts.time.now(), 'disconnected');
  }

  /** Only a broker sends again; a subscription does not, and its last value goes on to be repeated. */
  private refused(sourceId: SourceId, received: readonly Received[]): void {
    if (this.capabilities.get(sourceId)?.redelivers) this.measurements.forget(received);
  }

  private cover(sourceId: SourceId, at: Micros, state: 'connected' | 'disconnected'): void {
    this.parts.outbox.put({ kind: 'coverage', sourceId, at, state }, PATIENCE_MS.samples).catch(saidByOutbox);
  }

  /** Alarms first, in this very turn; then the screens; the database when it can. */
  private carry(outcome: Outcome, patienceMs: number): Promise<unknown> {
    const { engine, live } = this.parts;
    const receivedAt = this.parts.time.now();
    engine.present(
      outcome.measured.map(({ tag, sample }) => ({
        tagId: tag.tagId,
        quality: sample.quality,
        value: sample.value,
        at: sample.ts,
        receivedAt,
        heardAt: receivedAt,
        clockSession: 0,
      })),
    );
    for (const { stationId, silent, at } of this.silence.observe(outcome.measured))
      engine.stationHeard(stationId, silent ? 'lost' : 'connected', at);
    for (const { tag, sample } of outcome.measured) live.offer(tag.stationId, sample, 'received');
    return this.store(outcome, patienceMs);
  }

  private async store({ stored }: Outcome, patienceMs: number): Promise<void> {
    if (stored.length > 0)
      await this.parts.outbox.put({ kind: 'samples', samples: stored.map(spooled) }, patienceMs);
  }
}

/** The outbox counts and says what a full spool refuses. */
const saidByOutbox = (): void => undefined;
