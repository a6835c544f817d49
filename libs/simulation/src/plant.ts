import type { DemandDefinition } from './demand';
import type { GasLaw } from './gas-law';

/*
 * The virtual plant as data: pressure nodes joined by pipes, gas from sources, regulators into mains, demands.
 * Pressures are absolute kPa, flows standard m³/s, volumes m³, unless a name says otherwise.
 */

/** A pipe between two pressure nodes; it is cut into equal segments with their gas at the nodes between. */
export interface PipeDefinition {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly lengthM: number;
  readonly diameterM: number;
  readonly roughnessM: number;
  /** Even, so that there is a node in the middle, where a leak sits. */
  readonly segments: number;
}

/** A main behind a regulator station: one volume at one pressure. */
export interface MainDefinition {
  readonly id: string;
  readonly node: string;
  readonly volumeM3: number;
}

/** Gate station: feeds a node from a supplier, more when the node's pressure is low. */
export interface SourceDefinition {
  readonly id: string;
  readonly node: string;
  /** Pressure at which it gives nothing. */
  readonly setKPa: number;
  /** m³/s for each kPa below. */
  readonly gain: number;
  readonly capacity: number;
  /** Dispatch moves the set point from day to day by about this much. */
  readonly dailyWanderKPa: number;
  readonly supplyKPa: number;
  readonly supplyWanderKPa: number;
}

/** Regulator station: holds its outlet's pressure while its inlet allows. */
export interface RegulatorDefinition {
  readonly id: string;
  readonly inlet: string;
  readonly outlet: string;
  /** Lock-up pressure: no flow here. */
  readonly setKPa: number;
  /** The outlet sinks by this much at full capacity. */
  readonly droopKPa: number;
  readonly capacity: number;
  readonly inletNominalKPa: number;
}

/** Where gas is used: a demand at a node; a meter may watch it. */
export interface OfftakeDefinition extends DemandDefinition {
  readonly node: string;
  /** Below this pressure users get less than they want. */
  readonly servicePressureKPa: number;
  readonly kind: 'user' | 'ownUse';
}

/** What a meter watches, by the id of the source, regulator or offtake. */
export interface MeterDefinition {
  readonly id: string;
  readonly watches: readonly string[];
  /** Constant error, fraction: positive reads too much. */
  readonly bias: number;
  /** Error that wanders from day to day, fraction, about one sigma. */
  readonly wander: number;
  /** Line flow below which it loses accuracy, line m³/s. */
  readonly qT: number;
  /** The pressure at the meter: a node, or the supply of a source. */
  readonly pressureAt: { node: string } | { supplyOf: string; lossKPa: number };
  readonly temperatureK: number;
  /** Readings of its totalisers at the start of the simulation, m³. */
  readonly correctedStart: number;
  readonly uncorrectedStart: number;
  readonly correctedRollover: number;
  readonly uncorrectedRollover: number;
}

export interface PlantDefinition {
  readonly law: GasLaw;
  /** Local time minus UTC, seconds. */
  readonly utcOffsetS: number;
  /** Second of the UTC day at which the gas day starts. */
  readonly gasDayStartUtcS: number;
  readonly initialKPa: Readonly<Record<string, number>>;
  readonly pipes: readonly PipeDefinition[];
  readonly mains: readonly MainDefinition[];
  readonly sources: readonly SourceDefinition[];
  readonly regulators: readonly RegulatorDefinition[];
  readonly offtakes: readonly OfftakeDefinition[];
  readonly meters: readonly MeterDefinition[];
}
