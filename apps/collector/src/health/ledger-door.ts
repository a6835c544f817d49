import { LedgerQuestion, TOPIC, type LedgerReply, type TagLedger } from '@linepack/contracts';
import type { TagId } from '@linepack/network';
import type { BusDoor } from '../bus-doors';
import type { Log } from '../log';
import type { Account, Ledger } from '../present/ledger';

/** Answers what became of the words of some tags. Nothing is said of tags unasked: there are thousands. */
export function openLedger(
  bus: Pick<BusDoor, 'subscribe' | 'mention'>,
  ledger: Pick<Ledger, 'byTag'>,
  instance: string,
  log: Pick<Log, 'warn'>,
): void {
  bus.subscribe(TOPIC.ledgerAsked, (message, topic) => {
    const parsed = LedgerQuestion.safeParse(message);
    if (!parsed.success) return log.warn(`bus: ${topic}: ${parsed.error.message}`);
    const { questionId, replyTo } = parsed.data;
    const reply: LedgerReply = { questionId, instance, lines: linesOf(ledger.byTag(), parsed.data) };
    bus.mention(replyTo, reply);
  });
}

/** The lines that are asked for. */
export function linesOf(
  accounts: ReadonlyMap<TagId, Account>,
  { tagIds, worstBy, limit }: Pick<LedgerQuestion, 'tagIds' | 'worstBy' | 'limit'>,
): TagLedger[] {
  const asked = tagIds === null ? [...accounts.keys()] : (tagIds as TagId[]);
  const lines = [...new Set(asked)].flatMap((tagId) => {
    const account = accounts.get(tagId);
    return account ? [lineOf(tagId, account)] : [];
  });
  if (worstBy === null) return lines.slice(0, limit);
  const words = (line: TagLedger): number =>
    worstBy === 'duplicate' ? line.duplicate : sum(Object.values(line[worstBy]));
  return lines
    .filter((line) => words(line) > 0)
    .sort((a, b) => words(b) - words(a) || a.tagId - b.tagId)
    .slice(0, limit);
}

function lineOf(tagId: TagId, { received, fates }: Account): TagLedger {
  const columns = { stored: 0, unchanged: 0, duplicate: 0, history: 0 };
  const reasons = { refused: {} as Record<string, number>, discarded: {} as Record<string, number> };
  for (const [fate, words] of fates) {
    const [column, reason] = fate.split(':') as [string, string | undefined];
    if (reason === undefined) columns[column as keyof typeof columns] += words;
    else reasons[column as keyof typeof reasons][reason] = words;
  }
  return { tagId, received, ...columns, ...reasons, open: received - sum([...fates.values()]) };
}

const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
