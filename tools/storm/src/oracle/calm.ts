import type { CollectorNode } from '../world/collector-node';
import { TAGS, keyOf } from '../world/network';
import type { World } from '../world/world';

/*
 * Who could know what since when. Everything here is read off the world (processes, ways, servers, devices), nothing
 * off the collectors: what they make of it is what is judged.
 */

/** A collector that was the only one for so long owns everything, and goes on while the database is away, s. */
const ALONE_S = 25;

const isRunning = (node: CollectorNode): boolean => node.isAlive && node.process?.isPaused === false;

/** True time since when the node could hear a source: its way is open and the source is there. */
export function reachesSince(world: World, node: CollectorNode, source: 'plc' | 'broker'): number {
  const route = node.routes[source];
  if (route.state !== 'open' || !isRunning(node)) return Infinity;
  const { plc, broker } = world.plant;
  const isThere = source === 'plc' ? plc.mood === 'up' : broker.isUp;
  if (!isThere) return Infinity;
  const there = source === 'plc' ? plc.speaksSince : broker.upSince;
  return Math.max(node.process?.runningSince ?? Infinity, route.openSince, there);
}

/** True time since when the node could hear a tag. */
export function hearsSince(world: World, node: CollectorNode, key: string): number {
  const tag = TAGS.find((t) => keyOf(t) === key);
  if (!tag) throw new Error(`${key}: no such tag`);
  if ('node' in tag.at) return isSilentNode(world, tag.at.node) ? Infinity : reachesSince(world, node, 'plc');
  const device = world.plant.deviceOf(key);
  if (!device || device.isDead || device.isCutOff) return Infinity;
  return Math.max(device.speaksSince, reachesSince(world, node, 'broker'));
}

const isSilentNode = ({ plant: { plc } }: World, node: string): boolean =>
  plc.unknown.has(node) || plc.bad.has(node);

/** True time since when the clock that stamps a tag has been going without a step. */
export function clockSince(world: World, key: string): number {
  const device = world.plant.deviceOf(key);
  return device ? device.clockSince : world.plant.plc.clockSince;
}

/** Follows the world and says since when it has been calm enough for a claim. */
export class Calm {
  /** The one collector that has everything, and goes on with it whatever happens to the database. */
  private sole: CollectorNode | null = null;
  /** True time since when it has had everything. */
  private soleSince = 0;

  constructor(private readonly world: World) {}

  /** Looks at the world now; often enough that nothing passes between two looks. */
  look(): void {
    const { world, sole } = this;
    const others = (node: CollectorNode) => world.collectors.filter((c) => c !== node && c.isAlive);
    if (sole && (others(sole).length > 0 || sole.diskWellSince === Infinity)) this.sole = null;
    const longAgo = world.kernel.now - ALONE_S * 1e6;
    for (const node of world.collectors) {
      if (!isRunning(node) || others(node).length > 0 || node.diskWellSince > longAgo) continue;
      if (this.sole === node || this.ownsSince(node) > longAgo || this.goneSince(node) > longAgo) continue;
      this.sole = node;
      this.soleSince = Math.max(this.ownsSince(node), this.goneSince(node));
    }
  }

  /** The collectors that run now, one of which must have each partition. */
  running(): CollectorNode[] {
    return this.world.collectors.filter(isRunning);
  }

  /** Who must speak for a partition; null when nobody must. */
  ownerOf(partition: string): CollectorNode | null {
    if (this.sole) return isRunning(this.sole) ? this.sole : null;
    const owner = this.world.plant.database.leases.ownerOf(partition);
    return this.running().find((c) => c.name === owner) ?? null;
  }

  /** True time since when every collector that runs could own, and those that do not run have been gone. */
  since(): number {
    const running = this.running();
    if (running.length === 0) return Infinity;
    if (this.sole) return Math.max(this.soleSince, this.sole.process?.runningSince ?? Infinity);
    return Math.max(...running.map((c) => Math.max(this.ownsSince(c), this.goneSince(c))));
  }

  /** True time since when whoever has the partition could hear what `hears` asks of one. */
  hearing(hears: (node: CollectorNode) => number): number {
    return Math.max(this.since(), ...this.running().map(hears));
  }

  /** True time since when everybody who says or hears something on the bus could. */
  busSince(): number {
    return Math.max(...this.world.busSince());
  }

  /** True time since when it could take and keep leases. */
  ownsSince(node: CollectorNode): number {
    const { database } = this.world.plant;
    if (!database.isWell || database.cutOff.has(node.name)) return Infinity;
    return Math.max(database.wellSince, node.databaseSince, node.process?.runningSince ?? Infinity);
  }

  private goneSince(node: CollectorNode): number {
    return Math.max(
      0,
      ...this.world.collectors
        .filter((c) => c !== node && !isRunning(c))
        .map((c) => c.process?.stoppedAt ?? 0),
    );
  }
}
