import type {
  AlarmEvents,
  AlarmTable,
  ClientEvents,
  LatestValues,
  ListedAlarm,
  LiveSample,
  ServerEvents,
} from '@linepack/contracts';
import { io, type Socket } from 'socket.io-client';
import type { Line } from './line';
import type { Client } from './world';

const PAGE = 1_000;
const RETRY_MS = 50;

/**
 * A browser that keeps the rules of the live wire: it takes transitions as they come; after each connection, and when the
 * server says that it had a gap, it reads the table and the journal since the last entry it read; and it reads the
 * journal when that took something it has not heard of.
 */
export class Watcher {
  /** Every transition it learnt of. */
  readonly seen = new Set<string>();
  readonly values = new Map<number, LiveSample>();
  alarms = new Map<string, ListedAlarm>();
  reconnections = 0;
  private readonly socket: Socket<ServerEvents, ClientEvents>;
  private seq = 0;
  /** What is heard while the table is on its way is applied again to its answer, which may be older. */
  private readonly meanwhile = new Set<(() => void)[]>();
  private reading: Promise<void> | null = null;
  private again = false;
  private left = false;

  constructor(
    private readonly client: Client,
    private readonly line: Line,
    readonly rooms: readonly Parameters<ClientEvents['watch']>[0][],
  ) {
    this.socket = io(client.url, {
      path: '/api/socket',
      transports: ['websocket'],
      extraHeaders: { Cookie: client.cookie ?? '', Origin: client.url },
      reconnectionDelay: 20,
      reconnectionDelayMax: 200,
      timeout: 4_000,
      forceNew: true,
    });
    this.socket.on('connect', () => this.join());
    this.socket.on('disconnect', (reason) => {
      this.reconnections += 1;
      if (reason === 'io server disconnect' && !this.left) setTimeout(() => this.socket.connect(), RETRY_MS);
    });
    this.socket.on('connect_error', () => {
      if (!this.socket.active && !this.left) setTimeout(() => this.socket.connect(), RETRY_MS);
    });
    this.socket.on('alarm', (event) =>
      this.heard(() => {
        this.seen.add(event.eventId);
        if (event.state.letter === 'A') this.alarms.delete(event.alarmId);
        else this.alarms.set(event.alarmId, { ...event.state, journalled: event.seq !== null });
      }),
    );
    this.socket.on('alarmJournalled', (entries) => {
      if (entries.some(({ eventId }) => !this.seen.has(eventId))) this.readSoon();
    });
    this.socket.on('alarmTable', (table) => {
      this.heard(() => this.take(table));
      this.readSoon();
    });
    this.socket.on('live', (samples) => samples.forEach((sample) => this.show(sample)));
  }

  /** The line breaks. */
  cut(): void {
    this.line.cut();
  }

  async leave(): Promise<void> {
    this.left = true;
    this.socket.disconnect();
    await this.line.close();
  }

  private join(): void {
    for (const room of this.rooms) this.socket.emit('watch', room, () => undefined);
    this.readSoon();
  }

  private heard(step: () => void): void {
    step();
    for (const steps of this.meanwhile) steps.push(step);
  }

  private show(sample: LiveSample): void {
    const known = this.values.get(sample[0]);
    if (!known || known[4] <= sample[4]) this.values.set(sample[0], sample);
  }

  private take(table: AlarmTable): void {
    this.alarms = new Map(table.alarms.filter(({ letter }) => letter !== 'A').map((a) => [a.alarmId, a]));
  }

  private readSoon(): void {
    this.again = true;
    this.reading ??= this.readAll().finally(() => (this.reading = null));
  }

  private async readAll(): Promise<void> {
    while (this.again && !this.left) {
      this.again = false;
      try {
        await this.readTable();
        await this.readJournal();
        const { values } = await this.read<LatestValues>('/api/latest');
        for (const v of values) this.show([v.tagId, v.ts, v.quality, v.value, v.heardAt]);
      } catch {
        // The server is away or knows nothing yet.
        this.again = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async readTable(): Promise<void> {
    const steps: (() => void)[] = [];
    this.meanwhile.add(steps);
    try {
      this.take(await this.read<AlarmTable>('/api/alarms'));
      for (const step of steps) step();
    } finally {
      this.meanwhile.delete(steps);
    }
  }

  private async readJournal(): Promise<void> {
    for (;;) {
      const { events } = await this.read<AlarmEvents>(`/api/alarms/events?after=${this.seq}&limit=${PAGE}`);
      for (const { eventId, seq } of events) {
        this.seen.add(eventId);
        this.seq = seq ?? this.seq;
      }
      if (events.length < PAGE) return;
    }
  }

  private async read<T>(path: string): Promise<T> {
    const response = await this.client.get(path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as T;
  }
}
