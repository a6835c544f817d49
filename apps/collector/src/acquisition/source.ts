import type { SourceState } from '@linepack/contracts';
import type { Micros, SourceConfig, SourceId, TagAddress, TagId } from '@linepack/network';
import type { Origin, Quality, Unreadable } from '@linepack/telemetry';

/** A value as the plant sent it: not scaled, stamped by the source or not at all. */
export interface Received {
  readonly tagId: TagId;
  readonly quality: Quality;
  readonly value: number | null;
  readonly ts: Micros | null;
  /** How the source came to say it. */
  readonly origin: Origin;
  /** Names the clock that stamped it: two stamps may be compared only when they are of one clock. */
  readonly clock: string;
  /** Why nothing could be read of what came; the value is then null and its quality Bad. */
  readonly unreadable?: Unreadable | null;
}

/** What a kind of source can do: its users are told with the sink, and never ask for the kind. */
export interface SourceCapabilities {
  /** It reports changes only and says meanwhile that it is there: what it said last may be repeated in its name. */
  readonly repeats: boolean;
  /** It sends again what was not acknowledged; what it cannot make durable is therefore not lost. */
  readonly redelivers: boolean;
  /** It says itself when a device behind it is away. A broker does not: its devices' silence has to be noticed. */
  readonly speaksForDevices: boolean;
}

/** What a source tells. */
export interface SourceSink {
  /**
   * Values in the order they came. `durably` resolves when they are on disk, for whoever acknowledges them.
   * @param comesAgain whether the source sends them again when they cannot be made durable
   */
  values(
    received: readonly Received[],
    patienceMs: number,
    comesAgain?: boolean,
  ): { durably: Promise<unknown> };
  /** The source says at `at`, on our clock, that these values, or all that it told since it was connected, are as last told. */
  heard(at: Micros, tagIds: readonly TagId[] | 'all'): void;
  /** The source can be heard from now on: a new session, in which the order of arrival is the order of words. */
  connected(): void;
  /**
   * The source cannot be heard any more, or could not be reached from the beginning; told once until it is connected
   * again.
   */
  lost(reason: string): void;
  /** We stopped listening on purpose: nobody is to be called. */
  stopped(): void;
}

export interface AddressedTag {
  readonly tagId: TagId;
  readonly address: TagAddress;
}

/** One connection to the plant: connects by itself, again and again, until it is stopped. */
export interface PlantSource {
  readonly id: SourceId;
  start(): void;
  /**
   * All tags of this source, also those that other collectors listen to: where a lasting session still brings words of
   * them, these are told too, because nobody will say them again.
   */
  knows?(tags: readonly AddressedTag[]): void;
  /** From now on these tags are asked for, and no others; the connection stays. */
  watch(tags: readonly AddressedTag[]): void;
  /** Listens no more. What the plant keeps for us meanwhile, of tags that are watched, is wanted when we are back. */
  stop(): Promise<void>;
  state(): SourceState;
}

/** Makes the source of a configuration; it does not start it. */
export type MakeSource = (
  config: SourceConfig,
  tags: readonly AddressedTag[],
  sink: SourceSink,
) => PlantSource;
