import { LedgerReply, TOPIC, type LedgerQuestion } from '@linepack/contracts';
import type { SourceId, TagId } from '@linepack/network';
import { openLedger } from '../src/health/ledger-door';
import { Ledger, type Fate } from '../src/present/ledger';

const PLC = 'plc' as SourceId;

/** A collector whose ledger holds these fates, one word each; `open` is not decided. */
function collector(words: Record<number, readonly (Fate | 'open')[]>) {
  const ledger = new Ledger();
  for (const [id, fates] of Object.entries(words))
    for (const fate of fates) {
      ledger.received(PLC, Number(id) as TagId);
      if (fate !== 'open') ledger.settle(PLC, Number(id) as TagId, fate);
    }
  let ask: (message: unknown, topic: string) => void = () => undefined;
  const said: { topic: string; message: unknown }[] = [];
  const warned: string[] = [];
  openLedger(
    {
      subscribe: (topic, handle) => {
        expect(topic).toBe(TOPIC.ledgerAsked);
        ask = handle;
      },
      mention: (topic, message) => void said.push({ topic, message }),
    },
    ledger,
    'a',
    { warn: (text: string) => void warned.push(text) },
  );
  const asking = (question: Partial<LedgerQuestion>) => {
    const whole = { questionId: 'q', replyTo: 'linepack/reply/api', tagIds: null, worstBy: null, limit: 20 };
    ask({ ...whole, ...question }, TOPIC.ledgerAsked);
    const last = said.at(-1);
    return last ? LedgerReply.parse(last.message).lines : null;
  };
  return { asking, said, warned };
}

describe('the ledger of one tag', () => {
  const { asking, said, warned } = collector({
    1: ['stored', 'unchanged', 'history', 'open'],
    2: ['refused:SpoolFull', 'refused:SpoolFull', 'refused:farAhead', 'duplicate'],
    3: ['refused:farAhead', 'duplicate', 'duplicate', 'discarded:unknownTag'],
  });

  test('has every word in one column, with its reason', () => {
    expect(asking({ tagIds: [2, 1, 99] })).toEqual([
      {
        tagId: 2,
        received: 4,
        stored: 0,
        unchanged: 0,
        duplicate: 1,
        history: 0,
        refused: { SpoolFull: 2, farAhead: 1 },
        discarded: {},
        open: 0,
      },
      {
        tagId: 1,
        received: 4,
        stored: 1,
        unchanged: 1,
        duplicate: 0,
        history: 1,
        refused: {},
        discarded: {},
        open: 1,
      },
    ]);
    expect(said.at(-1)?.topic).toBe('linepack/reply/api');
  });

  test.each([
    ['refused', [2, 3]],
    ['duplicate', [3, 2]],
    ['discarded', [3]],
  ] as const)('is found among the worst by %s', (worstBy, tagIds) => {
    expect(asking({ worstBy })?.map(({ tagId }) => tagId)).toEqual(tagIds);
    expect(asking({ worstBy, limit: 1 })?.map(({ tagId }) => tagId)).toEqual(tagIds.slice(0, 1));
    expect(asking({ worstBy, tagIds: [1, 2] })?.map(({ tagId }) => tagId)).toEqual(
      tagIds.filter((id) => (id as number) === 2),
    );
  });

  test('is not told to a topic that is no place for a reply', () => {
    const before = said.length;
    asking({ replyTo: 'linepack/alarm/event/gate' });
    expect([said.length, warned.length]).toEqual([before, 1]);
  });
});
