import { randomUUID } from 'node:crypto';
import {
  ACKNOWLEDGED_BY,
  NORMAL,
  afterSetting,
  disagreement,
  letterOf,
  outstanding,
  redefined,
  reduce,
  withdrawn,
  type AlarmCommand,
  type AlarmDefinition,
  type AlarmInput,
  type AlarmState,
  type Change,
  type Disagreement,
  type Observation,
  type Reduction,
} from '@linepack/alarm';
import type { Alarm, AlarmTableMessage } from '@linepack/contracts';
import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import { takesBack, type JournalEntry, type StoredAlarm } from '@linepack/store';
import type { AlarmInputs } from './alarm-inputs';
import { alarmOf, definitionOf, eventOf, pendingFields, stateOf } from './mapping';
import { statesAfter, type Unwritten } from './unwritten';

interface Held {
  definition: AlarmDefinition;
  state: AlarmState;
  /** Defined now; an alarm whose limit, tag or station was taken away stays until it is normal and noted. */
  defined: boolean;
}

export interface Stepped {
  readonly entries: readonly JournalEntry[];
  readonly alarm: Alarm;
}
type Refused = Extract<Reduction, { ok: false }>;

/** A delay that is up is seen with the next tick: what is less late than this is no fault. Microseconds. */
const AUDIT_TOLERANCE = 2 * MICROS_PER_SECOND;

/**
 * The alarms of one partition, as long as its lease is held. Nobody else changes them. Every alarm is judged by the
 * inputs as they stand: when they change, when its definition does, and when the partition is taken over.
 */
export class AlarmPartition {
  private readonly held = new Map<string, Held>();
  /** Alarms in which only time can change something. */
  private readonly waiting = new Set<Held>();
  /** Events that are not in the journal yet, with their alarm. */
  private readonly unjournalled = new Map<string, string>();
  /** Alarms whose delay began or ended without an event since their state was last given away. */
  private readonly unsaved = new Set<Held>();

  /** @param unwritten what waits for the database, oldest first; what an older owner left is no state */
  constructor(
    readonly name: string,
    readonly epoch: number,
    private readonly inputs: AlarmInputs,
    stored: readonly StoredAlarm[],
    unwritten: readonly Unwritten[] = [],
  ) {
    for (const entry of unwritten)
      if ('event' in entry) this.unjournalled.set(entry.event.eventId, entry.event.alarmId);
    for (const state of statesAfter(stored, unwritten)) this.keepStored(state);
  }

  /**
   * What there is to watch now. An alarm that is new or changed is judged at once; one that is no longer defined
   * returns. `takenOver` judges all by the inputs as they stand: they were defined before.
   */
  define(
    definitions: readonly AlarmDefinition[],
    now: Micros,
    occasion: 'changed' | 'takenOver',
  ): JournalEntry[] {
    const wanted = new Set(definitions.map((d) => d.alarmId));
    const entries: JournalEntry[] = [];
    for (const definition of definitions) {
      if (occasion === 'changed') entries.push(...this.redefine(definition, now));
      else {
        this.defineOne(definition);
        entries.push(...this.judge(definition.alarmId, now));
      }
    }
    for (const held of this.held.values())
      if (!wanted.has(held.definition.alarmId) && isConfigured(held.definition))
        entries.push(...this.withdraw(held, now));
    return entries;
  }

  /**
   * What is stored of alarms and is not known here, where we went on from an older copy: an occurrence, a return, a note.
   * It is taken as it is, and the alarm judged by the inputs as they stand.
   */
  catchUp(stored: readonly StoredAlarm[], now: Micros): JournalEntry[] {
    return stored.flatMap((one) => {
      const { alarmId } = one.alarm;
      const known = this.held.get(alarmId);
      if (known && !takesBack(alarmOf(known.definition, known.state), one.alarm)) return [];
      const held = known ?? this.keepStored(one);
      held.state = stateOf(one);
      this.watch(held);
      return held.defined || !isConfigured(held.definition)
        ? this.judge(alarmId, now)
        : this.withdraw(held, now);
    });
  }

  /** What scheduled work found defines itself. */
  judgeFound(definition: AlarmDefinition, now: Micros): readonly JournalEntry[] {
    this.defineOne(definition);
    return this.judge(definition.alarmId, now);
  }

  private defineOne(definition: AlarmDefinition): void {
    const held = this.held.get(definition.alarmId);
    if (held) Object.assign(held, { definition, defined: true });
    else this.keep({ definition, state: NORMAL, defined: true });
  }

  has(alarmId: string): boolean {
    return this.held.has(alarmId);
  }

  /**
   * Judges one alarm by its inputs as they stand.
   * @param definedAt when a new definition is the occasion, on our clock
   */
  judge(alarmId: string, now: Micros, definedAt: Micros | null = null): readonly JournalEntry[] {
    const held = this.held.get(alarmId);
    const seen = held?.defined ? this.inputs.observationOf(held.definition) : null;
    if (!held || !seen) return [];
    return this.see(held, { ...seen, definedAt }, now);
  }

  /** Null when there is no such alarm. */
  alarm(alarmId: string): Alarm | null {
    const held = this.held.get(alarmId);
    return held ? alarmOf(held.definition, held.state) : null;
  }

  /** Whether the last words of an alarm wait for the journal. */
  isWaiting(alarmId: string): boolean {
    return [...this.unjournalled.values()].includes(alarmId);
  }

  /** An operator's command on one alarm; it must be there. */
  command(alarmId: string, input: AlarmCommand): Stepped | Refused {
    const held = this.held.get(alarmId);
    if (!held) throw new Error(`partition ${this.name} has no alarm ${alarmId}`);
    const result = reduce(held.definition, held.state, input);
    return result.ok ? this.took(held, result) : result;
  }

  /** Time passes for every alarm with a running delay or term. */
  tick(now: Micros): JournalEntry[] {
    return [...this.waiting].flatMap((held) => this.stepHeld(held, { kind: 'tick', now }).entries);
  }

  /** Our clock was set while delays ran. */
  clockWasSet(by: number): void {
    for (const held of this.waiting) {
      const { pending } = held.state;
      if (pending === null) continue;
      held.state = { ...held.state, pending: afterSetting(pending, by) };
      this.unsaved.add(held);
    }
  }

  /** Compares every alarm with its condition, and judges again those that differ. */
  audit(now: Micros): { found: { alarmId: string; fault: Disagreement }[]; entries: JournalEntry[] } {
    const found: { alarmId: string; fault: Disagreement }[] = [];
    const entries: JournalEntry[] = [];
    for (const held of this.held.values()) {
      const fault = this.faultOf(held, now);
      if (!fault) continue;
      const { alarmId } = held.definition;
      found.push({ alarmId, fault });
      entries.push(...(held.defined ? this.judge(alarmId, now) : this.withdraw(held, now)));
    }
    return { found, entries };
  }

  /** @returns whether any of the events was this partition's */
  journalled(eventIds: readonly string[]): boolean {
    return eventIds.filter((id) => this.unjournalled.delete(id)).length > 0;
  }

  /** The states whose delay began or ended without an event since this was last asked. */
  takeUnsaved(): StoredAlarm[] {
    const states = [...this.unsaved].map((held) => this.storedOf(held));
    this.unsaved.clear();
    return states;
  }

  /** Every alarm that is not normal, or that a position has still to note. */
  table(at: Micros): AlarmTableMessage {
    const alarms = [...this.held.values()].filter(isOpen);
    return {
      partition: this.name,
      at,
      epoch: this.epoch,
      alarms: alarms.map(({ definition, state }) => alarmOf(definition, state)),
      unjournalled: [...new Set(this.unjournalled.values())],
    };
  }

  /** Every alarm that ever was raised or is about to be, for the copy on disk. */
  snapshot(): StoredAlarm[] {
    return [...this.held.values()]
      .filter(({ state }) => state.occurrence > 0 || state.pending !== null)
      .map((held) => this.storedOf(held));
  }

  /** A definition that is new, or by which the alarm is judged otherwise, decides from now on. */
  private redefine(definition: AlarmDefinition, now: Micros): JournalEntry[] {
    const { alarmId } = definition;
    const held = this.held.get(alarmId);
    if (held?.defined && isJudgedAlike(held.definition, definition)) {
      this.defineOne(definition);
      return [];
    }
    const until = held
      ? this.took(held, redefined(held.definition, definition, held.state, now)).entries
      : [];
    this.defineOne(definition);
    return [...until, ...this.judge(alarmId, now, now)];
  }

  private withdraw(held: Held, now: Micros): readonly JournalEntry[] {
    held.defined = false;
    return this.took(held, withdrawn(held.definition, held.state, now)).entries;
  }

  private faultOf({ definition, defined, state }: Held, now: Micros): Disagreement | null {
    if (!defined) return isConfigured(definition) && state.active ? 'activeWithoutCondition' : null;
    const seen = this.inputs.observationOf(definition);
    return seen && disagreement(definition, state, seen, now, AUDIT_TOLERANCE);
  }

  private see(held: Held, seen: Observation, now: Micros): JournalEntry[] {
    return [
      ...this.stepHeld(held, seen).entries,
      // What is seen again later than it came may have its delay behind it.
      ...this.stepHeld(held, { kind: 'tick', now }).entries,
    ];
  }

  private stepHeld(held: Held, input: AlarmInput): Stepped {
    const result = reduce(held.definition, held.state, input);
    if (!result.ok)
      throw new Error(`${held.definition.alarmId}: ${input.kind} was refused: ${result.detail}`);
    return this.took(held, result);
  }

  private took(held: Held, result: Change): Stepped {
    const before = pendingFields(held.state);
    held.state = result.state;
    this.watch(held);
    const entries = result.events.map((transition): JournalEntry => {
      const event = eventOf(randomUUID(), held.definition, transition);
      this.unjournalled.set(event.eventId, event.alarmId);
      return { event, ...pendingFields(transition.state), ownerEpoch: this.epoch };
    });
    const now = pendingFields(result.state);
    const last = entries.at(-1) ?? before;
    if (last.pendingSince !== now.pendingSince || last.pendingKind !== now.pendingKind)
      this.unsaved.add(held);
    else if (entries.length > 0) this.unsaved.delete(held);
    return { entries, alarm: alarmOf(held.definition, held.state) };
  }

  private storedOf({ definition, state }: Held): StoredAlarm {
    return { alarm: alarmOf(definition, state), ...pendingFields(state), ownerEpoch: this.epoch };
  }

  private keepStored(stored: StoredAlarm): Held {
    const definition = definitionOf(stored.alarm, ACKNOWLEDGED_BY[stored.alarm.class]);
    const held = { definition, state: stateOf(stored), defined: false };
    this.keep(held);
    return held;
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

const isOpen = ({ state }: Held): boolean => letterOf(state) !== 'A' || outstanding(state).length > 0;

/** All follow the configuration but conditions found by scheduled work, which define themselves. */
const isConfigured = ({ class: of }: AlarmDefinition): boolean => of !== 'loss';

const isJudgedAlike = (a: AlarmDefinition, b: AlarmDefinition): boolean =>
  a.limit === b.limit &&
  a.deadband === b.deadband &&
  a.onDelay === b.onDelay &&
  a.offDelay === b.offDelay &&
  a.tagId === b.tagId;
