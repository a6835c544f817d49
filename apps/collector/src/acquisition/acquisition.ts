import type { SourceState } from '@linepack/contracts';
import { resolveEnvironment, type SourceConfig, type SourceId } from '@linepack/network';
import {
  sameSignals,
  type CollectorConfiguration,
  type CollectorTag,
} from '../configuration/collector-configuration';
import type { Log } from '../log';
import type { Time } from '../time';
import { CAPABILITIES } from './capabilities';
import { ConnectionState } from './connection-state';
import type { AddressedTag, MakeSource, PlantSource, SourceCapabilities, SourceSink } from './source';

export interface AcquisitionParts {
  readonly make: MakeSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a source tells what it hears; made once for each source that is made. */
  readonly sinkOf: (sourceId: SourceId, capabilities: SourceCapabilities) => SourceSink;
  readonly time: Time;
  readonly log: Log;
}

interface Running {
  /** What the source is connected with; another one needs another connection. */
  readonly fingerprint: string;
  readonly source: PlantSource;
  /** What it is asked for. */
  tags: readonly CollectorTag[];
}

/**
 * Every source that a tag of the configuration needs, connected. A changed source is connected anew; other tags of the same source are
 * asked for over the connection that is there; one that is another signal now has to be told anew, changed or not, which a
 * new connection does.
 */
export class Acquisition {
  private readonly running = new Map<SourceId, Running>();
  private changing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: AcquisitionParts) {}

  /** @param known every tag there is, also those that other collectors listen to */
  configure(
    configuration: CollectorConfiguration,
    known: readonly CollectorTag[] = configuration.tags,
  ): Promise<void> {
    const change = this.changing.then(() => this.change(configuration, known));
    this.changing = change.catch(() => undefined);
    return change;
  }

  states(): SourceState[] {
    return [...this.running.values()].map((r) => r.source.state());
  }

  async stop(): Promise<void> {
    await this.changing;
    await Promise.all([...this.running.values()].map(({ source }) => source.stop()));
  }

  private async change(
    { sources, tags }: CollectorConfiguration,
    known: readonly CollectorTag[],
  ): Promise<void> {
    const wanted = new Map(
      sources.flatMap((config) => {
        const id = config.id as SourceId;
        const own = tags.filter((t) => t.sourceId === id);
        const addressed = addressesOf(id, own);
        const fingerprint = JSON.stringify(this.resolved(config));
        return addressed.length > 0 ? [[id, { fingerprint, config, addressed, own }] as const] : [];
      }),
    );
    const leaving = [...this.running].filter(([id, r]) => {
      const next = wanted.get(id);
      return next?.fingerprint !== r.fingerprint || isOtherSignal(r.tags, next.own);
    });
    for (const [id, { source }] of leaving) if (!wanted.has(id)) source.watch([]);
    // It is away on purpose while it stops: told as its state that would call somebody.
    leaving.forEach(([id]) => this.running.delete(id));
    await Promise.all(leaving.map(([, { source }]) => source.stop()));
    for (const [id, { fingerprint, config, addressed, own }] of wanted) {
      const there = this.running.get(id);
      if (there) {
        there.tags = own;
        there.source.knows?.(addressesOf(id, known));
        there.source.watch(addressed);
        continue;
      }
      const source = this.made(config, addressed);
      source.knows?.(addressesOf(id, known));
      this.running.set(id, { fingerprint, source, tags: own });
      source.start();
    }
  }

  private made(config: SourceConfig, tags: readonly AddressedTag[]): PlantSource {
    const sink = this.parts.sinkOf(config.id as SourceId, CAPABILITIES[config.kind]);
    const resolved = this.resolved(config);
    if ('config' in resolved) return this.parts.make(resolved.config, tags, sink);
    this.parts.log.error(resolved.fault);
    return unreachable(config.id as SourceId, resolved.fault, sink, this.parts.time);
  }

  /** A fault when a variable is not set: that source cannot be connected, but the others can. */
  private resolved(config: SourceConfig): { config: SourceConfig } | { fault: string } {
    try {
      return { config: resolveEnvironment(config, this.parts.env) };
    } catch (error) {
      return { fault: (error as Error).message };
    }
  }
}

/** Whether a tag that is asked for stays, and is another signal. */
function isOtherSignal(before: readonly CollectorTag[], now: readonly CollectorTag[]): boolean {
  const known = new Set(before.map((t) => t.tagId));
  const same = sameSignals(before, now);
  return now.some(({ tagId }) => known.has(tagId) && !same.has(tagId));
}

const addressesOf = (id: SourceId, tags: readonly CollectorTag[]): AddressedTag[] =>
  tags
    .filter((t) => t.sourceId === id)
    .map(({ tagId, config }): AddressedTag => ({ tagId, address: config.address }));

/** A source that cannot even be tried: it is lost from the beginning, so that its alarm names why. */
function unreachable(id: SourceId, fault: string, sink: SourceSink, time: Time): PlantSource {
  const connection = new ConnectionState(id, sink, time);
  return {
    id,
    start: () => connection.unreachable(fault),
    watch: () => undefined,
    stop: async () => connection.stopped(),
    state: () => connection.state,
  };
}
