import type { LocalName, Micros } from '@linepack/network';

/*
 * One alarm of ISA-18.2 / IEC 62682. The types stand for themselves, because a domain library knows no messages; they
 * map one to one onto the messages of the bus.
 */

export type Condition =
  | 'HH'
  | 'H'
  | 'L'
  | 'LL'
  | 'communication'
  | 'badQuality'
  | 'loss'
  | 'clockSkew'
  | 'noFirstValue'
  | 'spoolFull'
  | 'entrySetAside';
/** `diagnostic`: something is wrong with the watching, not with the plant. */
export type AlarmClass = 'process' | 'communication' | 'loss' | 'diagnostic';
/** 1 high, 2 medium, 3 low. */
export type Priority = 1 | 2 | 3;
/** Two positions answer for an alarm; each acknowledges for itself. */
export type Position = 'station' | 'dispatch';
/** A normal, B unacknowledged, C acknowledged, D returned unacknowledged, E shelved, F suppressed, G out of service. */
export type Letter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G';

/** What an alarm is about and how it behaves: configuration, not state. */
export interface AlarmDefinition {
  readonly alarmId: string;
  /** A station's id, or `network`. */
  readonly partition: string;
  readonly stationId: string | null;
  readonly tagId: number | null;
  readonly areaId: string | null;
  readonly sourceId: string | null;
  readonly condition: Condition;
  readonly class: AlarmClass;
  readonly priority: Priority;
  readonly name: LocalName;
  readonly unit: string;
  /** Limit of a process condition in the unit; null when the condition is found elsewhere. */
  readonly limit: number | null;
  /** How far back inside before the alarm returns, in the unit. */
  readonly deadband: number;
  /** The condition must hold this long before the alarm is raised. Microseconds. */
  readonly onDelay: number;
  /** The value must be back inside this long before the alarm returns. Microseconds. */
  readonly offDelay: number;
  /** `operatorResets`: after the return it stays until it is reset. */
  readonly latching: 'returnsByItself' | 'operatorResets';
  /** The position whose acknowledgement moves the ISA state; the other only notes for itself. */
  readonly acknowledgedBy: Position;
}

/** HH and LL ask for a hand at once, H and L for a look; figures of ISA-18.2 count by them. */
export const PRIORITY: Readonly<Record<Condition, Priority>> = {
  HH: 1,
  H: 2,
  L: 2,
  LL: 1,
  communication: 2,
  badQuality: 2,
  loss: 2,
  clockSkew: 3,
  noFirstValue: 2,
  spoolFull: 1,
  entrySetAside: 2,
};

/** Which position moves the ISA state, by class: the station for its process, dispatch for the rest. A default. */
export const ACKNOWLEDGED_BY: Readonly<Record<AlarmClass, Position>> = {
  process: 'station',
  communication: 'dispatch',
  loss: 'dispatch',
  diagnostic: 'dispatch',
};

export interface Note {
  readonly by: string;
  readonly at: Micros;
  readonly comment: string;
}

/** A delay that runs towards the opposite of the present state. */
export interface Pending {
  readonly kind: 'raise' | 'return';
  /** Since when the opposite has been observed, by the clock that stamped it. */
  readonly since: Micros;
  /** The same moment on our clock, as near as the observations since then tell. */
  readonly receivedAt: Micros;
  /** Within it stamps may be compared with `since`; null: with none, or an earlier process began it. */
  readonly clockSession: number | null;
  /** `unknown`: an earlier process began it and nothing was said since; the next word decides. */
  readonly standing: 'seen' | 'unknown';
  readonly value: number | null;
  readonly limit: number | null;
  readonly quality: number | null;
  readonly subject: string | null;
}

/** What is kept of an alarm, orthogonally: none of the fields implies another. The letter is derived. */
export interface AlarmState {
  /** Counts the occurrences; 0 before the first. */
  readonly occurrence: number;
  readonly active: boolean;
  readonly acknowledged: boolean;
  readonly latched: boolean;
  readonly shelvedUntil: Micros | null;
  readonly suppressedBy: string | null;
  readonly outOfService: boolean;
  readonly activeSince: Micros | null;
  readonly returnedAt: Micros | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly noted: Readonly<Record<Position, Note | null>>;
  /** What exactly the present occurrence is about; another subject while active is a new occurrence. */
  readonly subject: string | null;
  /** Stored beside the journal, because it begins and ends without an event. */
  readonly pending: Pending | null;
}

export const NORMAL: AlarmState = {
  occurrence: 0,
  active: false,
  acknowledged: true,
  latched: false,
  shelvedUntil: null,
  suppressedBy: null,
  outOfService: false,
  activeSince: null,
  returnedAt: null,
  value: null,
  limit: null,
  noted: { station: null, dispatch: null },
  subject: null,
  pending: null,
};

export type EventKind =
  | 'raised'
  | 'returned'
  | 'acknowledged'
  | 'reset'
  | 'shelved'
  | 'unshelved'
  | 'suppressed'
  | 'unsuppressed'
  | 'outOfService'
  | 'inService';

/** One line of the journal. The newest event's state is the alarm's state: nothing durable changes without one. */
export interface AlarmTransition {
  readonly kind: EventKind;
  readonly at: Micros;
  readonly occurrence: number;
  readonly position: Position | null;
  readonly actor: string | null;
  readonly comment: string | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly quality: number | null;
  readonly state: AlarmState;
}

/** Shelved, suppressed or out of service: the condition is followed underneath, nobody is called. */
export const isMasked = (state: AlarmState): boolean =>
  state.outOfService || state.suppressedBy !== null || state.shelvedUntil !== null;

/**
 * The letter of ISA-18.2, figure "alarm state transition diagram". Where masks overlap the strongest shows: out of
 * service before suppressed before shelved. A latched alarm shows as if it were still active until it is reset.
 */
export function letterOf(state: AlarmState): Letter {
  if (state.outOfService) return 'G';
  if (state.suppressedBy !== null) return 'F';
  if (state.shelvedUntil !== null) return 'E';
  if (state.active || state.latched) return state.acknowledged ? 'C' : 'B';
  return state.acknowledged ? 'A' : 'D';
}

/** Positions that have not noted the present occurrence. Empty before the first occurrence. */
export const outstanding = (state: AlarmState): Position[] =>
  state.occurrence === 0 ? [] : (['station', 'dispatch'] as const).filter((p) => state.noted[p] === null);
