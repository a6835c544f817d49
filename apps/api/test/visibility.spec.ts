import 'reflect-metadata';
import { ROLES, TOPIC, type Diagnostics, type Problem, type Stations, type Tags } from '@linepack/contracts';
import { AlarmRepository } from '@linepack/store';
import type { z } from 'zod';
import { routesOf, type Route } from '../src/openapi/routes';
import { alarmOf, eventOf } from './alarm-words';
import { Client, accountsMade, startWorld, until, type World } from './world';

const RANGE = 'from=0&to=3600000000';

let world: World;
/** Of each role one who is bound to the northern station. */
const bound = new Map<string, Client>();

async function signIn(userName: string): Promise<Client> {
  const client = new Client(world.url);
  const response = await client.post('/api/auth/sign-in', { userName, password: 'linepack-demo' });
  expect(response.status).toBe(200);
  return client;
}

beforeAll(async () => {
  world = await startWorld();
  await accountsMade(world);
  for (const role of ROLES) {
    await world.pool.query(
      `insert into app_user (user_name, display_name, password_hash, role, stations)
       select $1::text || '-north', $1, password_hash, $1, '{rs-north}' from app_user where user_name = 'chief'`,
      [role],
    );
    bound.set(role, await signIn(`${role}-north`));
  }
}, 180_000);
afterAll(() => world?.end());

/** What a route is asked for: something there that is another station's, and something that is nowhere. */
interface Pair {
  readonly theirs: string;
  readonly nowhere: string;
}
const pairs = (): Record<string, Pair[]> => {
  const theirs = world.tag('rs-south.pt-1');
  const own = world.tag('rs-north.pt-1');
  const pair = (make: (id: string) => string, there: string | number, nowhere: string): Pair => ({
    theirs: make(String(there)),
    nowhere: make(nowhere),
  });
  return {
    'PlantController.tags': [pair((id) => `/api/tags?station=${id}`, 'rs-south', 'nowhere')],
    'PlantController.latest': [
      pair((id) => `/api/latest?station=${id}`, 'rs-south', 'nowhere'),
      pair((id) => `/api/latest?tags=${id}`, theirs, '99999'),
      pair((id) => `/api/latest?tags=${own},${id}`, theirs, '99999'),
    ],
    'HistoryController.read': [
      pair((id) => `/api/history?tags=${id}&${RANGE}`, theirs, '99999'),
      pair((id) => `/api/history?tags=${own},${id}&${RANGE}`, theirs, '99999'),
    ],
    'HealthController.tagLedgers': [pair((id) => `/api/diagnostics/tags?tag=${id}`, theirs, '99999')],
    'AlarmController.events': [
      pair((id) => `/api/alarms/events?alarm=${id}`, 'tag:rs-south.pt-1:L', 'tag:nowhere.pt-1:L'),
      pair((id) => `/api/alarms/events?alarm=${id}`, 'tag:rs-south.pt-2:L', 'tag:nowhere.pt-1:L'),
    ],
    'AlarmController.acknowledge': [
      pair((id) => `/api/alarms/${id}/acknowledge`, 'tag:rs-south.pt-1:L', 'tag:nowhere.pt-1:L'),
      pair((id) => `/api/alarms/${id}/acknowledge`, 'tag:rs-south.pt-2:L', 'tag:nowhere.pt-1:L'),
    ],
    ...Object.fromEntries(
      ['day', 'versions', 'table'].map((name) => {
        const end = { day: '', versions: '/versions', table: '/table.csv' }[name];
        const make = (id: string) => `/api/loss/areas/${id}/days/2026-03-01${end}`;
        return [`LossController.${name}`, [pair(make, 'town', 'nowhere')]];
      }),
    ),
  };
};

/** Names of what is asked for in a question. */
const NAMES = ['station', 'tags', 'tag', 'alarm', 'area', 'source'];
const asksForOne = ({ path, description }: Route): boolean => {
  const query = description?.query as z.ZodObject | undefined;
  return /:/.test(path) || Object.keys(query?.shape ?? {}).some((name) => NAMES.includes(name));
};

/** An answer without what must differ: its number, and the id that was asked for. */
async function answerOf(client: Client, route: Route, path: string): Promise<[number, string]> {
  const response = await (route.method === 1 ? client.post(path, { occurrence: 1 }) : client.get(path));
  const body = (await response.text()).replace(/"correlationId":"[^"]*"/, '');
  const asked = decodeURIComponent(path).split(/[/?=&,]/);
  const ids = [...asked, ...asked.flatMap((part) => part.split(':'))].filter((part) => part !== '');
  return [response.status, ids.reduce((text, id) => text.replaceAll(id, '·'), body)];
}

/** One that the table in memory has, and one that only the database knows. */
async function alarmsOfTheSouth(): Promise<void> {
  const inMemory = eventOf(alarmOf(world, 'rs-south'));
  await world.say(TOPIC.alarmEvent('rs-south'), { event: inMemory, epoch: 1 });
  const stored = eventOf({ ...alarmOf(world, 'rs-south'), alarmId: 'tag:rs-south.pt-2:L' });
  await new AlarmRepository(world.pool).append([
    { event: stored, pendingSince: null, pendingReceivedAt: null, pendingKind: null, ownerEpoch: 1 },
  ]);
  const dispatcher = await signIn('dispatcher');
  await until(
    async () => (await (await dispatcher.get('/api/alarms')).text()).includes(inMemory.alarmId),
    (listed) => listed,
  );
}

describe('a user who is bound to a station', () => {
  it('sees its tags, and no others', async () => {
    const client = await signIn('station1');
    expect(await (await client.get('/api/auth/me')).json()).toMatchObject({ stations: ['rs-north'] });
    const { stations } = (await (await client.get('/api/stations')).json()) as Stations;
    expect(stations.map(({ id }) => id)).toEqual(['rs-north']);
    const { tags } = (await (await client.get('/api/tags')).json()) as Tags;
    expect(new Set(tags.map(({ stationId }) => stationId))).toEqual(new Set(['rs-north']));
    const problem = (await (await client.get('/api/tags?station=rs-south')).json()) as Problem;
    expect(problem).toMatchObject({ status: 404, code: 'notFound' });
  });

  it('is told the same of what is not his and of what is not there, by every route that is asked for something', async () => {
    await alarmsOfTheSouth();
    const routes = routesOf(world.app).filter(asksForOne);
    expect(routes.map(({ name }) => name).sort()).toEqual(Object.keys(pairs()).sort());
    for (const [role, client] of bound)
      for (const route of routes)
        for (const { theirs, nowhere } of pairs()[route.name] ?? []) {
          const [one, other] = [
            await answerOf(client, route, theirs),
            await answerOf(client, route, nowhere),
          ];
          expect([role, theirs, one]).toEqual([role, theirs, other]);
        }
  });

  it('is shut out of the network as a whole by what he is, whatever he asks for', async () => {
    for (const [role, client] of bound)
      for (const path of ['/api/loss/areas', '/api/audit/verify'])
        expect([role, path, (await client.get(path)).status]).toEqual([role, path, 403]);
    const diagnostics = await bound.get('dispatcher')?.get('/api/diagnostics');
    expect(((await diagnostics?.json()) as Diagnostics).lag.map(({ stationId }) => stationId)).toEqual([
      'rs-north',
    ]);
  });

  // The last one: it kills the database.
  it('is told the same while the database is away', async () => {
    await world.database.end('SIGKILL');
    const client = bound.get('stationChief') as Client;
    const route = routesOf(world.app).find(({ name }) => name === 'AlarmController.acknowledge') as Route;
    const [{ theirs, nowhere }] = pairs()[route.name] as [Pair];
    const answers = await until(
      async () => [await answerOf(client, route, theirs), await answerOf(client, route, nowhere)],
      ([, other]) => other?.[0] === 503,
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});
