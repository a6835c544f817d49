import type { ConfigRepository } from '@linepack/store';
import type { Log } from '../log';
import type { Time, Timer } from '../time';
import { configurationOf, type CollectorConfiguration } from './collector-configuration';
import type { KeptCopy } from './kept-copy';

const WITHOUT_MS = 1_000;
const REGULAR_MS = 30_000;

/**
 * Reads the configuration from the database, and keeps a copy on disk with which the collector starts while the
 * database is away. Reads again when told that it changed, and from time to time, because that word may be missed.
 */
export class ConfigurationReader {
  private current: string | null = null;
  private isCopied = true;
  private timer: Timer | null = null;
  private reading: Promise<void> | null = null;
  private again = false;
  private failed = false;
  private stopped = false;

  constructor(
    private readonly repository: Pick<ConfigRepository, 'currentNetwork'>,
    private readonly copy: Pick<KeptCopy<CollectorConfiguration>, 'read' | 'write'>,
    private readonly apply: (configuration: CollectorConfiguration) => void,
    private readonly time: Time,
    private readonly log: Log,
  ) {}

  /** Applies the copy at once, where there is one, and then follows the database. */
  start(): void {
    const copy = this.copy.read();
    if (copy) this.take(copy);
    this.refresh();
  }

  /** Reads again now. */
  refresh(): void {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.timer?.cancel();
    this.reading = this.read().finally(() => {
      this.reading = null;
      if (this.stopped) return;
      const wait = this.again ? 0 : this.current === null || this.failed ? WITHOUT_MS : REGULAR_MS;
      this.again = false;
      this.timer = this.time.after(wait, () => this.refresh());
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.reading;
  }

  private async read(): Promise<void> {
    try {
      const network = await this.repository.currentNetwork();
      this.failed = false;
      if (network === null) return;
      const configuration = configurationOf(network);
      if (this.take(configuration)) this.isCopied = false;
      this.isCopied ||= this.copy.write(configuration);
    } catch (error) {
      if (!this.failed) this.log.warn(`configuration: ${(error as Error).message}`);
      this.failed = true;
    }
  }

  private take(configuration: CollectorConfiguration): boolean {
    const text = JSON.stringify(configuration);
    if (text === this.current) return false;
    this.current = text;
    const { stations, sources, tags } = configuration;
    this.log.info(
      `configuration: ${stations.length} stations, ${sources.length} sources, ${tags.length} tags`,
    );
    this.apply(configuration);
    return true;
  }
}
