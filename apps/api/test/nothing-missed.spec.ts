import 'reflect-metadata';
import { startBus, type Bus } from '@linepack/embedded';
import { layLine, type Line } from './line';
import { Owner } from './owner';
import { Watcher } from './watcher';
import { Client, accountsMade, startWorld, until, type World } from './world';

/*
 * A real bus, a real api with its database, and browsers' sockets, cut in random places while alarms come and go. The
 * full size is LINEPACK_TRANSITIONS=1000000 LINEPACK_CUTS=1000; LINEPACK_SEED repeats the order of what is done.
 */
const TRANSITIONS = Number(process.env['LINEPACK_TRANSITIONS'] ?? 20_000);
const CUTS = Number(process.env['LINEPACK_CUTS'] ?? 100);
const SEED = Number(process.env['LINEPACK_SEED'] ?? 20_261_124);
const A_TURN = 400;
const SETTLE_WITHIN_MS = 240_000;

/** How often each place is cut, of a hundred: the lines often, the broker and the api itself now and then. */
const PLACES = { browser: 70, apiToBus: 12, ownerToBus: 12, bus: 3, api: 3 } as const;
type Place = keyof typeof PLACES;

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

let world: World;
let bus: Bus;
let [apiLine, ownerLine]: Line[] = [];
let owner: Owner;
let watchers: Watcher[];
const random = seeded(SEED);
const cuts: Record<Place, number> = { browser: 0, apiToBus: 0, ownerToBus: 0, bus: 0, api: 0 };

beforeAll(async () => {
  const port = () => bus.port;
  world = await startWorld({
    between: async (first) => {
      bus = first;
      apiLine = await layLine(port);
      ownerLine = await layLine(port);
      return `mqtt://127.0.0.1:${apiLine.port}`;
    },
  });
  await accountsMade(world);
  owner = new Owner(world, `mqtt://127.0.0.1:${ownerLine?.port}`, random);
  const apiPort = Number(new URL(world.url).port);
  const watch = async (userName: string, ...rooms: Watcher['rooms']): Promise<Watcher> => {
    const line = await layLine(() => apiPort);
    const client = new Client(`http://127.0.0.1:${line.port}`);
    await client.post('/api/auth/sign-in', { userName, password: 'linepack-demo' });
    return new Watcher(client, line, rooms);
  };
  watchers = [
    await watch('dispatcher', 'overview', 'station:gate'),
    await watch('chief', 'station:rs-north', 'station:rs-south'),
    await watch('station1', 'station:rs-north'),
  ];
}, 180_000);
afterAll(async () => {
  await Promise.all((watchers ?? []).map((watcher) => watcher.leave()));
  await owner?.end();
  await world?.end();
  await Promise.all([apiLine?.close(), ownerLine?.close(), bus?.close()]);
});

function place(): Place {
  let left = random() * 100;
  for (const [name, share] of Object.entries(PLACES) as [Place, number][]) {
    left -= share;
    if (left < 0) return name;
  }
  return 'browser';
}

async function cut(where: Place): Promise<void> {
  cuts[where] += 1;
  if (where === 'browser') watchers[Math.floor(random() * watchers.length)]?.cut();
  else if (where === 'apiToBus') apiLine?.cut();
  else if (where === 'ownerToBus') ownerLine?.cut();
  else if (where === 'api') await world.restartApi();
  else {
    const { port } = bus;
    await bus.close();
    bus = await startBus({ port });
  }
}

const visibleTo = (watcher: Watcher): ((stationId: string) => boolean) =>
  watcher === watchers[2] ? (stationId) => stationId === 'rs-north' : () => true;

/** Transitions a browser never learnt of. */
const missedBy = (watcher: Watcher): number => {
  let missed = 0;
  for (const [eventId, station] of owner.told)
    if (visibleTo(watcher)(station) && !watcher.seen.has(eventId)) missed += 1;
  return missed;
};

/** Values a browser shows that are not the present ones. */
const staleOf = (watcher: Watcher): number =>
  [...owner.values].filter(
    ([tagId, [, , , value]]) =>
      watcher.values.has(tagId) && watched(watcher, tagId) && watcher.values.get(tagId)?.[3] !== value,
  ).length;

const watched = (watcher: Watcher, tagId: number): boolean => {
  const tag = world.network.tags.find((one) => one.tagId === tagId);
  return watcher.rooms.some((room) =>
    room === 'overview' ? tag?.config.overview === true : room === `station:${tag?.stationId}`,
  );
};

const tableOf = (alarms: Iterable<{ alarmId: string; occurrence: number; letter: string }>): string[] =>
  [...alarms].map(({ alarmId, occurrence, letter }) => `${alarmId} ${occurrence} ${letter}`).sort();

test(
  `of ${TRANSITIONS} transitions none is missing and no value is left stale after ${CUTS} cuts, seed ${SEED}`,
  async () => {
    const turns = Math.ceil(TRANSITIONS / A_TURN);
    let due = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      await owner.turn(A_TURN, 5);
      for (due += CUTS / turns; due >= 1; due -= 1) await cut(place());
      await new Promise((resolve) => setTimeout(resolve, random() * 10));
    }
    await owner.settle();
    const look = () => watchers.map((watcher) => ({ missed: missedBy(watcher), stale: staleOf(watcher) }));
    const none = watchers.map(() => ({ missed: 0, stale: 0 }));
    const isSettled = (seen: ReturnType<typeof look>) => JSON.stringify(seen) === JSON.stringify(none);
    await until(look, isSettled, SETTLE_WITHIN_MS);
    for (const watcher of watchers) {
      const open = owner.open().filter(({ partition }) => visibleTo(watcher)(partition));
      await until(
        () => tableOf(watcher.alarms.values()),
        (shown) => JSON.stringify(shown) === JSON.stringify(tableOf(open)),
      );
      for (const [tagId] of owner.values)
        if (watched(watcher, tagId)) expect([tagId, watcher.values.has(tagId)]).toEqual([tagId, true]);
    }
    expect(Object.values(cuts).reduce((sum, n) => sum + n)).toBeGreaterThanOrEqual(CUTS - 1);
    process.stderr.write(
      `${owner.told.size} transitions, cuts ${JSON.stringify(cuts)}, reconnections ${watchers.map((w) => w.reconnections).join(' ')}\n`,
    );
  },
  Math.max(600_000, TRANSITIONS * 20),
);
