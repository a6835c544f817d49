import { randomUUID } from 'node:crypto';
import {
  positionOf,
  type AcknowledgeBody,
  type Alarm,
  type AlarmCommand,
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
import { maySee } from '../access/visibility';
import { AuditTrail } from '../audit/audit-trail';
import { DatabaseGate } from '../database/database-gate';
import { PartMemory } from '../health/part-memory';
import { ApiError, BusAway, Forbidden, NoOwner, OutcomeUnknown } from '../http/errors';
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
    @Inject(PartMemory) private readonly parts: PartMemory,
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
      ...(user.stations === null ? {} : { stations: user.stations }),
    };
    return this.gate.run(() =>
      after === undefined ? this.repository.newestEvents(filter) : this.repository.eventsAfter(after, filter),
    );
  }

  /**
   * Records what the operator wants, sends it to the alarm's owner, waits until it is durable, and records the outcome.
   * Works without the database: the owner keeps it in its spool, and the audit entries wait beside it.
   * @throws Forbidden NotRecorded BusAway NoOwner OutcomeUnknown DatabaseAway, and what the owner refuses with
   */
  async acknowledge(
    { user, address }: Operator,
    alarmId: string,
    { occurrence, comment }: z.output<typeof AcknowledgeBody>,
  ): Promise<CommandAnswer> {
    const position = positionOf(user.role);
    if (position === null) throw new Forbidden();
    const alarm = await this.find(user, alarmId);
    if (!alarm) throw refused('unknownAlarm');
    const commandId = randomUUID();
    const told = { actor: user.userName, address, target: alarmId };
    const named = { commandId, stationId: alarm.stationId };
    await this.audit.record({
      ...told,
      action: 'alarm.acknowledge',
      old: { occurrence, position, ...noteOf(alarm, position) },
      new: { ...named, occurrence, position, comment },
    });
    const outcome = (of: Outcome): Promise<void> =>
      this.audit
        .record({ ...told, action: 'command.outcome', old: null, new: { ...named, ...of } })
        // The trail has it in memory and has said what is wrong; the answer must say what became of the command.
        .catch(() => undefined);
    try {
      const reply = await this.send(alarm.partition, commandId, {
        alarmId,
        occurrence,
        position,
        actor: user.userName,
        comment,
        onLate: (late) => void outcome(outcomeOf(late, position)),
      });
      await outcome(outcomeOf(reply, position));
      if (!reply.ok) throw refused(reply.code);
      return { durable: reply.durable, alarm: reply.alarm };
    } catch (error) {
      if (error instanceof OutcomeUnknown) await outcome({ outcome: 'unknown' });
      else if (error instanceof NoOwner || error instanceof BusAway)
        await outcome({ outcome: 'notSent', code: error.code });
      throw error;
    }
  }

  private send(
    partition: string,
    commandId: string,
    {
      onLate,
      ...what
    }: Pick<AlarmCommand, 'alarmId' | 'occurrence' | 'position' | 'actor' | 'comment'> & {
      readonly onLate: (reply: AlarmCommandReply) => void;
    },
  ): Promise<AlarmCommandReply> {
    const at = this.now() * 1_000;
    if (!this.parts.isOwned(partition, at)) throw new NoOwner();
    const deadline = at + EXECUTE_WITHIN_MS * 1_000;
    return this.commands.send(partition, { commandId, at, deadline, kind: 'acknowledge', ...what }, onLate);
  }

  /** What the user may not see is looked for like what is not known, so that it is answered alike without the database. */
  private async find(user: User, alarmId: string): Promise<Alarm | null> {
    const seen = (alarm: Alarm | null): Alarm | null =>
      alarm && maySee(user, alarm.stationId) ? alarm : null;
    return seen(this.memory.find(alarmId)) ?? seen(await this.gate.run(() => this.repository.find(alarmId)));
  }
}

/** What became of a command, as the audit trail has it. */
type Outcome =
  | { outcome: 'done'; durable: 'journal' | 'spool'; letter: Alarm['letter']; noted: unknown }
  | { outcome: 'refused' | 'notSent'; code: ProblemCode }
  | { outcome: 'unknown'; code?: ProblemCode };

function outcomeOf(reply: AlarmCommandReply, position: Position): Outcome {
  if (reply.ok) return { outcome: 'done', durable: reply.durable, ...noteOf(reply.alarm, position) };
  // It was carried out, and goes on to be durable; or another owner began meanwhile, and it is evidence.
  return { outcome: reply.code === 'notDurable' ? 'unknown' : 'refused', code: reply.code };
}

const noteOf = (alarm: Alarm, position: Position) => ({
  letter: alarm.letter,
  noted: alarm.noted[position],
});
