import { TOPIC } from '@linepack/contracts';
import type { TagId } from '@linepack/network';
import { AlarmRepository, SampleRepository } from '@linepack/store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AlarmTableMemory } from '../alarm/alarm-table';
import { AlarmFeed } from '../alarm/alarm-feed';
import { AuditTrail } from '../audit/audit-trail';
import { FirstUsers, NoAdministrator } from '../auth/first-users';
import { SessionRegistry } from '../auth/session-registry';
import { BusClient } from '../bus/bus-client';
import { DatabaseGate } from '../database/database-gate';
import { DatabaseAway } from '../http/errors';
import { LatestValues } from '../live/latest-values';
import { PlantMemory } from '../plant/plant-memory';
import { PlantReader } from '../plant/plant-reader';
import { LOGGER } from '../settings/settings.module';

const RETRY_MS = 2_000;
const SWEEP_MS = 3_600_000;

/** Called when the process must not go on. */
export const GIVE_UP = Symbol('GiveUp');
export type GiveUp = (reason: NoAdministrator) => void;

/**
 * Fills the memories from the database: when it first answers, when it comes back, and when the configuration changed.
 * The api answers from its first moment on; what it does not know yet it says.
 */
@Injectable()
export class WarmUp implements OnApplicationBootstrap, OnApplicationShutdown {
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private retry: NodeJS.Timeout | null = null;
  private readonly sweeping: NodeJS.Timeout;

  constructor(
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
    @Inject(BusClient) private readonly bus: BusClient,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(PlantReader) private readonly reader: PlantReader,
    @Inject(PlantMemory) private readonly plant: PlantMemory,
    @Inject(FirstUsers) private readonly firstUsers: FirstUsers,
    @Inject(SampleRepository) private readonly samples: SampleRepository,
    @Inject(LatestValues) private readonly latest: LatestValues,
    @Inject(AlarmRepository) private readonly alarms: AlarmRepository,
    @Inject(AlarmTableMemory) private readonly table: AlarmTableMemory,
    @Inject(AlarmFeed) private readonly alarmFeed: AlarmFeed,
    @Inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @Inject(GIVE_UP) private readonly giveUp: GiveUp,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    bus.subscribe(TOPIC.configurationChanged, z.unknown(), () => this.fillSoon());
    gate.onChange((state) => {
      if (state === 'up') this.fillSoon();
    });
    this.sweeping = setInterval(() => this.removeExpired(), SWEEP_MS);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.bus.open();
    await this.audit.start();
    await this.gate.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.retry) clearTimeout(this.retry);
    clearInterval(this.sweeping);
    await this.running;
  }

  /** Fills now; what is asked for while it fills is done once more after it. */
  private fillSoon(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.fill()
      .catch((error: unknown) => this.later(error))
      .finally(() => {
        this.running = null;
        if (!this.again) return;
        this.again = false;
        this.fillSoon();
      });
  }

  private async fill(): Promise<void> {
    const isThere = await this.reader.read();
    // The demo's station chief is bound to a station, so his account waits for the network.
    await this.gate.run(() => this.firstUsers.ensure(isThere ? this.plant.current.stations : null));
    if (this.table.seed(await this.gate.run(() => this.alarms.table()))) this.latest.ownersAnew();
    this.alarmFeed.sendTable();
    if (!isThere) return this.later(new Error('no network was imported yet'));
    const tagIds = this.plant.current.tags.map(({ tagId }) => tagId as TagId);
    this.latest.seed(await this.gate.run(() => this.samples.latest(tagIds)));
  }

  private later(error: unknown): void {
    if (error instanceof NoAdministrator) return this.giveUp(error);
    // The gate says when the database is back.
    if (error instanceof DatabaseAway || this.stopped) return;
    this.logger.warn({ cause: error instanceof Error ? error.message : error }, 'not ready yet');
    this.retry = setTimeout(() => this.fillSoon(), RETRY_MS);
  }

  private removeExpired(): void {
    this.sessions.removeExpired().catch((error: unknown) => {
      if (!(error instanceof DatabaseAway)) this.logger.error({ err: error }, 'expired sessions not removed');
    });
  }
}
