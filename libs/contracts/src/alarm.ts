import { LocalName, text } from '@linepack/network';
import { z } from 'zod';
import { micros } from './plant';
import { Position } from './roles';

/**
 * HH, H, L, LL of a tag; `communication` of a source or station; `badQuality` of a station whose instruments are all
 * Bad; `loss` of an area's closed gas day; of a source: `clockSkew` (its clock is far from ours), `noFirstValue` (tags
 * that it monitors and never gave a value of); of the collector: `spoolFull`, `entrySetAside`.
 */
export const AlarmCondition = z.enum([
  'HH',
  'H',
  'L',
  'LL',
  'communication',
  'badQuality',
  'loss',
  'clockSkew',
  'noFirstValue',
  'spoolFull',
  'entrySetAside',
]);
export type AlarmCondition = z.infer<typeof AlarmCondition>;

/** `diagnostic`: something is wrong with the watching, not with the plant; it concerns the maintainer. */
export const AlarmClass = z.enum(['process', 'communication', 'loss', 'diagnostic']);
export type AlarmClass = z.infer<typeof AlarmClass>;

/** 1 high, 2 medium, 3 low. */
export const AlarmPriority = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type AlarmPriority = z.infer<typeof AlarmPriority>;

/** ISA-18.2 states: A normal, B unacknowledged, C acknowledged, D returned unacknowledged, E shelved, F suppressed by design, G out of service. */
export const AlarmLetter = z.enum(['A', 'B', 'C', 'D', 'E', 'F', 'G']);
export type AlarmLetter = z.infer<typeof AlarmLetter>;

/** Who owns an alarm: a station by its id, or `network`. A level of a topic, so it can hold no wildcard. */
export const Partition = text().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, "expected a station's id, or network");

const Noted = z.object({ by: text(), at: micros, comment: text() });

/** Current state of one alarm, stored orthogonally; the letter is derived from it. */
export const Alarm = z.object({
  alarmId: text().describe(
    'tag:<tag key>:<condition>; source:, station: or area:<id>:<condition>; network:<condition>',
  ),
  partition: Partition,
  stationId: text().nullable(),
  tagId: z.int32().nullable(),
  areaId: text().nullable(),
  sourceId: text().nullable(),
  condition: AlarmCondition,
  class: AlarmClass,
  priority: AlarmPriority,
  name: LocalName.describe('What it is about: the tag, source or area'),
  occurrence: z.int32().min(0).describe('Counts the occurrences of this alarm; an acknowledgement names it'),
  active: z.boolean(),
  acknowledged: z.boolean().describe('By the position that moves the ISA state of its class'),
  latched: z.boolean(),
  shelvedUntil: micros.nullable(),
  suppressedBy: text().nullable(),
  outOfService: z.boolean(),
  activeSince: micros.nullable().describe('Source time at which this occurrence began'),
  returnedAt: micros.nullable(),
  value: z.number().nullable().describe('Value that raised it'),
  limit: z.number().nullable(),
  unit: text(),
  subject: text()
    .nullable()
    .default(null)
    .describe('What exactly the present occurrence is about: the gas day of a loss'),
  noted: z
    .object({ station: Noted.nullable(), dispatch: Noted.nullable() })
    .describe('Who acknowledged this occurrence at which position'),
  letter: AlarmLetter,
});
export type Alarm = z.infer<typeof Alarm>;

export const AlarmEventKind = z.enum([
  'raised',
  'returned',
  'acknowledged',
  'reset',
  'shelved',
  'unshelved',
  'suppressed',
  'unsuppressed',
  'outOfService',
  'inService',
]);
export type AlarmEventKind = z.infer<typeof AlarmEventKind>;

/** One line of the journal, append-only. */
export const AlarmEvent = z.object({
  eventId: text().describe('UUID given by the owner: the journal takes each event once'),
  seq: z.number().int().nullable().describe('Order of commit; null while not yet journalled'),
  at: micros.describe('When it happened: source time of a condition, receipt of a command'),
  alarmId: text(),
  partition: Partition,
  occurrence: z.int32(),
  kind: AlarmEventKind,
  position: Position.nullable(),
  actor: text().nullable(),
  comment: text().nullable(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  quality: z.int32().nullable(),
  state: Alarm.describe('State after the event'),
  superseded: z
    .boolean()
    .optional()
    .describe(
      'Evidence of an earlier owner, journalled when a younger one had begun: it changes no state and no table',
    ),
});
export type AlarmEvent = z.infer<typeof AlarmEvent>;

/** An alarm as the console lists it. */
export const ListedAlarm = Alarm.extend({
  journalled: z.boolean().describe('False while its last event waits in the spool'),
});
export type ListedAlarm = z.infer<typeof ListedAlarm>;

/**
 * `GET /api/alarms`: all that are not normal (A), those normal again that the user's own position has not noted yet,
 * and the journal's position it stands on.
 */
export const AlarmTable = z.object({
  seq: z.number().int(),
  alarms: z.array(ListedAlarm),
  databaseAway: z.boolean(),
});
export type AlarmTable = z.infer<typeof AlarmTable>;

/** `GET /api/alarms/events?after=SEQ&alarm=&limit=`: journal entries. */
export const AlarmEventsQuery = z.object({
  after: z.coerce.number().int().min(0).optional().describe('Only entries with a greater seq, oldest first'),
  alarm: text().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});
export const AlarmEvents = z.object({ events: z.array(AlarmEvent) });
export type AlarmEvents = z.infer<typeof AlarmEvents>;

/** `POST /api/alarms/:id/acknowledge` */
export const AcknowledgeBody = z.strictObject({
  occurrence: z.int32().min(1),
  comment: text().max(500).default(''),
});
export type AcknowledgeBody = z.input<typeof AcknowledgeBody>;

/** Answer to a command: it is durable in the journal, or in the spool while the database is away. */
export const CommandAnswer = z.object({ durable: z.enum(['journal', 'spool']), alarm: Alarm });
export type CommandAnswer = z.infer<typeof CommandAnswer>;
