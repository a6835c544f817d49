import fc from 'fast-check';
import { OutgoingQueue, type Outgoing, type Standing } from '../src/bus-outgoing';

const message = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  topic: `t/${text}`,
  text,
  retain: false,
  standing: () => 'holds',
  ...more,
});

const queueOf = (...texts: string[]) => {
  const aside: string[] = [];
  const queue = new OutgoingQueue((m) => aside.push(m.text));
  texts.forEach((text) => queue.add(message(text)));
  return { queue, aside, send: () => queue.next().map((m) => m.text) };
};

/** How a connection goes: it proves itself or ends before, and ends at the first message that `isBad`. */
function connection(queue: OutgoingQueue, isBad: (m: Outgoing) => boolean, proves = true): string[] {
  const arrived: string[] = [];
  queue.connected();
  for (;;) {
    if (queue.wantsProof && !proves) break;
    if (queue.wantsProof) queue.proven();
    const sent = queue.next();
    const bad = sent.findIndex(isBad);
    for (const one of bad < 0 ? sent : sent.slice(0, bad)) {
      arrived.push(one.text);
      queue.acknowledged(one);
    }
    if (bad >= 0 || sent.length === 0) break;
  }
  queue.disconnected();
  return arrived;
}
const isPoison = (m: Outgoing): boolean => m.text.startsWith('poison');

describe('what waits for the bus', () => {
  test('goes in order, and again in that order when the connection ended before it was acknowledged', () => {
    const { queue, send } = queueOf('a', 'b', 'c');
    queue.connected();
    expect(send()).toEqual(['a', 'b', 'c']);
    queue.disconnected();
    expect(send()).toEqual(['a']);
  });

  test('one at which proven connections end, three in a row, is set aside, and only that', () => {
    const { queue, aside } = queueOf('a', 'b', 'poison', 'c', 'd');
    const arrived = Array.from({ length: 12 }, () => connection(queue, isPoison)).flat();
    expect(arrived).toEqual(['a', 'b', 'c', 'd']);
    expect(aside).toEqual(['poison']);
    expect(queue.counts).toEqual({ waiting: 0, dropped: 0, setAside: 1 });
  });

  test('a line that is cut twice at one message costs nothing: it is said on the third connection', () => {
    const { queue, aside } = queueOf('alarm', 'next');
    for (let cut = 0; cut < 2; cut += 1) expect(connection(queue, (m) => m.text === 'alarm')).toEqual([]);
    expect(connection(queue, () => false)).toEqual(['alarm', 'next']);
    expect(aside).toEqual([]);
  });

  test('connections that end before they have proved themselves say nothing of the message', () => {
    const { queue, aside } = queueOf('alarm');
    for (let cut = 0; cut < 50; cut += 1) connection(queue, () => true, false);
    expect(aside).toEqual([]);
    expect(queue.counts.waiting).toBe(1);
  });

  test('a connection that was never there is none: a broker that starts again slowly does not start the count again', () => {
    const { queue, aside } = queueOf('poison', 'a');
    for (let i = 0; i < 6; i += 1) {
      connection(queue, isPoison);
      queue.disconnected();
    }
    expect(aside).toEqual(['poison']);
  });

  test('a retained word that is said anew stays suspect: it would hold up all others for ever', () => {
    const table = (text: string) => message(text, { topic: 'table', retain: true });
    const { queue, aside } = queueOf();
    for (let i = 0; i < 8; i += 1) {
      queue.add(table(`poison ${i}`));
      connection(queue, isPoison);
    }
    expect(aside).toHaveLength(1);
  });

  test.each(['linepack/#', 'linepack/+/x', '', 'a\0b'])(
    '%j is no topic: set aside at once, at no cost',
    (topic) => {
      const { queue, aside, send } = queueOf('a');
      queue.add(message('answer', { topic }));
      expect([aside, send()]).toEqual([['answer'], ['a']]);
    },
  );

  test('a bus that goes away again and again costs no message when it is not at the same one', () => {
    const { queue, aside } = queueOf('a', 'b', 'c', 'd');
    for (let round = 0; round < 20; round += 1) {
      queue.connected();
      const [first] = queue.next();
      if (first) queue.acknowledged(first);
      queue.next();
      queue.disconnected();
    }
    expect(aside).toEqual([]);
  });

  test('is asked again whether it holds when it is sent; while that is unsure all wait', () => {
    const { queue, send } = queueOf();
    let standing: Standing = 'unsure';
    queue.add(message('mine', { standing: () => standing }));
    queue.add(message('later'));
    expect(send()).toEqual([]);
    expect(queue.isHeldUp).toBe(true);
    standing = 'void';
    expect(send()).toEqual(['later']);
    expect(queue.counts.waiting).toBe(1);
  });

  test('is bounded: a retained word is there once, and the oldest passing one makes room', () => {
    const { queue } = queueOf();
    for (let i = 0; i < 20; i += 1) queue.add(message(`${i}`, { topic: 'table', retain: true }));
    expect(queue.counts.waiting).toBe(1);
    for (let i = 0; i < 10_005; i += 1) queue.add(message(`e${i}`));
    expect(queue.counts).toMatchObject({ waiting: 10_000, dropped: 6 });
    expect(queue.next()[0]?.text).toBe('19');
  });

  test('whatever the connections do, what is acknowledged is each message once, in order, but for the poison', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ends: fc.nat(12), proves: fc.boolean() }), { maxLength: 40 }),
        fc.array(fc.boolean(), { maxLength: 12 }),
        (connections, poisons) => {
          const aside: string[] = [];
          const queue = new OutgoingQueue((m) => aside.push(m.text));
          poisons.forEach((bad, i) => queue.add(message(bad ? `poison${i}` : `${i}`)));
          // A line that is cut at a message by chance is not cut there five times in a row.
          const arrived = connections.flatMap(({ ends, proves }, i) =>
            connection(queue, (m) => isPoison(m) || (i % 3 !== 0 && m.text === `${ends}`), proves),
          );
          // Enough good connections at the end for every poison to be found.
          for (let i = 0; i < 80; i += 1) arrived.push(...connection(queue, isPoison));
          expect(arrived).toEqual(poisons.flatMap((bad, i) => (bad ? [] : [`${i}`])));
          expect(aside).toEqual(poisons.flatMap((bad, i) => (bad ? [`poison${i}`] : [])));
          expect(queue.counts.waiting).toBe(0);
        },
      ),
    );
  });
});
