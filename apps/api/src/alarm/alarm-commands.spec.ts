import type { AlarmCommandReply } from '@linepack/contracts';
import { AlarmCommands } from './alarm-commands';

const command = {
  commandId: 'c',
  at: 0,
  deadline: 4_000_000,
  kind: 'acknowledge',
  alarmId: 'tag:gate.p:H',
  occurrence: 1,
  position: 'dispatch',
  actor: 'li',
  comment: '',
} as const;
const refusal: AlarmCommandReply = { commandId: 'c', ok: false, code: 'unknownAlarm', detail: '' };

/** A bus whose replies the test gives. */
function commandsOn(state: 'up' | 'away', publish: () => Promise<void>) {
  let answer: (reply: AlarmCommandReply) => void = () => undefined;
  const sent: string[] = [];
  const bus = {
    clientId: 'test',
    state,
    subscribe: (topic: string, _schema: unknown, take: never) => {
      expect(topic).toBe('linepack/reply/test');
      answer = take;
    },
    publish: (topic: string) => {
      sent.push(topic);
      return publish();
    },
  };
  const commands = new AlarmCommands(bus, 20);
  const late: AlarmCommandReply[] = [];
  return {
    sent,
    late,
    reply: (reply: AlarmCommandReply) => answer(reply),
    send: () => commands.send('gate', command, (reply) => late.push(reply)),
    stop: () => commands.stop(),
  };
}

describe('sending a command', () => {
  it('gives the answer of the owner', async () => {
    const { send, reply, sent } = commandsOn('up', () => Promise.resolve());
    const answer = send();
    reply({ ...refusal, commandId: 'of somebody else' });
    reply(refusal);
    expect(await answer).toEqual(refusal);
    expect(sent).toEqual(['linepack/alarm/command/gate']);
  });

  it('says that the bus is away only of a command that was not handed to it', async () => {
    const { send, sent } = commandsOn('away', () => Promise.resolve());
    await expect(send()).rejects.toMatchObject({ code: 'busAway' });
    expect(sent).toEqual([]);
  });

  it.each([
    ['the bus has taken it', () => Promise.resolve()],
    [
      'the connection broke before the bus confirmed it',
      () => Promise.reject(new Error('connection closed')),
    ],
  ])(
    'leaves the outcome unknown when %s and no answer comes, and tells a late one once',
    async (_what, publish) => {
      const { send, reply, late, stop } = commandsOn('up', publish);
      await expect(send()).rejects.toMatchObject({ code: 'outcomeUnknown', status: 504 });
      reply(refusal);
      reply(refusal);
      expect(late).toEqual([refusal]);
      stop();
    },
  );
});
