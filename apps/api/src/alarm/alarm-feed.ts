import {
  AlarmEventMessage,
  AlarmJournalledMessage,
  AlarmTableMessage,
  positionOf,
  TOPIC,
} from '@linepack/contracts';
import { maySee } from '../access/visibility';
import type { BusClient } from '../bus/bus-client';
import type { DatabaseGate } from '../database/database-gate';
import { ROOM } from '../live/rooms';
import type { SocketHub } from '../live/socket-hub';
import type { AlarmTableMemory } from './alarm-table';

/** Retained tables follow a connection within moments; then every browser gets the table as it is now. */
const SETTLE_MS = 1_000;

/** Carries alarms from the bus into the table and to every browser that may see them; none is ever dropped. */
export class AlarmFeed {
  private settling: NodeJS.Timeout | null = null;

  constructor(
    bus: BusClient,
    private readonly table: AlarmTableMemory,
    private readonly hub: SocketHub,
    private readonly gate: DatabaseGate,
  ) {
    bus.subscribe(TOPIC.alarmEvent('+'), AlarmEventMessage, (message) => this.event(message));
    bus.subscribe(TOPIC.alarmJournalled, AlarmJournalledMessage, (message) => this.journalled(message));
    bus.subscribe(TOPIC.alarmTable('+'), AlarmTableMessage, (message) => {
      // After a bus or a collector was away, tables may come later than the connection.
      if (this.table.replace(message)) this.sendTableSoon();
    });
    bus.onConnected(() => this.sendTableSoon());
  }

  stop(): void {
    if (this.settling) clearTimeout(this.settling);
    this.settling = null;
  }

  /** Sends everybody the table he may see: after a gap of the api itself, nobody knows what he missed. */
  sendTable(): void {
    for (const socket of this.hub.sockets()) {
      const { user } = socket.data.session;
      socket.emit('alarmTable', {
        seq: this.table.seq,
        alarms: this.table.list(positionOf(user.role), (stationId) => maySee(user, stationId)),
        databaseAway: this.gate.state === 'away',
      });
    }
  }

  private event({ event, epoch }: AlarmEventMessage): void {
    // What is no state of the alarm's must not become one in a browser: there it would overwrite a newer one.
    if (!this.table.take(event, epoch)) return;
    this.hub.send(ROOM.alarms, 'alarm', event);
    const { stationId } = event.state;
    if (stationId !== null) this.hub.send(ROOM.alarmsOf(stationId), 'alarm', event);
  }

  private journalled({ entries }: AlarmJournalledMessage): void {
    this.table.journalled(entries);
    this.hub.send(ROOM.alarms, 'alarmJournalled', entries);
    const byStation = new Map<string, typeof entries>();
    for (const entry of entries) {
      const stationId = this.table.stationOfWaiting(entry);
      if (stationId !== null) byStation.set(stationId, [...(byStation.get(stationId) ?? []), entry]);
    }
    for (const [stationId, own] of byStation) this.hub.send(ROOM.alarmsOf(stationId), 'alarmJournalled', own);
  }

  private sendTableSoon(): void {
    this.settling ??= setTimeout(() => {
      this.settling = null;
      this.sendTable();
    }, SETTLE_MS);
  }
}
