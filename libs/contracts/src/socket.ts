import { text } from '@linepack/network';
import { z } from 'zod';
import type { AlarmEvent, AlarmTable } from './alarm';
import type { LiveSample, LossUpdatedMessage } from './bus';
import type { PartStatus } from './health';

/**
 * The typed map of Socket.IO events, path `/api/socket`, authenticated by the session cookie.
 * Live values: changed ones only, at most four times a second; a newer value may replace an older unsent one.
 * Alarm transitions are never dropped: after a gap the client re-reads `/api/alarms` and the journal since its seq.
 */
export interface ServerEvents {
  /** Samples of a watched room. */
  live: (samples: LiveSample[]) => void;
  /** Every alarm transition the user may see. */
  alarm: (event: AlarmEvent) => void;
  /** Events that are in the journal now. */
  alarmJournalled: (entries: { eventId: string; alarmId: string; seq: number }[]) => void;
  /** The whole table, after the api itself had a gap. */
  alarmTable: (table: AlarmTable) => void;
  lossUpdated: (message: LossUpdatedMessage) => void;
  status: (parts: PartStatus[]) => void;
  /** Another configuration is in force: read network, stations and tags again. */
  configurationChanged: () => void;
  /** Heartbeat, every 2 s, with the server's clock in microseconds: two missed ones are a lost link. */
  beat: (at: number) => void;
}

export type WatchAnswer = { ok: true } | { ok: false; code: 'unknownStation' };

/** What can be watched: the overview tags, or all tags of a station. */
export const WatchRoom = z.union([
  z.literal('overview'),
  text()
    .regex(/^station:[a-z0-9-]{1,48}$/, 'expected overview or station:<id>')
    .transform((room) => room as `station:${string}`),
]);
export type WatchRoom = z.infer<typeof WatchRoom>;

export interface ClientEvents {
  watch: (room: WatchRoom, answer: (a: WatchAnswer) => void) => void;
  unwatch: (room: WatchRoom) => void;
}

/** Permission each client event demands. */
export const SOCKET_PERMISSION = { watch: 'station.read', unwatch: 'station.read' } as const;
