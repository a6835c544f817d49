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
  /** Takes what holds now into the copy on disk. */
  readonly keep: () => void;
}

/** So many answers are kept for commands that are sent again. */
const REMEMBERED = 1_000;
/** Nobody waits longer, whatever deadline a command names. */
const LONGEST_PATIENCE_MS = 60_000;

/** Executes commands on the alarms of a partition that is owned, each once, and answers within its sender's time. */
export class AlarmCommands {
  private readonly answers = new Map<string, Promise<AlarmCommandReply>>();
  /** Notes that were taken here: they may still be on their way to be durable. */
  private readonly taken = new Set<string>();

  constructor(private readonly parts: CommandParts) {}

  /** The same command again gets the same answer. */
  answer(partition: AlarmPartition, command: AlarmCommand): Promise<AlarmCommandReply> {
    const known = this.answers.get(command.commandId);
    if (known) return known;
    const answer = this.execute(partition, command);
    this.answers.set(command.commandId, answer);
    prune(this.answers);
    return answer;
  }

  private async execute(partition: AlarmPartition, command: AlarmCommand): Promise<AlarmCommandReply> {
    const { commandId, alarmId, kind, occurrence, position, actor, comment } = command;
    const refused = (code: Extract<AlarmCommandReply, { ok: false }>['code'], detail: string) =>
      ({ commandId, ok: false, code, detail }) as const;
    const at = this.parts.now();
    const earlier = this.takenBefore(partition, command);
    if (earlier) return earlier;
    if (at > command.deadline) return refused('expired', 'it came after the time its sender waits for');
    if (!partition.has(alarmId)) return refused('unknownAlarm', `${alarmId}: no such alarm`);
    const result = partition.command(alarmId, { kind, at, occurrence, position, actor, comment });
    if (!('entries' in result))
      return refused(
        result.fault === 'otherOccurrence' ? 'otherOccurrence' : 'nothingToAcknowledge',
        result.detail,
      );
    this.taken.add(noteOf(command));
    prune(this.taken);
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
    // A start without the database goes on from the copy: it must not ask again for what was told to be durable.
    this.parts.keep();
    return { commandId, ok: true, durable, alarm: result.alarm };
  }

  /**
   * A bus sends a command again that it has not acknowledged, also when its first owner is gone and took his answer with
   * him. What he made durable came with the partition: saying now that it was not carried out would be false evidence.
   */
  private takenBefore(partition: AlarmPartition, command: AlarmCommand): AlarmCommandReply | null {
    const { commandId, alarmId, occurrence, position, actor, comment } = command;
    const alarm = partition.alarm(alarmId);
    const note = alarm?.noted[position];
    if (!alarm || !note || alarm.occurrence !== occurrence || this.taken.has(noteOf(command))) return null;
    if (note.by !== actor || note.comment !== comment) return null;
    return { commandId, ok: true, durable: partition.isWaiting(alarmId) ? 'spool' : 'journal', alarm };
  }
}

/** What a command asks for, whoever sends it. */
const noteOf = ({ alarmId, occurrence, position }: AlarmCommand): string =>
  `${alarmId} ${occurrence} ${position}`;

/** Maps and sets keep the order of insertion: the oldest goes. */
function prune(kept: Set<string> | Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size > REMEMBERED && oldest !== undefined) kept.delete(oldest);
}

/** It is not durable within the time its sender waits; it goes on to be. */
const isLate = (): null => null;
