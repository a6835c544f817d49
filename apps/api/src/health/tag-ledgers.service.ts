import type {
  LedgerOrder,
  LedgerReply,
  TagLedger,
  TagLedgers,
  TagLedgersQuery,
  User,
} from '@linepack/contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { PlantService } from '../plant/plant.service';
import { CLOCK, type Clock } from '../settings/clock';
import { LedgerQuestions } from './ledger-questions';
import { PartMemory } from './part-memory';

/** What became of the words of single tags. Each collector counts what it heard; a tag that went over has two accounts. */
@Injectable()
export class TagLedgersService {
  constructor(
    @Inject(LedgerQuestions) private readonly questions: LedgerQuestions,
    @Inject(PartMemory) private readonly parts: PartMemory,
    @Inject(PlantService) private readonly plant: PlantService,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  /** @throws NotFound BusAway DatabaseAway */
  async read(user: User, { tag, worstBy, limit }: z.output<typeof TagLedgersQuery>): Promise<TagLedgers> {
    if (tag !== undefined) {
      this.plant.assertTags(user, [tag]);
      return this.linesOf([tag]);
    }
    const tagIds = user.stations === null ? null : this.plant.tags(user).map(({ tagId }) => tagId);
    const worst = await this.questions.ask({ tagIds, worstBy, limit }, this.living());
    const found = [...new Set(worst.flatMap(({ lines }) => lines.map(({ tagId }) => tagId)))];
    // What is among the worst of one collector has an account at another perhaps, who has others that are worse.
    const { lines, ...rest } = await this.linesOf(found);
    return {
      ...rest,
      lines: lines.sort((a, b) => wordsOf(b, worstBy) - wordsOf(a, worstBy)).slice(0, limit),
    };
  }

  private async linesOf(tagIds: number[]): Promise<TagLedgers> {
    const living = this.living();
    const limit = Math.max(1, tagIds.length);
    const replies = await this.questions.ask({ tagIds, worstBy: null, limit }, living);
    const answered = new Set(replies.map(({ instance }) => instance));
    return {
      at: this.now() * 1_000,
      lines: sumsOf(replies),
      unanswered: living.filter((instance) => !answered.has(instance)).length,
    };
  }

  private living(): string[] {
    return this.parts
      .collectorsAt(this.now() * 1_000)
      .flatMap(({ state, instance }) => (state === 'down' || instance === undefined ? [] : [instance]));
  }
}

const wordsOf = (line: TagLedger, order: LedgerOrder): number =>
  order === 'duplicate' ? line.duplicate : Object.values(line[order]).reduce((sum, n) => sum + n, 0);

/** A line a tag, whoever counted its words. */
function sumsOf(replies: readonly LedgerReply[]): TagLedger[] {
  const sums = new Map<number, TagLedger>();
  for (const line of replies.flatMap(({ lines }) => lines)) {
    const before = sums.get(line.tagId);
    sums.set(line.tagId, before ? plus(before, line) : line);
  }
  return [...sums.values()];
}

const plus = (a: TagLedger, b: TagLedger): TagLedger => ({
  tagId: a.tagId,
  received: a.received + b.received,
  stored: a.stored + b.stored,
  unchanged: a.unchanged + b.unchanged,
  duplicate: a.duplicate + b.duplicate,
  history: a.history + b.history,
  refused: bothOf(a.refused, b.refused),
  discarded: bothOf(a.discarded, b.discarded),
  open: a.open + b.open,
});

function bothOf(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const both = { ...a };
  for (const [reason, words] of Object.entries(b)) both[reason] = (both[reason] ?? 0) + words;
  return both;
}
