import { randomUUID } from 'node:crypto';
import { AlarmCommandReply, TOPIC, type AlarmCommand } from '@linepack/contracts';
import type { BusClient } from '../bus/bus-client';
import { NoOwner } from '../http/errors';

/** How long the owner of a partition may take to make a command durable and answer, ms. */
export const ANSWER_WITHIN_MS = 5_000;

/** The owner must have begun by then, ms: a second is left for making it durable and for the answer's way back. */
export const EXECUTE_WITHIN_MS = 4_000;

interface Waiting {
  readonly resolve: (reply: AlarmCommandReply) => void;
  readonly timer: NodeJS.Timeout;
}

/** Sends an operator's commands to the collector that owns the alarm's partition, and waits for its answer. */
export class AlarmCommands {
  private readonly waiting = new Map<string, Waiting>();
  private readonly replyTo: string;

  constructor(
    private readonly bus: BusClient,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {
    this.replyTo = TOPIC.reply(bus.clientId);
    bus.subscribe(this.replyTo, AlarmCommandReply, (reply) => this.take(reply));
  }

  /**
   * @returns the owner's answer, given when the command is durable or refused
   * @throws BusAway
   * @throws NoOwner when nobody answers in time
   */
  async send(
    partition: string,
    command: Omit<AlarmCommand, 'commandId' | 'replyTo'>,
  ): Promise<AlarmCommandReply> {
    const commandId = randomUUID();
    const answer = new Promise<AlarmCommandReply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(commandId);
        reject(new NoOwner());
      }, this.answerWithinMs);
      this.waiting.set(commandId, { resolve, timer });
    });
    try {
      await Promise.race([
        answer,
        this.bus.publish(TOPIC.alarmCommand(partition), { ...command, commandId, replyTo: this.replyTo }),
      ]);
    } catch (error) {
      this.forget(commandId);
      throw error;
    }
    return answer;
  }

  private take(reply: AlarmCommandReply): void {
    const waiting = this.forget(reply.commandId);
    waiting?.resolve(reply);
  }

  private forget(commandId: string): Waiting | undefined {
    const waiting = this.waiting.get(commandId);
    if (waiting) clearTimeout(waiting.timer);
    this.waiting.delete(commandId);
    return waiting;
  }
}
