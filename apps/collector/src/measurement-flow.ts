import type { SourceState } from '@linepack/contracts';
import { MICROS_PER_SECOND, type Micros, type SourceId } from '@linepack/network';
import type { Instant, Sample, Unreadable } from '@linepack/telemetry';
import type { Received, SourceCapabilities, SourceSink } from './acquisition/source';
import type { AlarmEngine } from './alarm/alarm-engine';
import { Silence } from './alarm/silence';
import type { LinkState } from './alarm/source-links';
import type { CollectorTag } from './configuration/collector-configuration';
import type { Rate } from './health/rate';
import type { LivePublisher } from './live/live-publisher';
import { Ledger, type Fate } from './present/ledger';
import { OnTheirWay } from './present/on-their-way';
import type { Heard, Placed, Present } from './present/outcome';
import type { HeldWord } from './present/plant-clock';
import { PresentValues } from './present/present-values';
import { instantOf, type Time } from './time';
import { spooled } from './write/entry';
import { PATIENCE_MS, type Outbox } from './write/outbox';

export interface FlowParts {
  readonly engine: Pick<AlarmEngine, 'present' | 'stationStands'> & {
    sourceHeard(sourceId: SourceId, heard: LinkState, at: Micros): void;
  };
  readonly outbox: Pick<Outbox, 'put' | 'spoolIsFull'>;
  readonly live: Pick<LivePublisher, 'offer'>;
  readonly rate: Rate;
  readonly time: Time;
}

/** Words on their way to the database, with whoever waits for them. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The way of a measurement: a word of a source → what it is (`PresentValues`) → alarms, in this very turn → screens →
 * database. What became of every word stands in the ledger.
 */
export class MeasurementFlow {
  readonly values = new PresentValues();
  readonly ledger = new Ledger();
  private readonly silence = new Silence();
  private readonly there = new Set<SourceId>();
  private readonly capabilities = new Map<SourceId, SourceCapabilities>();
  private readonly held = new Map<HeldWord, Waiting>();
  private readonly onTheirWay = new OnTheirWay();

  constructor(private readonly parts: FlowParts) {}

  /** @param known every tag there is: what still comes of those that are not listened to is stored */
  configure(
    tags: readonly CollectorTag[],
    commissionedAt?: Micros,
    known: readonly CollectorTag[] = tags,
  ): void {
    this.values.configure(tags, commissionedAt, known);
    this.silence.configure(tags, this.parts.time.monotonicMs());
    this.sayStations();
  }

  heardSources(): SourceId[] {
    return [...this.there];
  }

  sinkOf(sourceId: SourceId, capabilities: SourceCapabilities): SourceSink {
    this.capabilities.set(sourceId, capabilities);
    this.values.describe(sourceId, capabilities);
    return {
      values: (received, patienceMs, comesAgain = false) => {
        this.parts.rate.add(received.length);
        return { durably: this.take(sourceId, received, patienceMs, comesAgain) };
      },
      heard: (at, tagIds) => this.values.heard(sourceId, at, tagIds),
      connected: () => this.connected(sourceId),
      lost: () => this.lost(sourceId),
      stopped: () => this.silenced(sourceId),
    };
  }

  /** An earlier run ended without a word: its sources were last heard when it was last alive. */
  closeCoverage(alive: { at: number; sources: readonly SourceId[] } | null): void {
    alive?.sources.forEach((id) => this.cover(id, alive.at as Micros, 'disconnected'));
  }

  /** Time passes: what was in doubt for long enough is placed, and what holds now is stored where nothing later came. */
  tick(): void {
    const now = this.now();
    this.settle(this.values.release(now, 'overdue'));
    // What a full spool refuses would only be refused again.
    if (!this.parts.outbox.spoolIsFull) this.store(this.values.settle(now, 'due')).catch(saidByOutbox);
  }

  /** Repeats values that did not change, says what was heard again, and marks devices that fell silent. */
  keepUp(): void {
    const now = this.now();
    this.store(this.values.repeats((id) => this.there.has(id), now)).catch(saidByOutbox);
    for (const { tag, value } of this.values.all()) this.parts.live.offer(tag, value);
    const { present, rows } = this.values.tagsLost(this.silence.silentAt(this.parts.time.monotonicMs()), now);
    this.tell(present);
    this.store(rows).catch(saidByOutbox);
  }

  /**
   * What is known of a source's words and clocks, for its status. Of several clocks the one that is most wrong, and the
   * one that was set most often.
   */
  factsOf(sourceId: SourceId): Pick<SourceState, 'ledger' | 'skewS' | 'clockSteps'> {
    const clocks = this.values.clockStates(sourceId, this.now());
    const skews = clocks.flatMap((c) => (c.skew === null ? [] : [c.skew / MICROS_PER_SECOND]));
    return {
      ledger: this.ledger.sum(sourceId),
      skewS: skews.length === 0 ? null : skews.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)),
      clockSteps: clocks.reduce((most, c) => Math.max(most, c.steps), 0),
    };
  }

  /** Nothing comes any more: what was held is placed, so that its source may be answered. */
  stop(): void {
    const now = this.now();
    this.settle(this.values.release(now, 'all'));
    this.store(this.values.settle(now, 'atOnce')).catch(saidByOutbox);
  }

  private now(): Instant {
    return instantOf(this.parts.time);
  }

  /** Resolves when every word is durable: itself, or the one that it repeats. */
  private take(
    sourceId: SourceId,
    received: readonly Received[],
    patienceMs: number,
    comesAgain: boolean,
  ): Promise<unknown> {
    for (const { tagId } of received) this.ledger.received(sourceId, tagId);
    const outcome = this.values.received(sourceId, received, this.now());
    for (const { tagId, isOfNow } of outcome.heard)
      if (isOfNow) this.silence.heard(tagId, this.parts.time.monotonicMs());
    this.tell(outcome.present);
    const isCarried = ({ rows, held }: Heard): boolean => rows.length > 0 || held !== null;
    const carried = outcome.heard.filter(isCarried);
    const known = outcome.heard.filter((heard) => !isCarried(heard));
    for (const heard of known) this.ledger.settle(sourceId, heard.tagId, fateOf(heard));
    const copied = this.onTheirWay.of(known.map(({ tagId }) => tagId));
    if (carried.length === 0) {
      this.settle(outcome.placed);
      return copied;
    }
    const held = carried.flatMap((h) => (h.held ? [this.hold(sourceId, h.held, h.unreadable)] : []));
    // What was held is older than what came with the word that told where it belongs.
    this.settle(outcome.placed);
    const written = this.carry(
      sourceId,
      carried.filter(({ held: isHeld }) => isHeld === null),
      patienceMs,
      comesAgain,
    );
    const stored = Promise.all([written, ...held]);
    this.onTheirWay.add(
      carried.map(({ tagId }) => tagId),
      stored,
    );
    return Promise.all([stored, copied]);
  }

  /** To the database, with every word's fate in the ledger. */
  private async carry(
    sourceId: SourceId,
    words: readonly Heard[],
    patienceMs: number,
    comesAgain: boolean,
  ): Promise<void> {
    this.ledger.carry(sourceId, words.length);
    try {
      await this.store(
        words.flatMap((h) => h.rows),
        patienceMs,
        comesAgain,
      );
      for (const word of words) this.ledger.settle(sourceId, word.tagId, fateOf(word));
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      for (const { tagId } of words) this.ledger.settle(sourceId, tagId, `refused:${reason}`);
      throw error;
    } finally {
      this.ledger.carry(sourceId, -words.length);
    }
  }

  private hold(sourceId: SourceId, held: HeldWord, unreadable: Unreadable | null): Promise<void> {
    this.ledger.carry(sourceId, 1);
    const { tagId } = held.word;
    return new Promise<void>((resolve, reject) => this.held.set(held, { resolve, reject }))
      .then(
        () => this.ledger.settle(sourceId, tagId, unreadable ? `refused:${unreadable}` : 'stored'),
        (error: Error) => {
          this.ledger.settle(sourceId, tagId, `refused:${error.name}`);
          throw error;
        },
      )
      .finally(() => this.ledger.carry(sourceId, -1));
  }

  /** Words that were held have their place now. */
  private settle(placed: readonly Placed[]): void {
    if (placed.length === 0) return;
    const waiting = placed.flatMap(({ held }) => this.held.get(held) ?? []);
    placed.forEach(({ held }) => this.held.delete(held));
    this.store(placed.flatMap((p) => p.rows)).then(
      () => waiting.forEach((w) => w.resolve()),
      (error: Error) => waiting.forEach((w) => w.reject(error)),
    );
  }

  private connected(sourceId: SourceId): void {
    const now = this.parts.time.now();
    this.there.add(sourceId);
    this.values.connected(sourceId);
    const speaksForDevices = this.capabilities.get(sourceId)?.speaksForDevices ?? false;
    this.silence.sourceThere(sourceId, speaksForDevices, this.parts.time.monotonicMs());
    this.cover(sourceId, now, 'connected');
    this.parts.engine.sourceHeard(sourceId, 'connected', now);
  }

  private lost(sourceId: SourceId): void {
    const now = this.now();
    this.silenced(sourceId);
    const { present, rows } = this.values.sourceLost(sourceId, now);
    this.tell(present);
    this.store(rows).catch(saidByOutbox);
    this.parts.engine.sourceHeard(sourceId, 'lost', now.wall);
  }

  /** Its coverage ends. */
  private silenced(sourceId: SourceId): void {
    this.silence.sourceAway(sourceId);
    this.sayStations();
    if (this.there.delete(sourceId)) this.cover(sourceId, this.parts.time.now(), 'disconnected');
  }

  private cover(sourceId: SourceId, at: Micros, state: 'connected' | 'disconnected'): void {
    this.parts.outbox.put({ kind: 'coverage', sourceId, at, state }, PATIENCE_MS.samples).catch(saidByOutbox);
  }

  private sayStations(): void {
    const at = this.parts.time.now();
    for (const { stationId, standing } of this.silence.changes())
      this.parts.engine.stationStands(stationId, standing, at);
  }

  /** Alarms first, in this very turn; then the screens. */
  private tell(present: readonly Present[]): void {
    const { engine, live } = this.parts;
    engine.present(present.map((p) => p.value));
    for (const { value } of present) this.silence.present(value.tagId, value.quality);
    this.sayStations();
    for (const { tag, value } of present) live.offer(tag, value);
  }

  private async store(
    rows: readonly Sample[],
    patienceMs: number = PATIENCE_MS.samples,
    comesAgain = false,
  ): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.parts.outbox.put({ kind: 'samples', samples: rows.map(spooled) }, patienceMs);
      this.values.confirm(rows);
    } catch (error) {
      this.values.refuse(rows, comesAgain, this.now());
      throw error;
    }
  }
}

function fateOf({ verdict, rows, unreadable }: Heard): Fate {
  // What is stored then is that the tag is Bad; of the word itself there is nothing to store.
  if (unreadable) return `refused:${unreadable}`;
  switch (verdict) {
    case 'present':
      return rows.length > 0 ? 'stored' : 'unchanged';
    case 'repetition':
      return 'duplicate';
    case 'history':
      return 'history';
    case 'discarded':
      return 'discarded:historyWithoutTime';
    case 'unknownTag':
      return 'discarded:unknownTag';
  }
}

/** The outbox counts and says what a full spool refuses. */
const saidByOutbox = (): void => undefined;
