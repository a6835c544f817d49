import type { Micros, NetworkFile } from '@linepack/network';
import type { Pool } from './database';
import type { ConfigChange, ImportOptions, NetworkSnapshot } from './network-snapshot';

/** The network's configuration with its history. */
export class ConfigRepository {
  constructor(private readonly pool: Pool) {}

  /** The network as it is configured now, or null when none was imported. */
  async currentNetwork(): Promise<NetworkSnapshot | null> {
    throw new Error(String(this.pool));
  }
  /** The network as it was configured at an instant, or null when there was none. */
  async networkAt(_at: Micros): Promise<NetworkSnapshot | null> {
    throw new Error(String(this.pool));
  }
  /** What importing this file would change against what is in force at `at` (default now). */
  async diff(_file: NetworkFile, _at?: Micros): Promise<ConfigChange[]> {
    throw new Error(String(this.pool));
  }
  /**
   * Imports a file: each changed entity gets a new version, each missing one ends.
   * @throws ConsoleEditConflict when it would undo an edit of the console and that was not agreed to
   * @returns what was changed
   */
  async importNetwork(_file: NetworkFile, _options: ImportOptions): Promise<ConfigChange[]> {
    throw new Error(String(this.pool));
  }
}
