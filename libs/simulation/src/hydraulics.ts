import { compressibilityOf, contentFactor, pressureFromRatio, REFERENCE, type GasLaw } from './gas-law';
import { solveInPlace } from './linear';
import type { PlantDefinition } from './plant';

// Bound once: looked up as a global in every step, they would cost more than the arithmetic.
const { PI, abs, log10, max, min, sqrt } = Math;

/** Standard density of natural gas used in the friction term, kg/m³. */
const STANDARD_DENSITY = 0.7;
/** Below this difference of squared pressures (kPa²) flow is taken as laminar, so that its slope stays finite. */
const SMOOTHING_KPA2 = 2;
/** Gas vents to about this, absolute kPa. */
const OUTSIDE_KPA = 100;
const MAX_ITERATIONS = 12;
const TOLERANCE_KPA = 1e-7;
/** A step whose pressures are not found within this is halved, down to the shortest worth taking. */
const ACCEPTABLE_KPA = 1e-4;
const SHORTEST_STEP_S = 0.005;

/** Boundary conditions of one step: what people and weather want. */
export interface StepInputs {
  /** Demand of each offtake, standard m³/s. */
  readonly demand: Float64Array;
  /** Set point of each source, absolute kPa. */
  readonly sourceSet: Float64Array;
  /** Leak at each leak site, standard m³/s for each kPa above atmosphere; 0 where it is tight. */
  readonly leak: Float64Array;
}

/** Flow through every element in the last step (its mean over the step), standard m³/s. */
export interface StepFlows {
  readonly source: Float64Array;
  readonly regulator: Float64Array;
  readonly offtake: Float64Array;
  readonly leak: Float64Array;
  readonly segment: Float64Array;
}

/**
 * Standard m³/s for each kPa of overpressure through a round hole: choked flow, discharge coefficient 0.8.
 * @param diameterMm of the hole
 */
export function leakConductance(diameterMm: number): number {
  const area = (PI / 4) * (diameterMm / 1_000) ** 2;
  const massFlux = (1_000 * 0.667) / sqrt(490 * 288.15);
  return (0.8 * area * massFlux) / STANDARD_DENSITY;
}

/** Isothermal pipe: p1² − p2² = R·Q·|Q| with R in kPa² per (standard m³/s)². Fully rough friction (Nikuradse). */
export function pipeResistance(
  pipe: { lengthM: number; diameterM: number; roughnessM: number },
  law: GasLaw,
  meanKPa: number,
): number {
  const friction = (2 * log10((3.71 * pipe.diameterM) / pipe.roughnessM)) ** -2;
  const gas =
    (STANDARD_DENSITY * REFERENCE.pressureKPa * 1_000 * law.temperatureK * compressibilityOf(law, meanKPa)) /
    (REFERENCE.temperatureK * law.zReference);
  const pa2 = (16 * friction * pipe.lengthM * gas) / (PI ** 2 * pipe.diameterM ** 5);
  return pa2 / 1e6;
}

interface Segment {
  readonly a: number;
  readonly b: number;
  readonly resistance: number;
}

/**
 * The network compiled to arrays, and one implicit step of it. The state is the gas in each node (standard m³);
 * pressure follows from it, so that what flows into a node minus what flows out is exactly what it gains,
 * whatever the accuracy of the solution.
 */
export class Hydraulics {
  readonly nodeIds: string[] = [];
  /** Leak sites: one for each pipe and main, in the plant's order. */
  readonly leakSites: readonly string[];
  private readonly law: GasLaw;
  private readonly index = new Map<string, number>();
  private readonly volume: number[] = [];
  private readonly segments: Segment[] = [];
  private readonly leakNodes: number[] = [];
  private readonly sources: { node: number; gain: number; capacity: number }[];
  private readonly regulators: {
    a: number;
    b: number;
    set: number;
    gain: number;
    capacity: number;
    drop: number;
  }[];
  private readonly offtakes: { node: number; service: number }[];
  private readonly matrix: Float64Array;
  private readonly residual: Float64Array;
  private readonly p: Float64Array;
  private readonly content: Float64Array;
  readonly flows: StepFlows;

  constructor(plant: PlantDefinition) {
    this.law = plant.law;
    const factor = contentFactor(plant.law);
    for (const pipe of plant.pipes) this.addPipe(pipe, plant);
    for (const main of plant.mains) {
      const node = this.node(main.node);
      this.volume[node] = (this.volume[node] as number) + main.volumeM3;
      this.leakNodes.push(node);
    }
    this.leakSites = [...plant.pipes, ...plant.mains].map((x) => x.id);
    this.sources = plant.sources.map((s) => ({
      node: this.node(s.node),
      gain: s.gain,
      capacity: s.capacity,
    }));
    this.regulators = plant.regulators.map((r) => ({
      a: this.node(r.inlet),
      b: this.node(r.outlet),
      set: r.setKPa,
      gain: r.capacity / r.droopKPa,
      capacity: r.capacity,
      drop: 0.4 * (r.inletNominalKPa - r.setKPa),
    }));
    this.offtakes = plant.offtakes.map((o) => ({ node: this.node(o.node), service: o.servicePressureKPa }));
    const n = this.nodeIds.length;
    const empty = this.volume.findIndex((v) => v <= 0);
    if (empty >= 0)
      throw new RangeError(`node ${this.nodeIds[empty]}: expected a pipe or a main that gives it volume`);
    this.content = Float64Array.from(this.volume, (v) => v * factor);
    this.matrix = new Float64Array(n * n);
    this.residual = new Float64Array(n);
    this.p = new Float64Array(n);
    this.flows = {
      source: new Float64Array(this.sources.length),
      regulator: new Float64Array(this.regulators.length),
      offtake: new Float64Array(this.offtakes.length),
      leak: new Float64Array(this.leakNodes.length),
      segment: new Float64Array(this.segments.length),
    };
  }

  /** @throws RangeError when no pipe or main has such a node. */
  nodeIndex(id: string): number {
    const found = this.index.get(id);
    if (found === undefined) throw new RangeError(`node ${id}: expected one of ${this.nodeIds.join(', ')}`);
    return found;
  }

  /** Gas in each node at the given pressures, standard m³. @param pressureOf absolute kPa of a node by its id */
  inventoryAt(pressureOf: (id: string) => number): Float64Array {
    return Float64Array.from(this.nodeIds, (id, i) => {
      const p = pressureOf(id);
      return ((this.content[i] as number) * p) / compressibilityOf(this.law, p);
    });
  }

  /** Pressure of each node, absolute kPa. */
  pressures(inventory: Float64Array): Float64Array {
    const out = new Float64Array(inventory.length);
    for (let i = 0; i < out.length; i++) out[i] = this.pressureOf(inventory, i);
    return out;
  }

  /** Gas in nodes that belong to a pipe or main is not told apart: the whole pack of a set of nodes, standard m³. */
  static pack(inventory: Float64Array): number {
    let sum = 0;
    for (const x of inventory) sum += x;
    return sum;
  }

  /** One implicit step of `dt` seconds: changes `inventory`, leaves the mean flows in `flows`. */
  step(inventory: Float64Array, inputs: StepInputs, dt: number): void {
    const found = this.solve(inventory, inputs, dt);
    if (found < ACCEPTABLE_KPA || dt <= SHORTEST_STEP_S) {
      this.evaluate(inputs, dt);
      this.move(inventory, dt);
      return;
    }
    this.step(inventory, inputs, dt / 2);
    const first = Object.values(this.flows).map((q: Float64Array) => q.slice());
    this.step(inventory, inputs, dt / 2);
    Object.values(this.flows).forEach((q: Float64Array, kind) =>
      q.forEach((x, k) => (q[k] = (x + (first[kind]?.[k] ?? 0)) / 2)),
    );
  }

  /** Finds the pressures at the end of the step, into `p`. @returns by how much they last moved, kPa */
  private solve(inventory: Float64Array, inputs: StepInputs, dt: number): number {
    const { p, residual, content, law } = this;
    let worst = Infinity;
    const n = p.length;
    for (let i = 0; i < n; i++) p[i] = this.pressureOf(inventory, i);
    for (let round = 0; round < MAX_ITERATIONS; round++) {
      this.matrix.fill(0);
      for (let i = 0; i < n; i++) {
        const pi = p[i] as number;
        const z = compressibilityOf(law, pi);
        residual[i] = (inventory[i] as number) - ((content[i] as number) * pi) / z;
        this.matrix[i * n + i] = ((content[i] as number) * (1 - law.b * pi * pi)) / (z * z);
      }
      this.evaluate(inputs, dt);
      solveInPlace(this.matrix, residual, n);
      worst = 0;
      for (let i = 0; i < n; i++) {
        const before = p[i] as number;
        const after = max(before + (residual[i] as number), 0.2 * before, 1);
        worst = max(worst, abs(after - before));
        p[i] = after;
      }
      if (worst < TOLERANCE_KPA) break;
    }
    return worst;
  }

  private pressureOf(inventory: Float64Array, i: number): number {
    return pressureFromRatio(this.law, (inventory[i] as number) / (this.content[i] as number));
  }

  private node(id: string): number {
    const known = this.index.get(id);
    if (known !== undefined) return known;
    this.index.set(id, this.nodeIds.length);
    this.volume.push(0);
    return this.nodeIds.push(id) - 1;
  }

  private addPipe(pipe: PlantDefinition['pipes'][number], plant: PlantDefinition): void {
    if (pipe.segments < 2 || pipe.segments % 2)
      throw new RangeError(`pipe ${pipe.id}: segments ${pipe.segments}: expected an even number, 2 or more`);
    const lengthM = pipe.lengthM / pipe.segments;
    const half = (PI * pipe.diameterM ** 2 * lengthM) / 8;
    const mean = plant.initialKPa[pipe.from] ?? 1_000;
    const resistance = pipeResistance({ ...pipe, lengthM }, plant.law, mean);
    let a = this.node(pipe.from);
    for (let k = 1; k <= pipe.segments; k++) {
      const b = this.node(k === pipe.segments ? pipe.to : `${pipe.id}#${k}`);
      this.volume[a] = (this.volume[a] as number) + half;
      this.volume[b] = (this.volume[b] as number) + half;
      this.segments.push({ a, b, resistance });
      if (k === pipe.segments / 2) this.leakNodes.push(b);
      a = b;
    }
  }

  /** Puts every element's flow at the pressures `p` into `flows`, the residual and the matrix. */
  private evaluate(inputs: StepInputs, dt: number): void {
    const { p, flows } = this;
    for (const [k, s] of this.segments.entries()) {
      const pa = p[s.a] as number;
      const pb = p[s.b] as number;
      const difference = pa * pa - pb * pb;
      const size = abs(difference) + SMOOTHING_KPA2;
      const root = 1 / sqrt(s.resistance * size);
      flows.segment[k] = difference * root;
      const slope = root * (1 - abs(difference) / (2 * size));
      this.between(s.a, s.b, difference * root, 2 * pa * slope, -2 * pb * slope, dt);
    }
    for (const [k, s] of this.sources.entries()) {
      const wanted = s.gain * ((inputs.sourceSet[k] as number) - (p[s.node] as number));
      const q = min(max(wanted, 0), s.capacity);
      flows.source[k] = q;
      this.at(s.node, q, q === wanted ? -s.gain : 0, dt);
    }
    for (const [k, r] of this.regulators.entries()) this.regulate(k, r, dt);
    for (const [k, o] of this.offtakes.entries()) {
      const want = inputs.demand[k] as number;
      const share = ((p[o.node] as number) - OUTSIDE_KPA) / (o.service - OUTSIDE_KPA);
      const q = want * min(max(share, 0), 1);
      flows.offtake[k] = q;
      this.at(o.node, -q, share > 0 && share < 1 ? -want / (o.service - OUTSIDE_KPA) : 0, dt);
    }
    for (const [k, node] of this.leakNodes.entries()) {
      const conductance = inputs.leak[k] as number;
      const q = conductance * max((p[node] as number) - OUTSIDE_KPA, 0);
      flows.leak[k] = q;
      if (conductance > 0) this.at(node, -q, q > 0 ? -conductance : 0, dt);
    }
  }

  private regulate(k: number, r: (typeof this.regulators)[number], dt: number): void {
    const pa = this.p[r.a] as number;
    const pb = this.p[r.b] as number;
    const opening = (pa - pb) / r.drop;
    const most = r.capacity * min(max(opening, 0), 1);
    const wanted = r.gain * (r.set - pb);
    const q = min(max(wanted, 0), most);
    this.flows.regulator[k] = q;
    const starved = q === most && opening > 0 && opening < 1;
    const slopeA = starved ? r.capacity / r.drop : 0;
    const slopeB = q === wanted ? -r.gain : -slopeA;
    this.between(r.a, r.b, q, slopeA, slopeB, dt);
  }

  /** An element from node a to node b carrying q, with its slopes by both pressures. */
  private between(a: number, b: number, q: number, byA: number, byB: number, dt: number): void {
    const { matrix, residual } = this;
    const n = residual.length;
    residual[a] = (residual[a] as number) - q * dt;
    residual[b] = (residual[b] as number) + q * dt;
    matrix[a * n + a] = (matrix[a * n + a] as number) + byA * dt;
    matrix[a * n + b] = (matrix[a * n + b] as number) + byB * dt;
    matrix[b * n + a] = (matrix[b * n + a] as number) - byA * dt;
    matrix[b * n + b] = (matrix[b * n + b] as number) - byB * dt;
  }

  /** An element that brings q into a node, with its slope by the node's pressure. */
  private at(node: number, q: number, slope: number, dt: number): void {
    const n = this.residual.length;
    this.residual[node] = (this.residual[node] as number) + q * dt;
    this.matrix[node * n + node] = (this.matrix[node * n + node] as number) - slope * dt;
  }

  private move(inventory: Float64Array, dt: number): void {
    const { flows } = this;
    const add = (node: number, q: number) => {
      inventory[node] = (inventory[node] as number) + q * dt;
    };
    for (const [k, s] of this.segments.entries()) {
      add(s.a, -(flows.segment[k] as number));
      add(s.b, flows.segment[k] as number);
    }
    for (const [k, s] of this.sources.entries()) add(s.node, flows.source[k] as number);
    for (const [k, r] of this.regulators.entries()) {
      add(r.a, -(flows.regulator[k] as number));
      add(r.b, flows.regulator[k] as number);
    }
    for (const [k, o] of this.offtakes.entries()) add(o.node, -(flows.offtake[k] as number));
    for (const [k, node] of this.leakNodes.entries()) add(node, -(flows.leak[k] as number));
  }
}
