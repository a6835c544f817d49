import type { LocalName, MeterConfig, StationConfig } from '@linepack/network';
import type { TagSpec } from './tag-spec';

/** Which server of the demo a station hangs on. */
export type ServerId = 'opc-west-gate' | 'opc-east-gate' | 'opc-west' | 'opc-east' | 'mqtt-users';

export interface StationSpec {
  readonly id: string;
  readonly name: LocalName;
  readonly kind: StationConfig['kind'];
  readonly atmosphericPressureKPa: number;
  readonly phone: string;
  readonly server: ServerId;
  readonly tags: readonly TagSpec[];
  readonly meters: readonly MeterSpec[];
}

/** A meter as the network file has it; times and defaults are the file's. */
export type MeterSpec = Pick<
  MeterConfig,
  'id' | 'name' | 'kind' | 'owner' | 'serial' | 'uncertainty' | 'qMin' | 'qT' | 'qMax'
> & {
  readonly tags: { total: string; flow: string; pressure: string; temperature: string };
  rolloverAt: number;
};
