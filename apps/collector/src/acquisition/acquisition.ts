import type { SourceState } from '@linepack/contracts';
import { resolveEnvironment, type SourceConfig, type SourceId } from '@linepack/network';
import type { CollectorConfiguration } from '../configuration/collector-configuration';
import type { Log } from '../log';
import type { Time } from '../time';
import type { AddressedTag, PlantSource, SourceSink } from './source';

/** Makes the source of a kind; it does not start it. */
export type MakeSource = (
  config: SourceConfig,
  tags: readonly AddressedTag[],
  sink: SourceSink,
) => PlantSource;

export interface AcquisitionParts {
  readonly make: MakeSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sinkOf: (sourceId: SourceId) => SourceSink;
  readonly time: Time;
  readonly log: Log;
}

/** Every source of the configuration, connected. A changed configuration restarts only the sources it touches. */
export class Acquisition {
  private readonly running = new Map<SourceId, { fingerprint: string; source: PlantSource }>();
  private readonly unresolved = new Map<SourceId, SourceState>();
  private changing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: AcquisitionParts) {}

  configure(configuration: CollectorConfiguration): Promise<void> {
    const change = this.changing.then(() => this.change(configuration));
    this.changing = change.catch(() => undefined);
    return change;
  }

  states(): SourceState[] {
    return [...[...this.running.values()].map((r) => r.source.state()), ...this.unresolved.values()];
  }

  isThere(sourceId: SourceId): boolean {
    return this.running.get(sourceId)?.source.state().state === 'connected';
  }

  kindOf(sourceId: SourceId): SourceConfig['kind'] | null {
    return this.running.get(sourceId)?.source.kind ?? null;
  }

  async stop(): Promise<void> {
    await this.changing;
    await Promise.all([...this.running.values()].map(({ source }) => source.stop()));
  }

  private async change({ sources, tags }: CollectorConfiguration): Promise<void> {
    const wanted = new Map<SourceId, { fingerprint: string; make: () => PlantSource }>();
    this.unresolved.clear();
    for (const config of sources) {
      const id = config.id as SourceId;
      const resolved = this.resolve(config);
      const addressed = tags
        .filter((t) => t.sourceId === id)
        .map((t): AddressedTag => ({ tagId: t.tagId, address: t.config.address }));
      if (resolved !== null)
        wanted.set(id, {
          fingerprint: JSON.stringify([resolved, addressed]),
          make: () => this.parts.make(resolved, addressed, this.parts.sinkOf(id)),
        });
    }
    const leaving = [...this.running].filter(([id, r]) => wanted.get(id)?.fingerprint !== r.fingerprint);
    await Promise.all(leaving.map(([, { source }]) => source.stop()));
    leaving.forEach(([id]) => this.running.delete(id));
    for (const [id, { fingerprint, make }] of wanted) {
      if (this.running.has(id)) continue;
      const source = make();
      this.running.set(id, { fingerprint, source });
      source.start();
    }
  }

  /** Null when a variable is not set: that source cannot be connected, but the others can. */
  private resolve(config: SourceConfig): SourceConfig | null {
    try {
      return resolveEnvironment(config, this.parts.env);
    } catch (error) {
      this.sayUnresolved(config.id as SourceId, (error as Error).message);
      return null;
    }
  }

  private sayUnresolved(id: SourceId, error: string): void {
    this.parts.log.error(error);
    this.unresolved.set(id, {
      sourceId: id,
      state: 'disconnected',
      since: this.parts.time.now(),
      lastNotificationAt: null,
      monitored: 0,
      rejected: 0,
      error,
    });
  }
}
