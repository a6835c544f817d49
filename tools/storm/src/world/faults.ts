import type { Random } from '../kernel/random';
import { TAGS, keyOf } from './network';
import type { World } from './world';

/** A fault that begins now. @returns how it ends */
type Fault = (world: World, random: Random) => () => void;

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
/** OPC 10000-4, table 186, as int32. */
const BAD_SENSOR_FAILURE = 0x808c0000 | 0;
const none = (): void => undefined;

const routesOf = (world: World) => [
  ...world.collectors.flatMap((c) => Object.values(c.routes)),
  world.api.route,
  world.worker.route,
];

const stepClock = (set: (offsetUs: number) => void, random: Random, nowUs: number): void => {
  const year2000 = 946_684_800 * SECOND_US + 5 * HOUR_US - nowUs;
  const skew = random.between(-40, 40) * SECOND_US;
  set(Math.round(random.pick([skew, skew, -HOUR_US, HOUR_US, year2000, random.between(-3, 3) * SECOND_US])));
};

/** What can go wrong, by name. Each seed draws some of these kinds, and lets them happen again and again. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  databaseAway: ({ plant }) => {
    plant.database.setMood('away');
    return () => plant.database.setMood('up');
  },
  databaseHangs: ({ plant }) => {
    plant.database.setMood('hanging');
    return () => plant.database.setMood('up');
  },
  databaseSlow: ({ plant: { database } }, random) => {
    database.slow(random.pick([300, 2_000, 12_000]));
    return () => database.slow(0);
  },
  databaseFails: ({ plant: { database } }, random) => {
    database.failSometimes(random.pick([0.1, 0.4]));
    return () => database.failSometimes(0);
  },
  databaseOutOfReach: (world, random) => {
    const node = random.pick(world.collectors);
    world.plant.database.cutOff.add(node.name);
    return () => {
      world.plant.database.cutOff.delete(node.name);
      node.databaseSince = world.plant.kernel.now;
    };
  },
  busRestarts: (world) => {
    world.plant.bus.goDown();
    routesOf(world)
      .filter((r) => r.name.endsWith('-bus'))
      .forEach((r) => r.breakAll('connection reset'));
    return () => world.plant.bus.comeUp();
  },
  routeRefuses: (world, random) => {
    const route = random.pick(routesOf(world));
    route.set('refused');
    return () => route.set('open');
  },
  routeIsSilent: (world, random) => {
    const route = random.pick(routesOf(world));
    route.set('silent');
    return () => route.set('open');
  },
  routeIsDeaf: (world, random) => {
    const route = random.pick(routesOf(world));
    route.set('deaf');
    return () => route.set('open');
  },
  // A switch fails, or a cable is pulled: one computer is alone, and the others have everything.
  collectorLosesNetwork: (world, random) => {
    const node = random.pick(world.collectors);
    const { database } = world.plant;
    const state = random.pick(['refused', 'silent'] as const);
    Object.values(node.routes).forEach((route) => route.set(state));
    database.cutOff.add(node.name);
    return () => {
      Object.values(node.routes).forEach((route) => route.set('open'));
      database.cutOff.delete(node.name);
      node.databaseSince = world.plant.kernel.now;
    };
  },
  plcAway: (world) => {
    world.plant.plc.setMood('away');
    world.collectors.forEach((c) => c.routes.plc.breakAll('connection reset'));
    return () => world.plant.plc.setMood('up');
  },
  plcIsMute: ({ plant }) => {
    plant.plc.setMood('mute');
    return () => plant.plc.setMood('up');
  },
  plcClockSteps: ({ plant }, random) => {
    stepClock((offset) => plant.plc.setClock(offset), random, plant.kernel.now);
    return none;
  },
  plcDoubtsValue: ({ plant }, random) => {
    const tag = random.pick(TAGS.filter((t) => 'node' in t.at));
    const node = 'node' in tag.at ? tag.at.node : '';
    plant.plc.judge(node, BAD_SENSOR_FAILURE);
    return () => plant.plc.judge(node, 0);
  },
  plcForgetsNode: (world, random) => {
    const { plc } = world.plant;
    const tag = random.pick(TAGS.filter((t) => 'node' in t.at));
    const node = 'node' in tag.at ? tag.at.node : '';
    const restart = (): void => {
      plc.setMood('away');
      world.collectors.forEach((c) => c.routes.plc.breakAll('connection reset'));
      world.plant.kernel.after(800, () => plc.setMood('up'));
    };
    plc.unknown.add(node);
    restart();
    return () => {
      plc.unknown.delete(node);
      restart();
    };
  },
  brokerDown: (world) => {
    world.plant.broker.goDown();
    world.collectors.forEach((c) => c.routes.broker.breakAll('connection reset'));
    return () => {
      world.plant.broker.comeUp();
      world.plant.devices.forEach((d) => d.brokerIsUp());
    };
  },
  deviceDies: ({ plant }, random) => {
    const device = random.pick(plant.devices);
    device.die();
    return () => device.live();
  },
  deviceIsCutOff: ({ plant }, random) => {
    const device = random.pick(plant.devices);
    device.cutOff();
    return () => device.reconnect();
  },
  deviceClockSteps: ({ plant }, random) => {
    const device = random.pick(plant.devices);
    stepClock((offset) => device.setClock(offset), random, plant.kernel.now);
    return none;
  },
  deviceRepeats: ({ plant }, random) => {
    random.pick(plant.devices).repeat();
    return none;
  },
  collectorDies: (world, random) => {
    const node = random.pick(world.collectors);
    node.isKeptDown = true;
    if (random.chance(0.3)) node.powerCut();
    else if (random.chance(0.5)) node.kill('killed');
    else node.process?.killAfterActions(random.whole(1, 60));
    return () => node.start();
  },
  // The power of a site goes: its database first, then the collector with what it had on its way to the disk.
  sitePowerFails: (world, random) => {
    const { kernel, database } = world.plant;
    const node = random.pick(world.collectors);
    let isOver = false;
    database.setMood('away');
    kernel.after(random.between(2_000, 15_000), () => {
      if (isOver) return;
      node.isKeptDown = true;
      node.powerCut();
    });
    return () => {
      isOver = true;
      database.setMood('up');
      node.start();
    };
  },
  // A database hangs, and somebody who wants to help restarts the collector.
  restartedWhileDatabaseHangs: (world, random) => {
    const { kernel, database } = world.plant;
    const node = random.pick(world.collectors);
    let isOver = false;
    database.setMood('hanging');
    kernel.after(random.between(2_000, 14_000), () => !isOver && node.kill('restarted'));
    return () => {
      isOver = true;
      database.setMood('up');
    };
  },
  collectorStandsStill: (world, random) => {
    const { process } = random.pick(world.collectors);
    process?.pause();
    return () => process?.goOn();
  },
  diskIsFull: (world, random) => {
    const node = random.pick(world.collectors);
    node.medium.capacityBytes = node.medium.usedBytes() + random.whole(0, 2_000);
    node.diskIsIll();
    node.roomSince = Infinity;
    return () => {
      node.medium.capacityBytes = Infinity;
      node.roomSince = world.plant.kernel.now;
      node.diskIsWell();
    };
  },
  diskFails: (world, random) => {
    const node = random.pick(world.collectors);
    const operation = random.pick(['write', 'datasync', 'read', 'remove', 'open', 'replace'] as const);
    if (operation === 'read') node.forgotten = true;
    node.medium.fail({ operation, ...(random.chance(0.6) ? { times: random.whole(1, 3) } : {}) });
    node.diskIsIll();
    return () => {
      node.medium.heal();
      node.diskIsWell();
    };
  },
  // What the database does not take now, the disk does not take either: all of it waits in memory, in its order.
  diskFailsWhileDatabaseIsAway: ({ plant: { database }, collectors }, random) => {
    const node = random.pick(collectors);
    database.setMood('away');
    node.medium.fail({ operation: random.pick(['write', 'datasync'] as const) });
    node.diskIsIll();
    return () => {
      node.medium.heal();
      node.diskIsWell();
      database.setMood('up');
    };
  },
  limitChanges: ({ plant, api }, random) => {
    const key = keyOf(random.pick(TAGS.filter((t) => t.limits)));
    // The word may be missed: then it is read at its time.
    const isTold = random.chance(0.7);
    plant.changeLimit({ key, H: random.pick([2.8, 3.4, 4, 4.65, undefined]), isTold });
    if (isTold) api.configurationChanged();
    return none;
  },
};
