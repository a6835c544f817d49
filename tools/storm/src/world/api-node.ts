import {
  TOPIC,
  type AlarmCommandReply,
  type AlarmEvent,
  type AlarmEventMessage,
  type AlarmJournalledMessage,
  type AlarmTableMessage,
  type LiveBatch,
} from '@linepack/contracts';
import { AlarmTableMemory } from '../../../../apps/api/src/alarm/alarm-table';
import { LatestValues } from '../../../../apps/api/src/live/latest-values';
import { Computer, SimulatedProcess } from '../kernel/process';
import type { Random } from '../kernel/random';
import { BusClient } from '../model/bus-client';
import { DatabaseLink } from '../model/database-server';
import { Route } from '../model/line';
import type { Plant } from './plant';

const RETRY_MS = 2_000;
const ANSWER_WITHIN_MS = 5_000;
const EXECUTE_WITHIN_MS = 4_000;
const CLIENT = 'storm-api';

/** What an operator was told of an acknowledgement. */
export interface Acknowledged {
  /** Unique, and the comment of the command. */
  readonly commandId: string;
  readonly alarmId: string;
  readonly occurrence: number;
  readonly position: 'station' | 'dispatch';
  outcome: 'open' | 'durable' | 'refused' | 'unanswered';
}

/** The api's memories fed by the bus, as its modules feed them, and the operators before it. */
export class ApiNode {
  readonly process: SimulatedProcess;
  readonly route: Route;
  readonly bus: BusClient;
  readonly table = new AlarmTableMemory();
  readonly latest = new LatestValues();
  readonly commands = new Map<string, Acknowledged>();
  /** Alarms that went back by something told again, or by a former owner. */
  readonly wentBack: string[] = [];
  private readonly heard = new Set<string>();
  private readonly epochs = new Map<string, number>();
  private readonly link: DatabaseLink;
  private isSeeding = false;
  private isQuiet = false;

  constructor(
    private readonly plant: Plant,
    private readonly random: Random,
  ) {
    const { kernel } = plant;
    this.process = new SimulatedProcess(new Computer('api', kernel), 1);
    this.route = new Route(kernel, 'api-bus');
    this.bus = new BusClient({ process: this.process, broker: plant.bus, route: this.route, will: null });
    this.link = new DatabaseLink(this.process, plant.database);
    this.bus.subscribe(TOPIC.alarmEvent('+'), (m) => {
      const { event, epoch } = m as AlarmEventMessage;
      this.take(event, epoch);
    });
    this.bus.subscribe(TOPIC.alarmJournalled, (m) =>
      this.table.journalled((m as AlarmJournalledMessage).entries),
    );
    this.bus.subscribe(TOPIC.alarmTable('+'), (m) => void this.table.replace(m as AlarmTableMessage));
    this.bus.subscribe(TOPIC.live('+'), (m) => {
      const { samples, epoch } = m as LiveBatch;
      samples.forEach((sample) => this.latest.take(sample, { epoch, now: this.process.time.now() }));
    });
    this.bus.subscribe(TOPIC.reply(CLIENT), (m) => this.answered(m as AlarmCommandReply));
    this.seed();
    this.operate();
  }

  /** The database came back: what it holds is read again. */
  seed(): void {
    if (this.isSeeding) return;
    this.isSeeding = true;
    this.link
      .call('table', () => this.plant.database.journal.table())
      .then(
        (table) => this.table.seed(table),
        () => void this.process.time.after(RETRY_MS, () => this.seed()),
      )
      .finally(() => (this.isSeeding = false));
  }

  /** The operators rest: what they were told settles. */
  quiet(): void {
    this.isQuiet = true;
  }

  configurationChanged(): void {
    this.bus.tell(TOPIC.configurationChanged, { at: this.process.time.now() });
  }

  /** Takes an event as the api does, and looks whether what is known already, or is past, changes anything. */
  private take(event: AlarmEvent, epoch = 0): void {
    const { alarmId, eventId, partition } = event;
    const youngest = this.epochs.get(partition) ?? 0;
    const isPast = this.heard.has(eventId) || epoch < youngest;
    const before = JSON.stringify(this.table.find(alarmId));
    this.table.take(event, epoch);
    if (isPast && JSON.stringify(this.table.find(alarmId)) !== before)
      this.wentBack.push(`${alarmId} by ${event.kind} ${event.occurrence}`);
    this.heard.add(eventId);
    this.epochs.set(partition, Math.max(youngest, epoch));
  }

  private operate(): void {
    this.process.time.after(this.random.between(1_500, 9_000), () => {
      if (this.isQuiet) return;
      this.acknowledge();
      this.operate();
    });
  }

  private acknowledge(): void {
    const position = this.random.pick(['station', 'dispatch'] as const);
    const open = this.table
      .list(position, () => true)
      .filter((a) => a.occurrence > 0 && a.noted[position] === null);
    if (open.length === 0) return;
    const { alarmId, occurrence, partition } = this.random.pick(open);
    const commandId = `command-${this.commands.size + 1}`;
    const command: Acknowledged = { commandId, alarmId, occurrence, position, outcome: 'open' };
    this.commands.set(commandId, command);
    const at = this.process.time.now();
    this.plant.kernel.note('operator', `${commandId}: acknowledges ${alarmId} ${occurrence} at ${position}`);
    this.bus.tell(TOPIC.alarmCommand(partition), {
      commandId,
      replyTo: TOPIC.reply(CLIENT),
      at,
      deadline: at + EXECUTE_WITHIN_MS * 1_000,
      kind: 'acknowledge',
      alarmId,
      occurrence,
      position,
      actor: 'operator',
      comment: commandId,
    });
    this.process.time.after(ANSWER_WITHIN_MS, () => {
      if (command.outcome === 'open') command.outcome = 'unanswered';
    });
  }

  private answered(reply: AlarmCommandReply): void {
    const command = this.commands.get(reply.commandId);
    this.plant.kernel.note('operator', `${reply.commandId}: ${reply.ok ? reply.durable : reply.code}`);
    // An answer that comes after the operator gave up still binds: it said that the command is durable.
    if (command) command.outcome = reply.ok ? 'durable' : 'refused';
  }
}
