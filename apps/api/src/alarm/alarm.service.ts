import {
  positionOf,
  type AcknowledgeBody,
  type Alarm,
  type AlarmCommandReply,
  type AlarmEvent,
  type AlarmEventsQuery,
  type AlarmTable,
  type CommandAnswer,
  type Position,
  type ProblemCode,
  type User,
} from '@linepack/contracts';
import { AlarmRepository } from '@linepack/store';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { assertMaySee, maySee } from '../access/visibility';
import { AuditTrail } from '../audit/audit-trail';
import { DatabaseGate } from '../database/database-gate';
import { ApiError, Forbidden } from '../http/errors';
import { CLOCK, type Clock } from '../settings/clock';
import { AlarmCommands, EXECUTE_WITHIN_MS } from './alarm-commands';
import { AlarmTableMemory } from './alarm-table';

/** Who gives a command, and from where. */
interface Operator {
  readonly user: User;
  readonly address: string;
}

type Refusal = Extract<AlarmCommandReply, { ok: false }>['code'];

const REFUSALS: Record<Refusal, { status: number; message: string }> = {
  unknownAlarm: { status: 404, message: 'There is no such alarm.' },
  otherOccurrence: {
    status: 409,
    message: 'The alarm has occurred again since: look at the new occurrence.',
  },
  nothingToAcknowledge: { status: 409, message: 'There is nothing to acknowledge.' },
  expired: { status: 503, message: 'It reached the collector too late and was not carried out. Try again.' },
  notDurable: {
    status: 503,
    message:
      'The acknowledgement is not durable yet; it is tried again. Look at the alarm before repeating it.',
  },
};

const refused = (code: Refusal): ApiError =>
  new ApiError(code satisfies ProblemCode, REFUSALS[code].status, REFUSALS[code].message);

@Injectable()
export class AlarmService {
  constructor(
    @Inject(AlarmTableMemory) private readonly memory: AlarmTableMemory,
    @Inject(AlarmRepository) private readonly repository: AlarmRepository,
    @Inject(AlarmCommands) private readonly commands: AlarmCommands,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  /** The alarms a user may see that are not normal; from memory, so that they are there without the database. */
  table(user: User): AlarmTable {
    return {
      seq: this.memory.seq,
      alarms: this.memory.list(positionOf(user.role), (stationId) => maySee(user, stationId)),
      databaseAway: this.gate.state === 'away',
    };
  }

  /** @throws DatabaseAway */
  events(user: User, { after, alarm, limit }: z.output<typeof AlarmEventsQuery>): Promise<AlarmEvent[]> {
    const filter = {
      limit,
      ...(alarm === undefined ? {} : { alarmId: alarm }),
      // A station's partition bears its id.
      ...(user.stations === null ? {} : { partitions: user.stations }),
    };
    return this.gate.run(() =>
      after === undefined ? this.repository.newestEvents(filter) : this.repository.eventsAfter(after, filter),
    );
  }

  /**
   * Sends the acknowledgement to the alarm's owner and waits until it is durable. Works without the database: the
   * owner keeps it in its spool, and the audit entry waits beside it.
   * @throws Forbidden BusAway NoOwner DatabaseAway, and what the owner refuses with
   */
  async acknowledge(
    { user, address }: Operator,
    alarmId: string,
    { occurrence, comment }: z.output<typeof AcknowledgeBody>,
  ): Promise<CommandAnswer> {
    const position = positionOf(user.role);
    if (position === null) throw new Forbidden();
    const alarm = await this.find(alarmId);
    if (!alarm) throw refused('unknownAlarm');
    assertMaySee(user, alarm.stationId);
    const at = this.now() * 1_000;
    const reply = await this.commands.send(alarm.partition, {
      at,
      deadline: at + EXECUTE_WITHIN_MS * 1_000,
      kind: 'acknowledge',
      alarmId,
      occurrence,
      position,
      actor: user.userName,
      comment,
    });
    await this.audit.record({
      actor: user.userName,
      address,
      action: 'alarm.acknowledge',
      target: alarmId,
      old: { occurrence, position, ...noteOf(alarm, position) },
      new: reply.ok ? { occurrence, position, ...noteOf(reply.alarm, position) } : { refused: reply.code },
    });
    if (!reply.ok) throw refused(reply.code);
    return { durable: reply.durable, alarm: reply.alarm };
  }

  private async find(alarmId: string): Promise<Alarm | null> {
    return this.memory.find(alarmId) ?? this.gate.run(() => this.repository.find(alarmId));
  }
}

const noteOf = (alarm: Alarm, position: Position) => ({
  letter: alarm.letter,
  noted: alarm.noted[position],
});
