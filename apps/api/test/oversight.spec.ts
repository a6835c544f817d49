import 'reflect-metadata';
import { TOPIC, type AuditPage, type Diagnostics, type Health, type PartStatus } from '@linepack/contracts';
import { Client, accountsMade, startWorld, until, type World } from './world';

const PASSWORD = 'linepack-demo';
const T0 = Date.UTC(2026, 2, 1) * 1_000;

let world: World;

const deed = (target: string, note: string) => ({
  at: T0,
  actor: 'dispatcher',
  address: '10.0.0.1',
  action: 'alarm.acknowledge',
  target,
  old: null,
  new: { note },
});

async function signIn(userName: string): Promise<Client> {
  const client = new Client(world.url);
  const response = await client.post('/api/auth/sign-in', { userName, password: PASSWORD });
  expect(response.status).toBe(200);
  return client;
}

const read = async <T>(client: Client, path: string): Promise<T> =>
  (await (await client.get(path)).json()) as T;

const source = (sourceId: string): NonNullable<PartStatus['sources']>[number] => ({
  sourceId,
  state: 'disconnected',
  since: T0,
  lastNotificationAt: null,
  monitored: 0,
  rejected: 0,
  error: `connect ECONNREFUSED 10.9.8.7 (${sourceId})`,
});

const collector = (instance: string, partitions: string[]): PartStatus => ({
  part: 'collector',
  state: 'up',
  at: T0,
  detail: 'not connected: plc',
  instance,
  partitions,
  sources: [source('plc'), source('elsewhere')],
});

beforeAll(async () => {
  world = await startWorld({
    auditWaiting: [
      deed('tag:gate.pt-1:L', 'good'),
      deed('tag:gate.pt-1:L', 'NUL \0'),
      deed('tag:gate.pt-1:L', 'half \ud83d'),
      deed('tag:rs-north.pt-1:L', 'good'),
    ],
  });
  await accountsMade(world);
  for (const role of ['metrology', 'maintainer'])
    await world.pool.query(
      `insert into app_user (user_name, display_name, password_hash, role, stations)
       select $1 || '-north', $1, password_hash, role, '{rs-north}' from app_user where user_name = $1`,
      [role],
    );
}, 180_000);
afterAll(() => world?.end());

describe('audit entries the database cannot keep', () => {
  it('are set aside when an earlier process left them, and the others are written', async () => {
    const diagnostics = await until(
      async () => read<Diagnostics>(await signIn('chief'), '/api/diagnostics'),
      ({ auditWaiting }) => auditWaiting === 0,
    );
    expect(diagnostics.auditSetAside).toBe(2);
    expect(diagnostics.parts.find(({ part }) => part === 'api')).toMatchObject({ state: 'degraded' });
    const { entries } = await read<AuditPage>(await signIn('chief'), '/api/audit?limit=500');
    const written = entries.filter(
      ({ actor, action }) => actor === 'dispatcher' && action.startsWith('alarm'),
    );
    expect(written.map(({ subject, after }) => [subject, after])).toEqual([
      ['tag:rs-north.pt-1:L', { note: 'good' }],
      ['tag:gate.pt-1:L', { note: 'good' }],
    ]);
  });
});

describe('the collectors', () => {
  const collectorOf = (health: Health) => health.parts.find(({ part }) => part === 'collector')?.state;
  const health = async () => (await (await fetch(`${world.url}/api/health`)).json()) as Health;
  const say = (status: PartStatus) =>
    world.say(TOPIC.collectorStatus(String(status.instance)), status, { retain: true });

  it('are up while every station has an owner, and a standby may go', async () => {
    await say(collector('a', ['gate', 'rs-north', 'network']));
    await until(health, (said) => collectorOf(said) === 'down');
    await say(collector('b', ['rs-south']));
    await until(health, ({ status }) => status === 'ready');
    await say(collector('c', []));
    await say({ ...collector('c', []), state: 'down' });
    const all = await until(
      async () => read<Diagnostics>(await signIn('dispatcher'), '/api/diagnostics'),
      ({ collectors }) => collectors?.some(({ state }) => state === 'down') === true,
    );
    expect(all.collectors?.map(({ instance, state }) => [instance, state])).toEqual([
      ['a', 'up'],
      ['b', 'up'],
      ['c', 'down'],
    ]);
    expect((await health()).status).toBe('ready');
  });

  it('are told to the public without sources, addresses and errors', async () => {
    const text = await (await fetch(`${world.url}/api/health`)).text();
    for (const secret of ['plc', 'elsewhere', 'ECONNREFUSED', '10.9.8.7', 'rs-north'])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
  });
});

describe('a user who is bound to stations', () => {
  it('reads diagnostics of them and of what feeds them', async () => {
    const bound = await read<Diagnostics>(await signIn('metrology-north'), '/api/diagnostics');
    expect(bound.lag.map(({ stationId }) => stationId)).toEqual(['rs-north']);
    expect(bound.lag[0]?.quality).toEqual({ good: 0, uncertain: 0, bad: 0, missing: 3 });
    expect(bound.sources.map(({ sourceId }) => sourceId)).toEqual(['plc']);
    for (const hidden of ['elsewhere', 'rs-south', 'gate'])
      expect([hidden, JSON.stringify(bound).includes(hidden)]).toEqual([hidden, false]);
    const all = await read<Diagnostics>(await signIn('metrology'), '/api/diagnostics');
    expect(all.lag).toHaveLength(3);
    expect(all.sources.map(({ sourceId }) => sourceId)).toEqual(['plc', 'elsewhere']);
  });

  it('reads of the audit what he did and what was done at his stations', async () => {
    const client = await signIn('maintainer-north');
    const { entries } = await read<AuditPage>(client, '/api/audit?limit=500');
    expect(entries.map(({ actor, subject }) => [actor, subject])).toEqual([
      ['maintainer-north', 'maintainer-north'],
      ['dispatcher', 'tag:rs-north.pt-1:L'],
    ]);
    expect((await client.get('/api/audit/verify')).status).toBe(403);
  });
});
