import 'reflect-metadata';
import {
  TOPIC,
  type Alarm,
  type AlarmTable,
  type CommandAnswer,
  type LatestValues,
  type LiveSample,
  type Problem,
  type WatchAnswer,
} from '@linepack/contracts';
import { io } from 'socket.io-client';
import { browse, closeAll, open, type Browser } from './browser';
import { acknowledge, alarmOf as alarmIn, eventOf, own, sayOwned, T0 } from './alarm-words';
import { Client, accountsMade, startWorld, until, type World } from './world';

const PASSWORD = 'linepack-demo';

let world: World;

async function signIn(userName: string): Promise<Client> {
  const client = new Client(world.url);
  const response = await client.post('/api/auth/sign-in', { userName, password: PASSWORD });
  expect(response.status).toBe(200);
  return client;
}

const watch = (socket: Browser, room: string): Promise<WatchAnswer> =>
  socket.emitWithAck('watch', room as 'overview');

const alarmOf = (stationId: string, more: Partial<Alarm> = {}) => alarmIn(world, stationId, more);

const tableOf = async (client: Client): Promise<AlarmTable> =>
  (await (await client.get('/api/alarms')).json()) as AlarmTable;

beforeAll(async () => {
  world = await startWorld();
  await accountsMade(world);
  await sayOwned(world, ['gate', 'rs-north', 'network']);
}, 60_000);
afterEach(closeAll);
afterAll(() => world?.end());

describe('live values', () => {
  it('reach the watchers of their room only, and those who start to watch at once', async () => {
    const dispatcher = await signIn('dispatcher');
    const [north, south, overview] = await Promise.all([
      browse(dispatcher),
      browse(dispatcher),
      browse(dispatcher),
    ]);
    expect(await watch(north.socket, 'station:rs-north')).toEqual({ ok: true });
    expect(await watch(south.socket, 'station:rs-south')).toEqual({ ok: true });
    expect(await watch(overview.socket, 'overview')).toEqual({ ok: true });
    const [shown, hidden] = [world.tag('rs-north.pt-1'), world.tag('rs-north.pt-2')];
    await world.say(TOPIC.live('rs-north'), {
      stationId: 'rs-north',
      at: T0,
      epoch: 1,
      samples: [
        [shown, T0, 0, 0.31, T0],
        [hidden, T0, 0, 0.32, T0],
      ],
    });
    await until(
      () => north.live.length + overview.live.length,
      (n) => n >= 3,
    );
    // What comes later and is heard by the south proves that the north's did not come before it.
    await world.say(TOPIC.live('rs-south'), {
      stationId: 'rs-south',
      at: T0,
      epoch: 1,
      samples: [[world.tag('rs-south.pt-2'), T0, 0, 0.33, T0]],
    });
    await until(
      () => south.live.length,
      (n) => n > 0,
    );
    expect(north.live).toEqual([
      [shown, T0, 0, 0.31, T0],
      [hidden, T0, 0, 0.32, T0],
    ]);
    expect(overview.live).toEqual([[shown, T0, 0, 0.31, T0]]);
    expect(south.live.map(([tagId]) => tagId)).toEqual([world.tag('rs-south.pt-2')]);
    const late = await browse(dispatcher);
    await watch(late.socket, 'station:rs-north');
    expect(
      await until(
        () => late.live,
        (samples) => samples.length > 0,
      ),
    ).toEqual(north.live);
  });

  it('keep what was heard last, and the last good value beside a bad one', async () => {
    const tag = world.tag('gate.pt-1');
    const say = (epoch: number, samples: LiveSample[]) =>
      world.say(TOPIC.live('gate'), { stationId: 'gate', at: T0, epoch, samples });
    await say(1, [[tag, T0 + 1, 0, 1.5, T0 + 1]]);
    // The station went to another owner; what the earlier one still has to say is of before.
    await say(2, [[tag, T0 + 3, -2_147_483_648, null, T0 + 3]]);
    await say(1, [[tag, T0 + 9, 0, 1.6, T0 + 9]]);
    const client = await signIn('viewer');
    const latest = await until(
      async () => ((await (await client.get(`/api/latest?tags=${tag}`)).json()) as LatestValues).values[0],
      (value) => value?.ts === T0 + 3,
    );
    expect(latest).toEqual({
      tagId: tag,
      ts: T0 + 3,
      quality: -2_147_483_648,
      value: null,
      heardAt: T0 + 3,
      lastGood: { ts: T0 + 1, value: 1.5 },
    });
  });

  it('of another station are not for a station chief', async () => {
    const { socket, live } = await browse(await signIn('station1'));
    expect(await watch(socket, 'station:rs-south')).toEqual({ ok: false, code: 'unknownStation' });
    expect(await watch(socket, 'station:nowhere')).toEqual({ ok: false, code: 'unknownStation' });
    for (const room of ['station:a\0b', 'station:\ud83d', 'station:#', ''])
      expect(await watch(socket, room)).toEqual({ ok: false, code: 'unknownStation' });
    expect(await watch(socket, 'overview')).toEqual({ ok: true });
    const own = world.tag('rs-north.pt-1');
    for (const [stationId, tagId] of [
      ['gate', world.tag('gate.pt-1')],
      ['rs-south', world.tag('rs-south.pt-1')],
      ['rs-north', own],
    ] as const)
      await world.say(TOPIC.live(stationId), {
        stationId,
        at: T0,
        epoch: 1,
        samples: [[tagId, T0 + 60e6, 0, 0.35, T0 + 60e6]],
      });
    await until(
      () => live.some(([tagId, ts]) => tagId === own && ts === T0 + 60e6),
      (heard) => heard,
    );
    expect(new Set(live.map(([tagId]) => tagId))).toEqual(new Set([own]));
  });
});

describe('the socket', () => {
  it('beats', async () => {
    const { beats } = await browse(await signIn('viewer'));
    await until(beats, (n) => n > 1);
  });

  it('refuses who is not signed in, and a page of another site', async () => {
    const refusal = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = io(world.url, { path: '/api/socket', extraHeaders: headers, reconnection: false });
        open.push(socket);
        socket.on('connect_error', (error) => resolve(error.message));
      });
    expect(await refusal({})).toBe('notSignedIn');
    const { cookie } = await signIn('viewer');
    expect(await refusal({ Cookie: cookie ?? '', Origin: 'https://evil.example' })).toBe('foreignOrigin');
  });

  it('closes when the session ends', async () => {
    const client = await signIn('viewer');
    const { socket } = await browse(client);
    await client.post('/api/auth/sign-out');
    await until(
      () => socket.connected,
      (connected) => !connected,
    );
  });
});

describe('alarms', () => {
  it('reach who may see them, marked as not journalled until they are', async () => {
    const [dispatcher, chief] = [await signIn('dispatcher'), await signIn('station1')];
    const [all, north] = [await browse(dispatcher), await browse(chief)];
    const events = [eventOf(alarmOf('rs-south')), eventOf(alarmOf('rs-north'))];
    for (const event of events) await world.say(TOPIC.alarmEvent(event.partition), { event, epoch: 1 });
    await until(
      () => all.alarms.length + north.alarms.length,
      (n) => n === 3,
    );
    expect(north.alarms.map(({ partition }) => partition)).toEqual(['rs-north']);
    const before = await tableOf(dispatcher);
    expect(before.alarms.map((a) => [a.stationId, a.journalled])).toEqual([
      ['rs-south', false],
      ['rs-north', false],
    ]);
    expect((await tableOf(chief)).alarms.map(({ stationId }) => stationId)).toEqual(['rs-north']);
    const entries = events.map(({ eventId, alarmId }, i) => ({ eventId, alarmId, seq: i + 1 }));
    await world.say(TOPIC.alarmJournalled, { entries });
    await until(
      () => all.journalled.length + north.journalled.length,
      (n) => n === 3,
    );
    expect(north.journalled).toEqual([events[1]?.eventId]);
    const after = await tableOf(dispatcher);
    expect(after.seq).toBe(2);
    expect(after.alarms.every(({ journalled }) => journalled)).toBe(true);
  });

  it('leave the table when they are normal, and when their owner no longer lists them', async () => {
    const dispatcher = await signIn('dispatcher');
    const gate = alarmOf('gate');
    await world.say(TOPIC.alarmTable('gate'), {
      partition: 'gate',
      at: T0,
      epoch: 1,
      alarms: [gate, { ...gate, alarmId: 'tag:gate.pt-2:L' }],
      unjournalled: [gate.alarmId],
    });
    const ids = async () =>
      (await tableOf(dispatcher)).alarms
        .filter((a) => a.stationId === 'gate')
        .map((a) => [a.alarmId, a.journalled]);
    await until(ids, (seen) => seen.length === 2);
    expect(await ids()).toEqual([
      [gate.alarmId, false],
      ['tag:gate.pt-2:L', true],
    ]);
    const note = { by: 'anna', at: T0, comment: '' };
    const normal = {
      ...gate,
      active: false,
      acknowledged: true,
      letter: 'A' as const,
      noted: { station: note, dispatch: note },
    };
    await world.say(TOPIC.alarmEvent('gate'), { event: eventOf(normal, 'returned'), epoch: 1 });
    await until(ids, (seen) => seen.length === 1);
    await world.say(TOPIC.alarmTable('gate'), {
      partition: 'gate',
      at: T0,
      epoch: 1,
      alarms: [],
      unjournalled: [],
    });
    await until(ids, (seen) => seen.length === 0);
  });

  it('are acknowledged by their owner, at the position of the user', async () => {
    const station1 = await signIn('station1');
    const alarm = alarmOf('rs-north');
    const commands = await own(world, 'rs-north', ({ occurrence, actor, at, comment }) =>
      occurrence === 1
        ? {
            ok: true,
            durable: 'journal',
            alarm: {
              ...alarm,
              acknowledged: true,
              letter: 'C',
              noted: { station: { by: actor, at, comment }, dispatch: null },
            },
          }
        : { ok: false, code: 'otherOccurrence', detail: '' },
    );
    await world.say(TOPIC.alarmEvent('rs-north'), { event: eventOf(alarm), epoch: 1 });
    await until(
      async () => (await tableOf(station1)).alarms.length,
      (n) => n === 1,
    );
    const answer = await acknowledge(station1, alarm.alarmId, { occurrence: 1, comment: '已到现场' });
    expect(answer.status).toBe(200);
    expect((await answer.json()) as CommandAnswer).toMatchObject({
      durable: 'journal',
      alarm: { letter: 'C', noted: { station: { by: 'station1', comment: '已到现场' } } },
    });
    expect(commands[0]).toMatchObject({ position: 'station', actor: 'station1', alarmId: alarm.alarmId });
    const stale = await acknowledge(station1, alarm.alarmId, { occurrence: 2 });
    expect([stale.status, ((await stale.json()) as Problem).code]).toEqual([409, 'otherOccurrence']);
    const { rows } = await world.pool.query<{ new: { commandId: string } }>(
      `select actor, action, target, old, new from audit_event where target = $1 order by id`,
      [alarm.alarmId],
    );
    const [commandId, staleId] = commands.map((command) => command.commandId);
    expect(rows).toMatchObject([
      {
        actor: 'station1',
        action: 'alarm.acknowledge',
        old: { occurrence: 1, position: 'station', letter: 'B', noted: null },
        new: { commandId, stationId: 'rs-north', comment: '已到现场' },
      },
      {
        actor: 'station1',
        action: 'command.outcome',
        new: { commandId, outcome: 'done', durable: 'journal', letter: 'C', noted: { by: 'station1' } },
      },
      { action: 'alarm.acknowledge', new: { commandId: staleId, occurrence: 2 } },
      { action: 'command.outcome', new: { commandId: staleId, outcome: 'refused', code: 'otherOccurrence' } },
    ]);
  });

  it('are not acknowledged by who may not', async () => {
    const body = { occurrence: 1 };
    const viewer = await acknowledge(await signIn('viewer'), 'tag:rs-north.pt-1:L', body);
    expect([viewer.status, ((await viewer.json()) as Problem).code]).toEqual([403, 'forbidden']);
    const station1 = await signIn('station1');
    const elsewhere = await acknowledge(station1, 'tag:rs-south.pt-1:L', body);
    expect([elsewhere.status, ((await elsewhere.json()) as Problem).code]).toEqual([404, 'unknownAlarm']);
    const unknown = await acknowledge(await signIn('chief'), 'tag:rs-south.pt-1:XX', body);
    expect([unknown.status, ((await unknown.json()) as Problem).code]).toEqual([404, 'unknownAlarm']);
    const wrong = await acknowledge(await signIn('chief'), 'tag:rs-south.pt-1:L', { comment: 'x' });
    const problem = (await wrong.json()) as Problem;
    expect([wrong.status, problem.errors?.map(({ field }) => field)]).toEqual([422, ['occurrence']]);
  });
});

describe('loss', () => {
  it('is told to who may see it', async () => {
    const [metrology, station1] = [
      await browse(await signIn('metrology')),
      await browse(await signIn('station1')),
    ];
    await world.say(TOPIC.lossUpdated, { areaIds: ['town'], gasDay: '2026-03-01', provisional: false });
    await until(
      () => metrology.loss,
      (days) => days.length > 0,
    );
    // An alarm of his own comes after it on the same connection.
    await world.say(TOPIC.alarmEvent('rs-north'), { event: eventOf(alarmOf('rs-north')), epoch: 1 });
    await until(
      () => station1.alarms.length,
      (n) => n > 0,
    );
    expect(station1.loss).toEqual([]);
  });
});

// The last one: it kills the database.
describe('while the database is away', () => {
  it('who is signed in stays so, alarms are listed and acknowledged, the rest says so at once; then all is made up for', async () => {
    const [dispatcher, station1] = [await signIn('dispatcher'), await signIn('station1')];
    const chief = await signIn('chief');
    await world.database.end('SIGKILL');
    const table = await until(
      () => tableOf(dispatcher),
      ({ databaseAway }) => databaseAway,
    );
    expect(table.alarms.map(({ stationId }) => stationId)).toContain('rs-north');
    for (const path of ['/api/auth/me', '/api/stations', '/api/tags', '/api/latest', '/api/network'])
      expect([path, (await dispatcher.get(path)).status]).toEqual([path, 200]);
    expect((await fetch(`${world.url}/api/health`)).status).toBe(503);
    const history = await dispatcher.get(`/api/history?tags=${world.tag('gate.pt-1')}&from=0&to=1000`);
    expect([history.status, ((await history.json()) as Problem).code]).toEqual([503, 'databaseAway']);

    const raised = await browse(dispatcher);
    await world.say(TOPIC.alarmEvent('rs-north'), {
      event: eventOf(alarmOf('rs-north', { occurrence: 1 })),
      epoch: 1,
    });
    await until(
      () => raised.alarms.length,
      (n) => n > 0,
    );
    const answer = await acknowledge(station1, 'tag:rs-north.pt-1:L', { occurrence: 1 });
    expect(answer.status).toBe(200);
    // Its audit entries, intent and outcome, wait for the database.
    const waiting = await dispatcher.get('/api/diagnostics');
    expect(await waiting.json()).toMatchObject({ database: 'away', auditWaiting: 2 });

    await world.reviveDatabase();
    const { entries } = await until(
      async () =>
        (await (await chief.get('/api/audit?limit=1')).json()) as {
          entries?: { action: string; actor: string }[];
        },
      (page) => page.entries?.[0]?.action === 'command.outcome',
    );
    expect(entries?.[0]?.actor).toBe('station1');
    expect((await tableOf(dispatcher)).databaseAway).toBe(false);
  }, 60_000);
});
