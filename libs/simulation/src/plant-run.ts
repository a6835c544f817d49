import { demandAt } from './demand';
import { Hydraulics, leakConductance, type StepInputs } from './hydraulics';
import { readMeter } from './meters';
import { channelOf, slowNoise } from './noise';
import type { PlantDefinition } from './plant';
import { isActive, type Scenario } from './scenarios';
import { cumulative, dayTruth, type Cumulative, type DayTruth } from './truth';

const DAY_MS = 86_400_000;
const DAYS_KEPT = 60;

/** All that a run must remember: plain data, so it goes into a file as it is. */
export interface PlantState {
  readonly timeMs: number;
  /** Gas in each node, standard m³, in the order of `Hydraulics.nodeIds`. */
  readonly inventory: readonly number[];
  /** Since the start of the simulation, standard m³ (meters: corrected and line m³ as they count). */
  readonly totals: Cumulative;
  readonly dayStart: { readonly timeMs: number; readonly totals: Cumulative };
}

/**
 * A plant running through time. Everything that is not state is a function of time (demand, noise, set points),
 * so a run continued from its state is the run that was never stopped, given the same steps.
 */
export class PlantRun {
  readonly hydraulics: Hydraulics;
  /** Absolute kPa by node, after the last step. */
  pressures: Float64Array;
  /** Corrected reading of each meter now, standard m³/s. */
  readonly meterCorrected: Float64Array;
  /** Uncorrected reading of each meter now, line m³/s. */
  readonly meterUncorrected: Float64Array;
  /** Absolute kPa at each meter. */
  readonly meterPressure: Float64Array;
  readonly totals: Cumulative;
  private now: number;
  private readonly inventory: Float64Array;
  private dayStart: { timeMs: number; totals: Cumulative };
  private readonly days: DayTruth[];
  private readonly inputs: { [K in keyof StepInputs]: Float64Array };
  private readonly demandChannels: number[];

  private constructor(
    readonly plant: PlantDefinition,
    readonly seed: number,
    state: PlantState | number,
    days: readonly DayTruth[],
  ) {
    this.hydraulics = new Hydraulics(plant);
    this.demandChannels = plant.offtakes.map((o) => channelOf(`demand ${o.id}`));
    this.inputs = {
      demand: new Float64Array(plant.offtakes.length),
      sourceSet: new Float64Array(plant.sources.length),
      leak: new Float64Array(this.hydraulics.leakSites.length),
    };
    this.meterCorrected = new Float64Array(plant.meters.length);
    this.meterUncorrected = new Float64Array(plant.meters.length);
    this.meterPressure = new Float64Array(plant.meters.length);
    if (typeof state === 'number') {
      this.now = state;
      this.inventory = this.hydraulics.inventoryAt((id) => this.initialPressure(id));
      this.totals = cumulative(plant, this.hydraulics.leakSites.length);
      this.totals.linePack = Hydraulics.pack(this.inventory);
      this.dayStart = { timeMs: state, totals: structuredClone(this.totals) };
    } else {
      this.now = state.timeMs;
      this.inventory = Float64Array.from(state.inventory);
      if (this.inventory.length !== this.hydraulics.nodeIds.length)
        throw new RangeError(
          `inventory: ${this.inventory.length} nodes: expected ${this.hydraulics.nodeIds.length}`,
        );
      this.totals = structuredClone(state.totals);
      this.dayStart = structuredClone(state.dayStart);
    }
    this.days = [...days];
    this.pressures = this.hydraulics.pressures(this.inventory);
  }

  /** A run from its initial pressures. @param epochMs whole seconds */
  static from(plant: PlantDefinition, seed: number, epochMs: number): PlantRun {
    return new PlantRun(plant, seed, epochMs, []);
  }

  /** The run that left this state. @param days closed gas days it had seen @throws RangeError when the state is of another plant */
  static resume(
    plant: PlantDefinition,
    seed: number,
    state: PlantState,
    days: readonly DayTruth[] = [],
  ): PlantRun {
    return new PlantRun(plant, seed, state, days);
  }

  get timeMs(): number {
    return this.now;
  }

  /** A copy of all that must be remembered. */
  state(): PlantState {
    return structuredClone({
      timeMs: this.now,
      inventory: [...this.inventory],
      totals: this.totals,
      dayStart: this.dayStart,
    });
  }

  /** Absolute kPa at a node. */
  pressureAt(nodeId: string): number {
    return this.pressures[this.hydraulics.nodeIndex(nodeId)] as number;
  }

  /** One step of `dtS` seconds; must not cross the start of a gas day other than by ending on it. */
  step(dtS: number, scenarios: readonly Scenario[]): void {
    const middleS = this.now / 1_000 + dtS / 2;
    this.setInputs(middleS, scenarios);
    this.hydraulics.step(this.inventory, this.inputs, dtS);
    this.now += dtS * 1_000;
    this.pressures = this.hydraulics.pressures(this.inventory);
    this.count(dtS, middleS, scenarios);
    const intoDay = (this.now / 1_000 - this.plant.gasDayStartUtcS) % 86_400;
    if (intoDay === 0) this.closeDay();
  }

  /** Steps of at most `stepS` on the grid of whole `stepS` until `toMs` (whole seconds). */
  advance(toMs: number, stepS: number, scenarios: readonly Scenario[]): void {
    while (this.now < toMs) {
      const nextMs = Math.min((Math.floor(this.now / (stepS * 1_000)) + 1) * stepS * 1_000, toMs);
      this.step((nextMs - this.now) / 1_000, scenarios);
    }
  }

  /** Closed gas days it has seen, oldest first. */
  closedDays(): readonly DayTruth[] {
    return this.days;
  }

  /** Closed gas days, oldest first, and the running one. */
  truth(): DayTruth[] {
    return [...this.days, this.dayUntilNow()];
  }

  /** Supplier's pressure before a gate station, absolute kPa. */
  supplyPressure(sourceIndex: number): number {
    const s = this.plant.sources[sourceIndex];
    if (!s) throw new RangeError(`source ${sourceIndex}: expected 0 to ${this.plant.sources.length - 1}`);
    return (
      s.supplyKPa +
      s.supplyWanderKPa * slowNoise(this.seed, channelOf(`supply ${s.id}`), this.now / 1_000, 7_200)
    );
  }

  private initialPressure(id: string): number {
    const own = this.plant.initialKPa[id];
    if (own !== undefined) return own;
    const pipe = this.plant.pipes.find((x) => x.id === id.split('#')[0]);
    const near = pipe && this.plant.initialKPa[pipe.from];
    if (near === undefined) throw new RangeError(`initialKPa: expected a pressure for node ${id}`);
    return near;
  }

  private setInputs(timeS: number, scenarios: readonly Scenario[]): void {
    const { plant, inputs, seed } = this;
    for (const [k, o] of plant.offtakes.entries())
      inputs.demand[k] = demandAt(o, timeS, plant.utcOffsetS, {
        seed,
        channel: this.demandChannels[k] as number,
      });
    for (const [k, s] of plant.sources.entries())
      inputs.sourceSet[k] =
        s.setKPa + s.dailyWanderKPa * slowNoise(seed, channelOf(`set ${s.id}`), timeS, 72_000);
    inputs.leak.fill(0);
    for (const { effect } of this.activeOf(scenarios)) {
      if (effect.name !== 'leak') continue;
      const site = this.hydraulics.leakSites.indexOf(effect.pipe);
      if (site >= 0) inputs.leak[site] = (inputs.leak[site] as number) + leakConductance(effect.sizeMm);
    }
  }

  private activeOf(scenarios: readonly Scenario[]): Scenario[] {
    return scenarios.filter((s) => isActive(s, this.now));
  }

  private count(dtS: number, timeS: number, scenarios: readonly Scenario[]): void {
    const { flows } = this.hydraulics;
    const add = (into: number[], q: Float64Array) => {
      for (let k = 0; k < q.length; k++) into[k] = (into[k] as number) + (q[k] as number) * dtS;
    };
    add(this.totals.sources, flows.source);
    add(this.totals.regulators, flows.regulator);
    add(this.totals.offtakes, flows.offtake);
    add(this.totals.leaks, flows.leak);
    this.totals.linePack = Hydraulics.pack(this.inventory);
    const active = scenarios.filter((s) => isActive(s, timeS * 1_000));
    for (const [k, meter] of this.plant.meters.entries()) {
      const flow = this.meteredFlow(meter.watches);
      const pKPa = this.pressureOfMeter(k);
      let extra = 0;
      for (const { effect } of active)
        if (effect.name === 'meter-bias' && effect.meter === meter.id) extra += effect.percent / 100;
      const read = readMeter(meter, flow, { timeS, pKPa, law: this.plant.law, seed: this.seed, extra });
      this.meterPressure[k] = pKPa;
      this.meterCorrected[k] = read.corrected;
      this.meterUncorrected[k] = read.uncorrected;
      const total = this.totals.meters[k];
      if (!total) continue;
      total.true += flow * dtS;
      total.corrected += read.corrected * dtS;
      total.uncorrected += read.uncorrected * dtS;
    }
  }

  private meteredFlow(watches: readonly string[]): number {
    let sum = 0;
    for (const id of watches) sum += this.flowOf(id);
    return sum;
  }

  /** True flow now through a source, regulator or offtake, standard m³/s. @throws RangeError when there is none */
  flowOf(id: string): number {
    const { plant, hydraulics } = this;
    const found =
      hydraulics.flows.source[plant.sources.findIndex((x) => x.id === id)] ??
      hydraulics.flows.regulator[plant.regulators.findIndex((x) => x.id === id)] ??
      hydraulics.flows.offtake[plant.offtakes.findIndex((x) => x.id === id)];
    if (found === undefined) throw new RangeError(`${id}: expected a source, regulator or offtake`);
    return found;
  }

  private pressureOfMeter(k: number): number {
    const at = this.plant.meters[k]?.pressureAt;
    if (!at) throw new RangeError(`meter ${k}: expected 0 to ${this.plant.meters.length - 1}`);
    if ('node' in at) return this.pressureAt(at.node);
    return this.supplyPressure(this.plant.sources.findIndex((s) => s.id === at.supplyOf)) - at.lossKPa;
  }

  private closeDay(): void {
    this.days.push(this.dayUntilNow());
    if (this.days.length > DAYS_KEPT) this.days.shift();
    this.dayStart = { timeMs: this.now, totals: structuredClone(this.totals) };
  }

  private dayUntilNow(): DayTruth {
    return dayTruth(
      this.plant,
      this.hydraulics.leakSites,
      this.dayStart,
      { timeMs: this.now, totals: this.totals },
      DAY_MS,
    );
  }
}
