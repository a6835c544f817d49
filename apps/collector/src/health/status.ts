import type { CollectorTroubles, LossLedger, PartStatus, SourceState } from '@linepack/contracts';
import type { Micros } from '@linepack/network';
import type { OutgoingCounts } from '../bus-outgoing';
import type { WritingFacts } from '../write/outbox';
import type { SpoolSize } from '../write/spool';
import { metric } from './metric';
import { writingMetrics, writingTroubles } from './writing-metrics';
import { wordMetrics, type StampFaults } from './word-metrics';

export interface Facts extends WritingFacts {
  readonly at: Micros;
  /** Which of several collectors this is. */
  readonly instance: string;
  readonly configured: boolean;
  readonly busConnected: boolean;
  readonly outgoing: OutgoingCounts;
  /** Topics that the bus does not let this collector hear. */
  readonly deafTo: readonly string[];
  readonly database: 'up' | 'away';
  readonly spool: SpoolSize;
  readonly spoolIsFull: boolean;
  readonly sources: readonly SourceState[];
  /** Of all sources. */
  readonly ledger: LossLedger;
  readonly stampFaults: StampFaults;
  readonly samplesPerSecond: number;
  /** Stations, and `network`, whose alarms are this collector's. */
  readonly partitions: readonly string[];
  /** Whether what others let run out can be taken now. */
  readonly leases: 'up' | 'away';
  /** Alarms that the audit found to contradict their condition. */
  readonly alarmInconsistencies: number;
}

/** What the collector says of itself on the bus. */
export function statusOf(facts: Facts): PartStatus {
  const troubles = troublesIn(facts);
  return {
    part: 'collector',
    instance: facts.instance,
    partitions: [...facts.partitions],
    leases: facts.leases,
    state: !facts.configured ? 'starting' : troubles.length > 0 ? 'degraded' : 'up',
    at: facts.at,
    detail: facts.configured ? troubles.join('; ') : 'waits for a network in the database',
    database: facts.database,
    spool: facts.spool,
    sources: [...facts.sources],
    samplesPerSecond: facts.samplesPerSecond,
    ledger: facts.ledger,
    alarmInconsistencies: facts.alarmInconsistencies,
  };
}

/** What there are alarms for, as the other collectors hear it. */
export const troublesOf = ({ instance, at, spoolIsFull, spool, refused }: Facts): CollectorTroubles => ({
  instance,
  at,
  spoolIsFull,
  spoolBytes: spool.bytes,
  setAside: refused,
});

function troublesIn(facts: Facts): string[] {
  const { sources, database, spoolIsFull, spool, outgoing, deafTo, alarmInconsistencies } = facts;
  const away = sources.filter((s) => s.state !== 'connected').map((s) => s.sourceId);
  const rejected = sources.reduce((sum, s) => sum + s.rejected, 0);
  const silent = sources.reduce((sum, s) => sum + (s.withoutFirstValue ?? 0), 0);
  return [
    spoolIsFull ? `the spool is full (${spool.bytes} bytes): samples are being lost` : null,
    database === 'away' ? `database away, ${spool.entries} entries wait on disk` : null,
    away.length > 0 ? `not connected: ${away.join(', ')}` : null,
    rejected > 0 ? `${rejected} tags are not monitored` : null,
    silent > 0 ? `${silent} tags have no first value` : null,
    alarmInconsistencies > 0
      ? `${alarmInconsistencies} alarms contradicted their condition and were judged again`
      : null,
    ...writingTroubles(facts),
    deafTo.length > 0 ? `the bus refuses to let it hear ${deafTo.join(', ')}` : null,
    outgoing.setAside > 0 ? `${outgoing.setAside} messages were refused by the bus and set aside` : null,
    outgoing.dropped > 0 ? `${outgoing.dropped} messages for the bus had no room` : null,
  ].filter((trouble) => trouble !== null);
}

/** The same in Prometheus' text format, version 0.0.4. */
export function metricsOf(facts: Facts): string {
  const flag = (on: boolean): number => (on ? 1 : 0);
  const perSource = (of: (s: SourceState) => number): [string, number][] =>
    facts.sources.map((s) => [`{source="${s.sourceId}"}`, of(s)]);
  return `${[
    metric('database_up', 'gauge', '1 while the database takes what is written', [
      ['', flag(facts.database === 'up')],
    ]),
    metric('bus_up', 'gauge', '1 while the bus is connected', [['', flag(facts.busConnected)]]),
    metric('bus_waiting', 'gauge', 'Messages that wait for the bus', [['', facts.outgoing.waiting]]),
    metric('bus_dropped_total', 'counter', 'Messages for the bus that had no room', [
      ['', facts.outgoing.dropped],
    ]),
    metric('bus_set_aside_total', 'counter', 'Messages the bus refused', [['', facts.outgoing.setAside]]),
    metric('bus_refused_subscriptions', 'gauge', 'Topics the bus does not let this collector hear', [
      ['', facts.deafTo.length],
    ]),
    metric('spool_entries', 'gauge', 'Entries that wait on disk', [['', facts.spool.entries]]),
    metric('spool_bytes', 'gauge', 'Bytes that wait on disk', [['', facts.spool.bytes]]),
    metric('spool_full', 'gauge', '1 while samples are refused for want of room', [
      ['', flag(facts.spoolIsFull)],
    ]),
    ...writingMetrics(facts),
    metric('samples_per_second', 'gauge', 'Samples received, mean of the last seconds', [
      ['', facts.samplesPerSecond],
    ]),
    metric(
      'alarm_inconsistencies_total',
      'counter',
      'Alarms that the audit found to contradict their condition: 0, or a fault of the collector',
      [['', facts.alarmInconsistencies]],
    ),
    metric('leases_up', 'gauge', '1 while leases that others let run out can be taken', [
      ['', flag(facts.leases === 'up')],
    ]),
    metric('partitions_owned', 'gauge', 'Alarm partitions owned', [['', facts.partitions.length]]),
    metric(
      'source_up',
      'gauge',
      '1 while the source is connected',
      perSource((s) => flag(s.state === 'connected')),
    ),
    metric(
      'source_monitored',
      'gauge',
      'Tags monitored',
      perSource((s) => s.monitored),
    ),
    metric(
      'source_rejected',
      'gauge',
      'Tags the source refused to monitor',
      perSource((s) => s.rejected),
    ),
    metric(
      'source_without_first_value',
      'gauge',
      'Tags subscribed to that never got a value',
      perSource((s) => s.withoutFirstValue ?? 0),
    ),
    ...wordMetrics(facts),
  ].join('\n')}\n`;
}
