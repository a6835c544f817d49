import fc from 'fast-check';
import { Partition, ReplyTopic, TOPIC } from './index';

describe('a reply topic', () => {
  test.each(['linepack/reply/test', TOPIC.reply('linepack-api-0d9f1c52-8f0e-4f6f-9b0e-1a2b3c4d5e6f')])(
    '%s is one of ours',
    (topic) => expect(ReplyTopic.safeParse(topic).success).toBe(true),
  );

  test.each([
    ['a wildcard for all below', 'linepack/#'],
    ['a wildcard in its last level', 'linepack/reply/#'],
    ['a wildcard for one level', 'linepack/reply/+'],
    ['an alarm', 'linepack/alarm/event/gate'],
    ['a level more', 'linepack/reply/api/x'],
    ['no client', 'linepack/reply/'],
    ['a broker of its own', '$SYS/broker/uptime'],
    ['a line more', 'linepack/reply/a\nb'],
    ['nothing', ''],
  ])('%s is none', (_what, topic) => expect(ReplyTopic.safeParse(topic).success).toBe(false));

  test('whatever passes holds nothing that MQTT gives a meaning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (client) => {
        if (!ReplyTopic.safeParse(TOPIC.reply(client)).success) return;
        expect(client).toMatch(/^[^#+/\0\s$]+$/);
      }),
    );
  });
});

test.each(['#', '+', 'a/b', '', 'A', 'network\0'])(
  '%j is no partition: it would be part of a topic',
  (name) => {
    expect(Partition.safeParse(name).success).toBe(false);
  },
);
