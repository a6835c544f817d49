import 'reflect-metadata';
import { TOPIC, type ClientEvents, type ServerEvents, type Tags } from '@linepack/contracts';
import type { NetworkFile } from '@linepack/network';
import { ConfigRepository } from '@linepack/store';
import { io, type Socket } from 'socket.io-client';
import { smallTown } from './small-town';
import { Client, accountsMade, startWorld, until, type World } from './world';

let world: World;
let socket: Socket<ServerEvents, ClientEvents>;
let client: Client;
let told = 0;

/** The small town with another low limit at its first tag that has one. */
function withLimit(L: number): NetworkFile {
  const file = smallTown();
  const limits = file.stations.flatMap((s) => s.tags).find((t) => t.limits?.L !== undefined)?.limits;
  if (!limits) throw new Error('expected a tag with a low limit');
  limits.L = L;
  return file;
}

const lowLimits = async (): Promise<(number | undefined)[]> => {
  const { tags } = (await (await client.get('/api/tags')).json()) as Tags;
  return tags.flatMap((t) => (t.limits?.L === undefined ? [] : [t.limits.L]));
};

beforeAll(async () => {
  world = await startWorld();
  await accountsMade(world);
  client = new Client(world.url);
  await client.post('/api/auth/sign-in', { userName: 'dispatcher', password: 'linepack-demo' });
  let beats = 0;
  socket = io(client.url, {
    path: '/api/socket',
    extraHeaders: { Cookie: client.cookie ?? '', Origin: client.url },
    reconnection: false,
  });
  socket.on('beat', () => (beats += 1));
  socket.on('configurationChanged', () => (told += 1));
  await until(
    () => beats,
    (n) => n > 0,
  );
}, 60_000);
afterAll(async () => {
  socket?.disconnect();
  await world?.end();
});

describe('an import while browsers are open', () => {
  it('is told to them when what they would read is the new configuration', async () => {
    const before = await lowLimits();
    const L = (before[0] as number) + 0.001;
    await new ConfigRepository(world.pool).importNetwork(withLimit(L), { changedBy: 'test' });
    await world.say(TOPIC.configurationChanged, {});
    await until(
      () => told,
      (n) => n === 1,
    );
    expect(await lowLimits()).toContain(L);
  });

  it('is not told when nothing of it changed: a bus that comes back must not make every screen read anew', async () => {
    await world.say(TOPIC.configurationChanged, {});
    const L = ((await lowLimits())[0] as number) + 0.001;
    await new ConfigRepository(world.pool).importNetwork(withLimit(L), { changedBy: 'test' });
    await world.say(TOPIC.configurationChanged, {});
    await until(lowLimits, (limits) => limits.includes(L));
    await until(
      () => told,
      (n) => n >= 2,
    );
    expect(told).toBe(2);
  });
});
