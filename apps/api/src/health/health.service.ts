import { PartStatus, TOPIC, type Diagnostics, type Health } from '@linepack/contracts';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
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
  private readonly parts = new PartMemory();
  private wasReady = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    @Inject(BusClient) private readonly bus: BusClient,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
    @Inject(PlantMemory) private readonly plant: PlantMemory,
    @Inject(LatestValues) private readonly latest: LatestValues,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(SocketHub) private readonly hub: SocketHub,
    @Inject(CLOCK) private readonly now: Clock,
  ) {
    bus.subscribe(TOPIC.status('+'), PartStatus, (status) => {
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

  diagnostics(): Diagnostics {
    const parts = this.list();
    const collector = parts.find(({ part }) => part === 'collector');
    const at = this.now() * 1_000;
    return {
      at,
      parts,
      sources: parts.flatMap(({ sources }) => sources ?? []),
      spool: collector?.spool ?? { entries: 0, bytes: 0 },
      samplesPerSecond: collector?.samplesPerSecond ?? null,
      database: this.gate.state,
      auditWaiting: this.audit.waiting,
      lag: this.plant.isKnown ? this.plant.current.stations.map(({ id }) => this.lagOf(id, at)) : [],
    };
  }

  private lagOf(stationId: string, at: number): Diagnostics['lag'][number] {
    const newestAt = this.latest.newestAt(this.plant.tagsOf(stationId).map(({ tagId }) => tagId));
    return { stationId, newestAt, lagSeconds: newestAt === null ? null : (at - newestAt) / 1_000_000 };
  }

  private list(): PartStatus[] {
    return this.parts.list({
      at: this.now() * 1_000,
      database: this.gate.state,
      bus: this.bus.state,
      plantIsKnown: this.plant.isKnown,
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
