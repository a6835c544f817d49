import 'reflect-metadata';
import { LedgerQuestion, TOPIC, type PartStatus, type TagLedger, type TagLedgers } from '@linepack/contracts';
import { T0 } from './alarm-words';
import { Client, accountsMade, startWorld, until, type World } from './world';

let world: World;
const asked: LedgerQuestion[] = [];
/** What each collector counted. */
const counted = new Map<string, TagLedger[]>();
const clients = new Map<string, Client>();

async function read(userName: string, path: string): Promise<[number, TagLedgers]> {
  const client = clients.get(userName) as Client;
  const response = await client.get(path);
  return [response.status, (await response.json()) as TagLedgers];
}

const line = (tagId: number, more: Partial<TagLedger>): TagLedger => ({
  tagId,
  received: 10,
  stored: 0,
  unchanged: 0,
  duplicate: 0,
  history: 0,
  refused: {},
  discarded: {},
  open: 0,
  ...more,
});

const say = (instance: string, state: PartStatus['state']): Promise<void> =>
  world.say(TOPIC.collectorStatus(instance), { part: 'collector', state, at: T0, instance, partitions: [] });

beforeAll(async () => {
  world = await startWorld();
  await accountsMade(world);
  await world.pool.query(
    `insert into app_user (user_name, display_name, password_hash, role, stations)
     select 'north', 'north', password_hash, role, '{rs-north}' from app_user where user_name = 'maintainer'`,
  );
  for (const userName of ['maintainer', 'north', 'viewer']) {
    const client = new Client(world.url);
    await client.post('/api/auth/sign-in', { userName, password: 'linepack-demo' });
    clients.set(userName, client);
  }
  world.voice.on('message', (topic, payload) => {
    if (topic !== TOPIC.ledgerAsked) return;
    const question = LedgerQuestion.parse(JSON.parse(payload.toString()));
    asked.push(question);
    for (const [instance, all] of counted) {
      const lines = all
        .filter(({ tagId }) => question.tagIds?.includes(tagId) ?? true)
        .slice(0, question.limit);
      void world.say(question.replyTo, { questionId: question.questionId, instance, lines });
    }
  });
  await world.voice.subscribeAsync(TOPIC.ledgerAsked, { qos: 1 });
  await say('a', 'up');
  await say('b', 'degraded');
  await say('gone', 'down');
  await until(
    async () =>
      (await (await (clients.get('maintainer') as Client).get('/api/diagnostics')).text()).includes('gone'),
    (known) => known,
  );
}, 60_000);
afterAll(() => world?.end());

describe('the words of single tags', () => {
  it('are added up over the collectors that counted them, the worst first', async () => {
    const [gate, south] = [world.tag('gate.pt-1'), world.tag('rs-south.pt-1')];
    counted.set('a', [line(gate, { refused: { SpoolFull: 5 } })]);
    counted.set('b', [
      line(south, { refused: { farAhead: 6 } }),
      line(gate, { refused: { SpoolFull: 1, farAhead: 2 }, stored: 7 }),
    ]);
    const [status, { lines, unanswered }] = await read('maintainer', '/api/diagnostics/tags?limit=1');
    expect([status, unanswered]).toEqual([200, 0]);
    // The southern one is the worst of its collector, the gate the worst of both: 8 words.
    expect(lines).toEqual([line(gate, { received: 20, refused: { SpoolFull: 6, farAhead: 2 }, stored: 7 })]);
  });

  it('of one tag are looked up, whatever became of them', async () => {
    const north = world.tag('rs-north.pt-1');
    counted.set('a', [line(north, { stored: 10 })]);
    counted.set('b', []);
    const [, { lines }] = await read('north', `/api/diagnostics/tags?tag=${north}`);
    expect(lines).toEqual([line(north, { stored: 10 })]);
    expect(asked.at(-1)).toMatchObject({ tagIds: [north], worstBy: null });
  });

  it('are asked for of his stations only for who is bound to them', async () => {
    const before = asked.length;
    await read('north', '/api/diagnostics/tags?worstBy=duplicate');
    const own = ['rs-north.pt-1', 'rs-north.pt-2', 'rs-north.tot'].map((key) => world.tag(key));
    expect([...(asked[before]?.tagIds ?? [])].sort()).toEqual(own.sort());
  });

  it('say how many collectors did not answer', async () => {
    counted.delete('b');
    const [status, { unanswered }] = await read('maintainer', '/api/diagnostics/tags');
    expect([status, unanswered]).toEqual([200, 1]);
  });

  it('are for who may see diagnostics', async () => {
    expect((await read('viewer', '/api/diagnostics/tags'))[0]).toBe(403);
  });
});
