import { z } from 'zod';
import { Alarm, AlarmClass, AlarmEvent, AlarmPriority, Partition } from './alarm';
import { LocalName, text } from '@linepack/network';
import { GasDay } from './loss';
import { micros } from './plant';
import { Position } from './roles';

/** Topics of the internal bus. A partition is a station's id, or `network`. Payloads are JSON. */
export const TOPIC = {
  live: (stationId: string) => `linepack/live/${stationId}`,
  /** Somebody had a gap and asks every collector for all its present values: live batches are not kept for anybody. */
  liveAsked: 'linepack/ask/live',
  /** Somebody asks every collector what became of the words of some tags: `LedgerQuestion`. */
  ledgerAsked: 'linepack/ask/ledger',
  alarmEvent: (partition: string) => `linepack/alarm/event/${partition}`,
  alarmJournalled: 'linepack/alarm/journalled',
  /**
   * Retained: every alarm of the partition that is not normal, or normal again but not noted by both positions, so that
   * the api has it while the database is away.
   */
  alarmTable: (partition: string) => `linepack/alarm/table/${partition}`,
  alarmCommand: (partition: string) => `linepack/alarm/command/${partition}`,
  reply: (client: string) => `linepack/reply/${client}`,
  /** Retained: a condition the worker found; the owner of the partition raises and returns the alarm. */
  condition: (partition: string, key: string) => `linepack/condition/${partition}/${key}`,
  lossUpdated: 'linepack/loss/updated',
  configurationChanged: 'linepack/configuration/changed',
  /** Retained, with a last will. */
  status: (part: string) => `linepack/status/${part}`,
  /** Of several collectors each has its own word. */
  collectorStatus: (instance: string) => `linepack/status/collector/${instance}`,
  /** Nobody hears it: an empty word by which a client sees whether the bus takes what is published. */
  probe: 'linepack/probe',
  /** Filter of all of them. */
  statuses: 'linepack/status/#',
  /** Retained, and kept when the collector is lost: what is wrong with it stays wrong. */
  collectorTroubles: (instance: string) => `linepack/collector/${instance}/troubles`,
} as const;

/**
 * Where an owner may answer: a topic of `TOPIC.reply`. A wildcard published to makes the broker drop its client
 * (MQTT 3.1.1, 3.3.2.1), and another topic would let a command speak in a collector's name.
 */
export const ReplyTopic = text().regex(
  /^linepack\/reply\/[A-Za-z0-9._-]{1,64}$/,
  'expected linepack/reply/<client>',
);

const epoch = z
  .number()
  .int()
  .min(0)
  .describe('Lease epoch of the owner who says it: what an older one says late is evidence, never state');

/**
 * A present value on the wire: [tag id, source time, quality, value, heard at]. Microseconds. `heard at` is when its
 * source last said that this is so, on the collector's clock: age and order follow it, for two sources' own times can
 * not be compared, and a device's clock may be set.
 */
export const LiveSample = z.tuple([z.int32(), micros, z.int32(), z.number().nullable(), micros]);
export type LiveSample = z.infer<typeof LiveSample>;

export const LiveBatch = z.object({
  stationId: text(),
  at: micros,
  epoch,
  samples: z.array(LiveSample),
});
export type LiveBatch = z.infer<typeof LiveBatch>;

const count = z.number().int().min(0);

/** QoS 1, published at once; the event's seq is null until it is journalled. */
export const AlarmEventMessage = z.object({ event: AlarmEvent, epoch });
export type AlarmEventMessage = z.infer<typeof AlarmEventMessage>;

/** QoS 1: these events are in the journal now, under these numbers. */
export const AlarmJournalledMessage = z.object({
  entries: z.array(z.object({ eventId: text(), alarmId: text(), seq: z.number().int() })),
});
export type AlarmJournalledMessage = z.infer<typeof AlarmJournalledMessage>;

export const AlarmTableMessage = z.object({
  partition: Partition,
  at: micros,
  epoch,
  alarms: z.array(Alarm),
  unjournalled: z.array(text()).describe('Alarm ids whose last event is not yet journalled'),
});
export type AlarmTableMessage = z.infer<typeof AlarmTableMessage>;

/** console → api → bus → the partition's owner. */
export const AlarmCommand = z.object({
  commandId: text(),
  replyTo: ReplyTopic,
  at: micros,
  deadline: micros.describe(
    'Clock of the sender. Not begun by then, it must not be executed: the sender is about to stop waiting',
  ),
  kind: z.literal('acknowledge'),
  alarmId: text(),
  occurrence: z.int32(),
  position: Position,
  actor: text(),
  comment: text(),
});
export type AlarmCommand = z.infer<typeof AlarmCommand>;

export const AlarmCommandReply = z.discriminatedUnion('ok', [
  z.object({
    commandId: text(),
    ok: z.literal(true),
    durable: z.enum(['journal', 'spool']),
    alarm: Alarm,
  }),
  z.object({
    commandId: text(),
    ok: z.literal(false),
    code: z.enum(['unknownAlarm', 'otherOccurrence', 'nothingToAcknowledge', 'expired', 'notDurable']),
    detail: text(),
  }),
]);
export type AlarmCommandReply = z.infer<typeof AlarmCommandReply>;

/** A condition found by the worker: a closed day's loss breach. */
export const ConditionMessage = z.object({
  alarmId: text(),
  areaId: text().nullable(),
  stationId: text().nullable(),
  class: AlarmClass,
  condition: z.literal('loss'),
  priority: AlarmPriority,
  name: LocalName,
  active: z.boolean(),
  at: micros,
  value: z.number().nullable(),
  limit: z.number().nullable(),
  unit: text(),
  subject: text().describe(
    'What exactly broke it, e.g. the gas day: another subject while active is a new occurrence',
  ),
  order: z
    .int()
    .min(0)
    .default(0)
    .describe('Grows with everything that is told of this alarm: one that is not greater is no news'),
});
export type ConditionMessage = z.infer<typeof ConditionMessage>;

/** What a collector says is wrong with itself, every few seconds, so that whoever owns the alarms of it can tell. */
export const CollectorTroubles = z.object({
  instance: text(),
  at: micros,
  spoolIsFull: z.boolean(),
  spoolBytes: count,
  setAside: count.describe('Entries the database refused since it started'),
});
export type CollectorTroubles = z.infer<typeof CollectorTroubles>;

export const LossUpdatedMessage = z.object({
  areaIds: z.array(text()),
  gasDay: GasDay,
  provisional: z.boolean(),
});
export type LossUpdatedMessage = z.infer<typeof LossUpdatedMessage>;
