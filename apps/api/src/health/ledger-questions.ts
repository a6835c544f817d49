import { randomUUID } from 'node:crypto';
import { LedgerReply, TOPIC, type LedgerQuestion } from '@linepack/contracts';
import type { BusClient } from '../bus/bus-client';
import { BusAway } from '../http/errors';

/** A collector answers from memory; one that does not is slow, or gone unheard. */
const ANSWER_WITHIN_MS = 2_000;

interface Open {
  readonly replies: Map<string, LedgerReply>;
  readonly expected: ReadonlySet<string>;
  readonly done: () => void;
}

/** Asks every collector for lines of its ledger, and waits for their answers. */
export class LedgerQuestions {
  private readonly open = new Map<string, Open>();
  private readonly replyTo: string;

  constructor(
    private readonly bus: Pick<BusClient, 'clientId' | 'state' | 'subscribe' | 'publish'>,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {
    this.replyTo = TOPIC.reply(`${bus.clientId}.ledger`);
    bus.subscribe(this.replyTo, LedgerReply, (reply) => this.take(reply));
  }

  /**
   * @param collectors who is waited for
   * @returns what came, also of others
   * @throws BusAway
   */
  async ask(
    question: Omit<LedgerQuestion, 'questionId' | 'replyTo'>,
    collectors: readonly string[],
  ): Promise<LedgerReply[]> {
    if (this.bus.state === 'away') throw new BusAway();
    const questionId = randomUUID();
    const replies = new Map<string, LedgerReply>();
    const answered = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.answerWithinMs).unref();
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.open.set(questionId, { replies, expected: new Set(collectors), done });
      if (collectors.length === 0) done();
    });
    // A bus that breaks now answers nothing: the time runs out.
    this.bus
      .publish(TOPIC.ledgerAsked, { ...question, questionId, replyTo: this.replyTo })
      .catch(() => undefined);
    await answered;
    this.open.delete(questionId);
    return [...replies.values()];
  }

  private take(reply: LedgerReply): void {
    const open = this.open.get(reply.questionId);
    if (!open) return;
    open.replies.set(reply.instance, reply);
    if ([...open.expected].every((instance) => open.replies.has(instance))) open.done();
  }
}
