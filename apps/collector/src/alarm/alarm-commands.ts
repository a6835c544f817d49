import type { AlarmCommand, AlarmCommandReply } from '@linepack/contracts';
import { MICROS_PER_MS, type Micros } from '@linepack/network';
import type { JournalEntry } from '@linepack/store';
import { within, type Time } from '../time';
import type { Durable } from '../write/outbox';
import type { AlarmPartition } from './alarm-partition';

export interface CommandParts {
  readonly time: Time;
  readonly now: () => Micros;
  /** Resolves when the entries are durable, or with null when they are not ours to say any more. */
  readonly announce: (entries: readonly JournalEntry[]) => Promise<Durable | null>;
  readonly isOwner: (partition: AlarmPartition) => boolean;
}

/** So many answers are kept for commands that are sent again. */
const REMEMBERED = 1_000;
/** Nobody waits longer, whatever deadline a command names. */
const LONGEST_PATIENCE_MS = 60_000;

/** Executes commands on the alarms of a partition that is owned, each once, and answers within its sender's time. */
export class AlarmCommands {
  private readonly answers = new Map<string, Promise<AlarmCommandReply>>();

  constructor(private readonly parts: CommandParts) {}

  /** The same command again gets the same answer. */
  answer(partition: AlarmPartition, command: AlarmCommand): Promise<AlarmCommandReply> {
    const known = this.answers.get(command.commandId);
    if (known) return known;
    const answer = this.execute(partition, command);
    this.answers.set(command.commandId, answer);
    const oldest = this.answers.keys().next().value;
    if (this.answers.size > REMEMBERED && oldest !== undefined) this.answers.delete(oldest);
    return answer;
  }

  private async execute(partition: AlarmPartition, command: AlarmCommand): Promise<AlarmCommandReply> {
    const { commandId, alarmId, kind, occurrence, position, actor, comment } = command;
    const refused = (code: Extract<AlarmCommandReply, { ok: false }>['code'], detail: string) =>
      ({ commandId, ok: false, code, detail }) as const;
    const at = this.parts.now();
    if (at > command.deadline) return refused('expired', 'it came after the time its sender waits for');
    if (!partition.has(alarmId)) return refused('unknownAlarm', `${alarmId}: no such alarm`);
    const result = partition.command(alarmId, { kind, at, occurrence, position, actor, comment });
    if (!('entries' in result))
      return refused(
        result.fault === 'otherOccurrence' ? 'otherOccurrence' : 'nothingToAcknowledge',
        result.detail,
      );
    const patienceMs = Math.min((command.deadline - at) / MICROS_PER_MS, LONGEST_PATIENCE_MS);
    const durable = await within(this.parts.time, patienceMs, this.parts.announce(result.entries)).catch(
      isLate,
    );
    if (!this.parts.isOwner(partition))
      return refused('notDurable', 'another collector has taken the partition over');
    if (durable === null)
      return refused(
        'notDurable',
        'neither the database nor the spool has taken it yet; it is kept and goes in',
      );
    return { commandId, ok: true, durable, alarm: result.alarm };
  }
}

/** It is not durable within the time its sender waits; it goes on to be. */
const isLate = (): null => null;
