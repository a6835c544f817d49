import 'reflect-metadata';
import { TOPIC, type AlarmCommand, type AuditPage, type Problem } from '@linepack/contracts';
import { acknowledge, alarmOf, eventOf, own, sayOwned } from './alarm-words';
import { Client, accountsMade, startWorld, until, type World } from './world';

let world: World;
let dispatcher: Client;

beforeAll(async () => {
  world = await startWorld();
  await accountsMade(world);
  dispatcher = new Client(world.url);
  await dispatcher.post('/api/auth/sign-in', { userName: 'chief', password: 'linepack-demo' });
  for (const station of ['gate', 'rs-north', 'rs-south'])
    await world.say(TOPIC.alarmEvent(station), { event: eventOf(alarmOf(world, station)), epoch: 1 });
  await until(
    async () => (await (await dispatcher.get('/api/alarms')).json()) as { alarms: unknown[] },
    ({ alarms }) => alarms.length === 3,
  );
}, 180_000);
afterAll(() => world?.end());

const problemOf = async (answer: Promise<Response>): Promise<[number, string]> => {
  const response = await answer;
  return [response.status, ((await response.json()) as Problem).code];
};

/** What the audit trail says of commands on an alarm, oldest first. */
async function recorded(alarmId: string, wanted: number) {
  const { entries } = await until(
    async () => (await (await dispatcher.get('/api/audit?limit=500')).json()) as AuditPage,
    (page) => page.entries.filter(({ subject }) => subject === alarmId).length >= wanted,
  );
  return entries
    .filter(({ subject }) => subject === alarmId)
    .reverse()
    .map(({ action, after }) => ({ action, ...(after as { commandId: string; outcome?: string }) }));
}

describe('a command', () => {
  it('is not sent where no collector owns the alarm, and that is what is said and recorded', async () => {
    const { alarmId } = alarmOf(world, 'rs-south');
    const seen = await own(world, 'rs-south', () => null);
    await sayOwned(world, ['gate', 'network']);
    expect(await problemOf(acknowledge(dispatcher, alarmId, { occurrence: 1 }))).toEqual([503, 'noOwner']);
    expect(await recorded(alarmId, 2)).toMatchObject([
      { action: 'alarm.acknowledge' },
      { action: 'command.outcome', outcome: 'notSent', code: 'noOwner' },
    ]);
    expect(seen).toEqual([]);
  });

  it('may have been executed when no answer came: that is said, and the outcome is recorded when it comes', async () => {
    const alarm = alarmOf(world, 'gate');
    const seen = await own(world, 'gate', () => null);
    await sayOwned(world, ['gate', 'network']);
    const answer = await problemOf(acknowledge(dispatcher, alarm.alarmId, { occurrence: 1 }));
    expect(answer).toEqual([504, 'outcomeUnknown']);
    const [{ commandId, replyTo, deadline, at }] = seen as [AlarmCommand];
    expect(await recorded(alarm.alarmId, 2)).toMatchObject([
      { action: 'alarm.acknowledge', commandId },
      { action: 'command.outcome', commandId, outcome: 'unknown' },
    ]);
    // The owner stops before the api does.
    expect(deadline).toBeGreaterThan(at);
    expect(deadline).toBeLessThan(at + 5_000_000);
    await world.say(replyTo, { commandId, ok: true, durable: 'journal', alarm: { ...alarm, letter: 'C' } });
    await world.say(replyTo, { commandId, ok: true, durable: 'journal', alarm: { ...alarm, letter: 'C' } });
    expect(await recorded(alarm.alarmId, 3)).toMatchObject([
      { action: 'alarm.acknowledge', commandId },
      { action: 'command.outcome', commandId, outcome: 'unknown' },
      { action: 'command.outcome', commandId, outcome: 'done', durable: 'journal', letter: 'C' },
    ]);
  }, 20_000);

  it('that was carried out and is not durable yet is not recorded as refused: what becomes of it is not known', async () => {
    const alarm = alarmOf(world, 'rs-south');
    await own(world, 'rs-south', () => ({ ok: false, code: 'notDurable', detail: 'it is kept and goes in' }));
    await sayOwned(world, ['rs-south']);
    await until(
      async () => problemOf(acknowledge(dispatcher, alarm.alarmId, { occurrence: 1 })),
      ([, code]) => code === 'notDurable',
    );
    const last = (await recorded(alarm.alarmId, 4)).at(-1);
    expect(last).toMatchObject({ action: 'command.outcome', outcome: 'unknown', code: 'notDurable' });
  });

  it('is recorded before it is sent', async () => {
    const alarm = alarmOf(world, 'rs-north');
    const before = new Promise<unknown>((resolve) => {
      void own(world, 'rs-north', ({ commandId }) => {
        void world.pool
          .query(`select action from audit_event where new ->> 'commandId' = $1`, [commandId])
          .then(({ rows }) => resolve(rows));
        return { ok: false, code: 'expired', detail: '' };
      });
    });
    await sayOwned(world, ['rs-north']);
    await until(
      async () => problemOf(acknowledge(dispatcher, alarm.alarmId, { occurrence: 1 })),
      ([, code]) => code === 'expired',
    );
    expect(await before).toEqual([{ action: 'alarm.acknowledge' }]);
  });

  it('reaches an alarm of a station that is no longer in the network, from whoever answers for it', async () => {
    const alarm = alarmOf(world, 'gate', {
      alarmId: 'tag:old.pt-1:L',
      partition: 'old',
      stationId: 'old',
      tagId: null,
    });
    await world.pool.query(
      `insert into app_user (user_name, display_name, password_hash, role, stations)
       select 'old-chief', '站长', password_hash, role, '{old}' from app_user where user_name = 'station1'`,
    );
    const signedIn = async (userName: string): Promise<Client> => {
      const client = new Client(world.url);
      await client.post('/api/auth/sign-in', { userName, password: 'linepack-demo' });
      return client;
    };
    const seen = await own(world, 'old', () => ({ ok: true, durable: 'journal', alarm }));
    await sayOwned(world, ['gate', 'network', 'old']);
    await world.say(TOPIC.alarmEvent('old'), { event: eventOf(alarm), epoch: 1 });
    await until(
      async () => (await acknowledge(dispatcher, alarm.alarmId, { occurrence: 1 })).status,
      (status) => status === 200,
    );
    const chief = await acknowledge(await signedIn('old-chief'), alarm.alarmId, { occurrence: 1 });
    expect(chief.status).toBe(200);
    const elsewhere = acknowledge(await signedIn('station1'), alarm.alarmId, { occurrence: 1 });
    expect(await problemOf(elsewhere)).toEqual([404, 'unknownAlarm']);
    expect(seen.map(({ position }) => position)).toEqual(['dispatch', 'station']);
  });
});
