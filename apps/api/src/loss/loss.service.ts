import type { LossArea, LossCell, LossDays, LossResult, LossVersion, User } from '@linepack/contracts';
import type { AreaId, GasDay } from '@linepack/network';
import { LossRepository } from '@linepack/store';
import { Inject, Injectable } from '@nestjs/common';
import { assertSeesNetwork } from '../access/visibility';
import { DatabaseGate } from '../database/database-gate';
import { InvalidInput, NotFound } from '../http/errors';
import { PlantMemory } from '../plant/plant-memory';

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/** Loss of areas and gas days. It concerns the whole network, so nobody who is bound to stations sees it. */
@Injectable()
export class LossService {
  constructor(
    @Inject(LossRepository) private readonly repository: LossRepository,
    @Inject(PlantMemory) private readonly plant: PlantMemory,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
  ) {}

  areas(user: User): LossArea[] {
    assertSeesNetwork(user);
    return [...this.plant.current.areas];
  }

  /**
   * The newest version of each closed day from `from` to `to`, both included, and the running day's figure.
   * @throws InvalidInput Forbidden DatabaseAway
   */
  async days(user: User, { from, to }: { from: string; to: string }): Promise<LossDays> {
    const areas = this.areas(user);
    assertRange(from, to);
    const [closed, running] = await this.gate.run(() =>
      Promise.all([this.repository.newest(from as GasDay, to as GasDay), this.repository.provisional()]),
    );
    const isClosed = new Set(closed.map(keyOf));
    const open = running
      .filter(({ gasDay }) => gasDay >= from && gasDay <= to)
      .map(cellOf)
      .filter((cell) => !isClosed.has(keyOf(cell)));
    return { areas, cells: [...closed, ...open] };
  }

  /**
   * One calculation of an area's day: the newest unless a version is named; 0 is the running day's.
   * @throws NotFound Forbidden DatabaseAway
   */
  async day(user: User, areaId: string, gasDay: string, version?: number): Promise<LossResult> {
    this.assertArea(user, areaId);
    const found = await this.gate.run(() => this.find(areaId, gasDay, version));
    if (!found) throw new NotFound('There is no such calculation.');
    return found;
  }

  /** Every calculation of a closed day, newest first. @throws NotFound Forbidden DatabaseAway */
  async versions(user: User, areaId: string, gasDay: string): Promise<LossVersion[]> {
    this.assertArea(user, areaId);
    const results = await this.gate.run(() => this.repository.versions(areaId as AreaId, gasDay as GasDay));
    return results.map((r) => ({
      version: r.version,
      provisional: r.provisional,
      computedAt: r.computedAt,
      lossPercent: r.lossPercent,
      loss: r.loss,
      verdict: r.verdict,
      completenessPercent: r.completenessPercent,
      algorithm: r.algorithm,
    }));
  }

  /** @throws NotFound Forbidden */
  area(user: User, areaId: string): LossArea {
    this.assertArea(user, areaId);
    return this.plant.area(areaId) as LossArea;
  }

  private async find(areaId: string, gasDay: string, version?: number): Promise<LossResult | null> {
    const [area, day] = [areaId as AreaId, gasDay as GasDay];
    if (version === undefined)
      return (await this.repository.result(area, day)) ?? (await this.running(areaId, gasDay));
    if (version === 0) return this.running(areaId, gasDay);
    const versions = await this.repository.versions(area, day);
    return versions.find((result) => result.version === version) ?? null;
  }

  private async running(areaId: string, gasDay: string): Promise<LossResult | null> {
    const running = await this.repository.provisional();
    return running.find((r) => r.areaId === areaId && r.gasDay === gasDay) ?? null;
  }

  private assertArea(user: User, areaId: string): void {
    assertSeesNetwork(user);
    if (!this.plant.current.areas.some((area) => area.areaId === areaId))
      throw new NotFound(`There is no area ${areaId}.`);
  }
}

const keyOf = ({ areaId, gasDay }: LossCell): string => `${areaId} ${gasDay}`;

const cellOf = (r: LossResult): LossCell => ({
  areaId: r.areaId,
  gasDay: r.gasDay,
  version: r.version,
  provisional: r.provisional,
  lossPercent: r.lossPercent,
  loss: r.loss,
  input: r.input,
  limitPercent: r.limitPercent,
  verdict: r.verdict,
  completenessPercent: r.completenessPercent,
});

function assertRange(from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (!(days >= 0)) throw new InvalidInput([{ field: 'to', message: 'expected a day not before from' }]);
  if (days > MOST_DAYS)
    throw new InvalidInput([{ field: 'from', message: `expected at most ${MOST_DAYS} days before to` }]);
}
