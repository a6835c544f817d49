import { randomUUID } from 'node:crypto';
import {
  ACKNOWLEDGED_BY,
  NORMAL,
  letterOf,
  outstanding,
  reduce,
  type AlarmDefinition,
  type AlarmInput,
  type AlarmState,
  type Reduction,
} from '@linepack/alarm';
import type { Alarm, AlarmTableMessage } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { JournalEntry, StoredAlarm } from '@linepack/store';
import { alarmOf, definitionOf, eventOf, stateOf } from './mapping';

interface Held {
  definition: AlarmDefinition;
  state: AlarmState;
  /** Defined now; an alarm whose limit or tag was taken away stays until it is normal. */
  defined: boolean;
  /** How late its observations come, microseconds: delays run on the source's clock. */
  lag: number;
}

export interface Stepped {
  readonly entries: readonly JournalEntry[];
  readonly alarm: Alarm;
}
type Refused = Extract<Reduction, { ok: false }>;

/** The alarms of one partition, as long as its lease is held. Nobody else changes them. */
export class AlarmPartition {
  private readonly held = new Map<string, Held>();
  /** Alarms in which only time can change something. */
  private readonly waiting = new Set<Held>();
  /** Events that are not in the journal yet, with their alarm. */
  private readonly unjournalled = new Map<string, string>();

  constructor(
    readonly name: string,
    readonly epoch: number,
    stored: readonly StoredAlarm[],
    waiting: readonly JournalEntry[],
  ) {
    const states = new Map(stored.map(({ alarm }) => [alarm.alarmId, alarm]));
    for (const { event } of waiting) {
      states.set(event.alarmId, event.state);
      this.unjournalled.set(event.eventId, event.alarmId);
    }
    for (const alarm of states.values()) {
      const definition = definitionOf(alarm, ACKNOWLEDGED_BY[alarm.class]);
      this.keep({ definition, state: stateOf(alarm), defined: false, lag: 0 });
    }
  }

  /**
   * What there is to watch now. Limits that changed hold from the next value on; the state stays. An alarm that is no
   * longer defined returns.
   */
  define(definitions: readonly AlarmDefinition[], at: Micros): JournalEntry[] {
    const wanted = new Set(definitions.map((d) => d.alarmId));
    definitions.forEach((definition) => this.defineOne(definition));
    const entries: JournalEntry[] = [];
    for (const held of this.held.values()) {
      if (wanted.has(held.definition.alarmId) || !isConfigured(held.definition)) continue;
      held.defined = false;
      const gone: AlarmInput = {
        kind: 'condition',
        at,
        active: false,
        value: null,
        limit: null,
        subject: null,
      };
      entries.push(...this.stepHeld(held, gone).entries);
    }
    return entries;
  }

  defineOne(definition: AlarmDefinition): void {
    const held = this.held.get(definition.alarmId);
    if (held) Object.assign(held, { definition, defined: true });
    else this.keep({ definition, state: NORMAL, defined: true, lag: 0 });
  }

  has(alarmId: string): boolean {
    return this.held.has(alarmId);
  }

  /** Feeds one input to one alarm; it must be there. */
  step(alarmId: string, input: AlarmInput, lag = 0): Stepped | Refused {
    const held = this.held.get(alarmId);
    if (!held) throw new Error(`partition ${this.name} has no alarm ${alarmId}`);
    held.lag = lag;
    const result = reduce(held.definition, held.state, input);
    return result.ok ? this.took(held, result) : result;
  }

  /** Time passes for every alarm with a running delay or term. */
  tick(now: Micros): JournalEntry[] {
    return [...this.waiting].flatMap((held) => {
      const input: AlarmInput = { kind: 'tick', now: (now - held.lag) as Micros };
      return this.stepHeld(held, input).entries;
    });
  }

  /** @returns whether any of the events was this partition's */
  journalled(eventIds: readonly string[]): boolean {
    return eventIds.filter((id) => this.unjournalled.delete(id)).length > 0;
  }

  /** Every alarm that is not normal, or that a position has still to note. */
  table(at: Micros): AlarmTableMessage {
    const alarms = [...this.held.values()]
      .filter(({ state }) => letterOf(state) !== 'A' || outstanding(state).length > 0)
      .map(({ definition, state }) => alarmOf(definition, state));
    return { partition: this.name, at, alarms, unjournalled: [...new Set(this.unjournalled.values())] };
  }

  /** Every alarm that ever was raised, for the copy on disk. */
  snapshot(): StoredAlarm[] {
    return [...this.held.values()]
      .filter(({ state }) => state.occurrence > 0)
      .map(({ definition, state }) => ({
        alarm: alarmOf(definition, state),
        pendingSince: state.pending?.since ?? null,
        pendingReceivedAt: null,
        pendingKind: state.pending?.kind ?? null,
        ownerEpoch: this.epoch,
      }));
  }

  private stepHeld(held: Held, input: AlarmInput): Stepped {
    const result = reduce(held.definition, held.state, input);
    if (!result.ok)
      throw new Error(`${held.definition.alarmId}: ${input.kind} was refused: ${result.detail}`);
    return this.took(held, result);
  }

  private took(held: Held, result: Extract<Reduction, { ok: true }>): Stepped {
    held.state = result.state;
    this.watch(held);
    const { pending } = result.state;
    const entries = result.events.map((transition): JournalEntry => {
      const event = eventOf(randomUUID(), held.definition, transition);
      this.unjournalled.set(event.eventId, event.alarmId);
      const pendingNow = {
        pendingSince: pending?.since ?? null,
        pendingReceivedAt: null,
        pendingKind: pending?.kind ?? null,
      };
      return { event, ...pendingNow, ownerEpoch: this.epoch };
    });
    return { entries, alarm: alarmOf(held.definition, held.state) };
  }

  private keep(held: Held): void {
    this.held.set(held.definition.alarmId, held);
    this.watch(held);
  }

  private watch(held: Held): void {
    if (held.state.pending !== null || held.state.shelvedUntil !== null) this.waiting.add(held);
    else this.waiting.delete(held);
  }
}

/** Process and communication alarms follow the configuration; conditions found by scheduled work define themselves. */
const isConfigured = ({ class: of }: AlarmDefinition): boolean => of !== 'loss';
