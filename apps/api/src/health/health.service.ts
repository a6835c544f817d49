import { PartStatus, TOPIC, type Diagnostics, type Health, type User } from '@linepack/contracts';
import { NETWORK_PARTITION } from '@linepack/network';
import { qualityClass, qualityOf } from '@linepack/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { maySee } from '../access/visibility';
import { AuditTrail } from '../audit/audit-trail';
import { BusClient } from '../bus/bus-client';
import { DatabaseGate } from '../database/database-gate';
import { LatestValues } from '../live/latest-values';
import { ROOM } from '../live/rooms';
import { SocketHub } from '../live/socket-hub';
import { PlantMemory } from '../plant/plant-memory';
import { CLOCK, type Clock } from '../settings/clock';
import { VERSION } from '../settings/version';
import { PartMemory, publicStatus } from './part-memory';

/** How often the api repeats its own status: a bus with its memory lost has forgotten it. */
const REPEAT_MS = 10_000;

/** How the parts of the product are, for probes, for the maintainer and for every screen. */
@Injectable()
export class HealthService implements OnApplicationShutdown {
  private wasReady = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    @Inject(PartMemory) private readonly parts: PartMemory,
    @Inject(BusClient) private readonly bus: BusClient,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
    @Inject(PlantMemory) private readonly plant: PlantMemory,
    @Inject(LatestValues) private readonly latest: LatestValues,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(SocketHub) private readonly hub: SocketHub,
    @Inject(CLOCK) private readonly now: Clock,
  ) {
    bus.subscribe(TOPIC.statuses, PartStatus, (status) => {
      if (status.part === 'api') return;
      this.parts.take(status, this.now() * 1_000);
      this.send();
    });
    bus.onConnected(() => this.announce());
    gate.onChange(() => this.announce());
    this.timer = setInterval(() => this.announce(), REPEAT_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Ready: the database, the bus, a network and a collector are there. */
  health(): Health {
    const parts = this.list();
    const isThere = (name: PartStatus['part']) =>
      parts.some(({ part, state }) => part === name && (state === 'up' || state === 'degraded'));
    const ready =
      this.gate.state === 'up' && this.bus.state === 'up' && this.plant.isKnown && isThere('collector');
    this.wasReady ||= ready;
    const status = ready ? 'ready' : this.wasReady ? 'degraded' : 'starting';
    return { status, version: VERSION, parts: parts.map(publicStatus) };
  }

  /** Of a user who is bound to stations: those, the sources that feed them, and how the parts are. */
  diagnostics(user: User): Diagnostics {
    const at = this.now() * 1_000;
    const parts = this.list();
    const collector = parts.find(({ part }) => part === 'collector');
    const stations = this.plant.isKnown ? this.plant.current.stations : [];
    const visible = stations.filter(({ id }) => maySee(user, id));
    const sources = new Set(
      visible.flatMap(({ id }) => this.plant.tagsOf(id)).map(({ sourceId }) => sourceId),
    );
    const isBound = user.stations !== null;
    return {
      at,
      parts: isBound ? parts.map(publicStatus) : parts,
      sources: (collector?.sources ?? []).filter(({ sourceId }) => !isBound || sources.has(sourceId)),
      collectors: isBound ? [] : this.parts.collectorsAt(at),
      spool: collector?.spool ?? { entries: 0, bytes: 0 },
      samplesPerSecond: collector?.samplesPerSecond ?? null,
      database: this.gate.state,
      auditWaiting: this.audit.waiting,
      auditSetAside: this.audit.setAside,
      lag: visible.map(({ id }) => this.lagOf(id, at)),
    };
  }

  private lagOf(stationId: string, at: number): Diagnostics['lag'][number] {
    const tagIds = this.plant.tagsOf(stationId).map(({ tagId }) => tagId);
    const values = this.latest.of(tagIds);
    const newestAt = values.reduce<number | null>(
      (newest, { heardAt }) => Math.max(heardAt, newest ?? heardAt),
      null,
    );
    const classes = values.map(({ quality }) => qualityClass(qualityOf(quality)));
    const count = (of: (typeof classes)[number]) => classes.filter((one) => one === of).length;
    return {
      stationId,
      newestAt,
      lagSeconds: newestAt === null ? null : (at - newestAt) / 1_000_000,
      quality: {
        good: count('good'),
        uncertain: count('uncertain'),
        bad: count('bad'),
        missing: tagIds.length - values.length,
      },
    };
  }

  private list(): PartStatus[] {
    return this.parts.list({
      at: this.now() * 1_000,
      database: this.gate.state,
      bus: this.bus.state,
      deafTo: this.bus.deafTo,
      partitions: this.plant.isKnown
        ? [...this.plant.current.stations.map(({ id }) => id), NETWORK_PARTITION]
        : null,
      auditSetAside: this.audit.setAside,
    });
  }

  private announce(): void {
    const own = this.list().find(({ part }) => part === 'api');
    if (own) void this.bus.retain(TOPIC.status('api'), own);
    this.send();
  }

  private send(): void {
    const parts = this.list();
    this.hub.send(ROOM.diagnostics, 'status', parts);
    this.hub.send(ROOM.others, 'status', parts.map(publicStatus));
  }
}
