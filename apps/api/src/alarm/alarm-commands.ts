import { AlarmCommandReply, TOPIC, type AlarmCommand } from '@linepack/contracts';
import type { BusClient } from '../bus/bus-client';
import { BusAway, OutcomeUnknown } from '../http/errors';

/** How long the owner of a partition may take to make a command durable and answer, ms. */
export const ANSWER_WITHIN_MS = 5_000;

/** The owner must have begun by then, ms: a second is left for making it durable and for the answer's way back. */
export const EXECUTE_WITHIN_MS = 4_000;

/** An answer that comes later than this is of no use to the record any more, ms. */
const LATE_FOR_MS = 600_000;
/** Most answers that are still hoped for. */
const MOST_LATE = 1_000;

interface Waiting {
  readonly resolve: (reply: AlarmCommandReply) => void;
  readonly timer: NodeJS.Timeout;
}

/** Sends an operator's commands to the collector that owns the alarm's partition, and waits for its answer. */
export class AlarmCommands {
  private readonly waiting = new Map<string, Waiting>();
  /** Commands nobody waits for any more, whose outcome is still to be recorded when it comes. */
  private readonly late = new Map<string, Waiting>();
  private readonly replyTo: string;

  constructor(
    private readonly bus: Pick<BusClient, 'clientId' | 'state' | 'subscribe' | 'publish'>,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {
    this.replyTo = TOPIC.reply(bus.clientId);
    bus.subscribe(this.replyTo, AlarmCommandReply, (reply) => this.take(reply));
  }

  /**
   * @param onLate hears the answer when it comes after all
   * @returns the owner's answer, given when the command is durable or refused
   * @throws BusAway when it was not sent
   * @throws OutcomeUnknown when no answer came in time: it may have been executed, or may still be
   */
  async send(
    partition: string,
    command: Omit<AlarmCommand, 'replyTo'>,
    onLate: (reply: AlarmCommandReply) => void,
  ): Promise<AlarmCommandReply> {
    const { commandId } = command;
    if (this.bus.state === 'away') throw new BusAway();
    const answer = new Promise<AlarmCommandReply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(commandId);
        this.hope(commandId, onLate);
        reject(new OutcomeUnknown());
      }, this.answerWithinMs);
      this.waiting.set(commandId, { resolve, timer });
    });
    // From here on a connection that breaks proves nothing: the command may lie at the broker, and the client sends it
    // again when the bus is back. The owner's deadline ends that.
    this.bus
      .publish(TOPIC.alarmCommand(partition), { ...command, replyTo: this.replyTo })
      .catch(() => undefined);
    return answer;
  }

  stop(): void {
    for (const { timer } of this.late.values()) clearTimeout(timer);
    this.late.clear();
  }

  private take(reply: AlarmCommandReply): void {
    for (const open of [this.waiting, this.late]) {
      const waiting = open.get(reply.commandId);
      if (!waiting) continue;
      clearTimeout(waiting.timer);
      open.delete(reply.commandId);
      waiting.resolve(reply);
    }
  }

  private hope(commandId: string, resolve: Waiting['resolve']): void {
    const timer = setTimeout(() => this.late.delete(commandId), LATE_FOR_MS).unref();
    this.late.set(commandId, { resolve, timer });
    const [oldest] = this.late.keys();
    if (this.late.size <= MOST_LATE || oldest === undefined) return;
    clearTimeout(this.late.get(oldest)?.timer);
    this.late.delete(oldest);
  }
}
