import type { AlarmLimits, LocalName, TagKind } from '@linepack/network';
import type { PlantRun } from '../plant-run';

/** A plain number now, of the true physical quantity in the tag's unit, for a plant bound once. */
export type Sense = (timeS: number) => number;

/** One instrument of the demo: what the network file says of it, and how the plant makes its value. */
export interface TagSpec {
  readonly id: string;
  readonly name: LocalName;
  readonly kind: TagKind;
  readonly unit: string;
  readonly pressure?: 'gauge' | 'absolute';
  readonly position?: 'inlet' | 'outlet' | 'ambient' | 'none';
  readonly overview?: boolean;
  readonly range: readonly [number, number];
  readonly decimals: number;
  readonly deadband?: number;
  readonly maxReportS?: number;
  readonly maop?: number;
  readonly limits?: Partial<AlarmLimits>;
  /** The instrument's own noise, one sigma in the tag's unit. */
  readonly noise: number;
  /** How often it scans, seconds: between scans the value stands. */
  readonly scanS: number;
  /** Smallest step it shows. */
  readonly resolution: number;
  readonly bind: (run: PlantRun) => Sense;
}

/** What several instruments of a station share. */
export interface Site {
  readonly station: string;
  readonly atmosphericKPa: number;
}

export type Common = Pick<TagSpec, 'id' | 'name'> &
  Partial<Pick<TagSpec, 'position' | 'overview' | 'maop' | 'limits'>>;
