import { isDeepStrictEqual } from 'node:util';
import type { LossArea, Station, Tag } from '@linepack/contracts';
import { stationAtmosphere } from '@linepack/gas';
import type { NetworkFile } from '@linepack/network';
import { ConfigRepository, type NetworkSnapshot, type NetworkTag } from '@linepack/store';
import { Inject, Injectable } from '@nestjs/common';
import { DatabaseGate } from '../database/database-gate';
import type { Settings } from '../settings/settings';
import { SETTINGS } from '../settings/settings.module';
import { SocketHub } from '../live/socket-hub';
import { PlantMemory, type Plant } from './plant-memory';

/** Reads the configuration that is in force into the memory. */
@Injectable()
export class PlantReader {
  constructor(
    @Inject(ConfigRepository) private readonly configuration: ConfigRepository,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
    @Inject(PlantMemory) private readonly memory: PlantMemory,
    @Inject(SocketHub) private readonly hub: SocketHub,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Reads, and tells every browser when another configuration than before is in force: a wall display is never loaded
   * anew, and would keep old units and limits for months. Who asked while it was not known is told, too.
   * @returns whether there is a network
   * @throws DatabaseAway
   */
  async read(): Promise<boolean> {
    const snapshot = await this.gate.run(() => this.configuration.currentNetwork());
    if (!snapshot) return false;
    const before = this.memory.isKnown ? this.memory.current : null;
    const plant = plantOf(snapshot, this.settings.accounts === 'demo');
    this.memory.replace(plant);
    if (!isDeepStrictEqual(before, plant)) this.hub.sendAll('configurationChanged');
    return true;
  }
}

/** The snapshot as the console reads it. */
export function plantOf({ file, tags }: NetworkSnapshot, demo: boolean): Plant {
  return {
    network: { id: file.id, name: file.name, gasDay: file.gasDay, reference: file.reference, demo },
    stations: file.stations.map((station) => stationOf(station, file)),
    tags: tags.map(tagOf),
    areas: file.areas.map((area) => areaOf(area, file)),
  };
}

const stationOf = (station: NetworkFile['stations'][number], file: NetworkFile): Station => ({
  id: station.id,
  name: station.name,
  kind: station.kind,
  timeZone: station.timeZone ?? file.gasDay.timeZone,
  atmosphericPressureKPa: stationAtmosphere(station),
  phone: station.phone ?? null,
});

const tagOf = ({ tagId, key, stationId, config }: NetworkTag): Tag => ({
  tagId,
  key,
  stationId,
  sourceId: config.address.source,
  name: config.name,
  kind: config.kind,
  unit: config.unit,
  pressure: config.pressure ?? null,
  position: config.position,
  overview: config.overview,
  range: config.range,
  decimals: config.decimals,
  maxReportS: config.maxReportS,
  maop: config.maop ?? null,
  limits: config.limits ?? null,
});

const areaOf = (area: NetworkFile['areas'][number], file: NetworkFile): LossArea => ({
  areaId: area.id,
  name: area.name,
  level: area.level,
  limitPercent: area.limitPercent,
  denominator: area.denominator,
  gasDay: area.gasDay ?? file.gasDay,
});
