import type { Logger } from 'pino';
import { BusStatus } from './bus-status';
import { controlRoutes } from './control';
import { serveJson, type SmallServer } from './http';
import { LivePlant } from './live-plant';
import { PlantFolder } from './plant-folder';
import { PlantServers } from './servers';
import type { Settings } from './settings';

const TICK_MS = 1_000;

/** The running simulator: plant, its servers, health and control. */
export class Simulator {
  private timer: NodeJS.Timeout | undefined;
  private control: SmallServer | undefined;
  private state: 'starting' | 'up' | 'degraded' = 'starting';
  private detail = 'computing the plant';
  private work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly log: Logger,
    private readonly health: SmallServer,
    private readonly servers: PlantServers,
    private readonly bus: BusStatus | undefined,
    private readonly clock: () => number,
  ) {}

  /**
   * Ready when every server listens. Health answers from the beginning: 503 until then.
   * @param clock epoch ms
   */
  static async start(settings: Settings, log: Logger, clock: () => number): Promise<Simulator> {
    const self: { simulator?: Simulator } = {};
    const health = await serveJson(settings.host, settings.healthPort, ({ path }) =>
      path === '/health' && self.simulator
        ? self.simulator.healthAnswer()
        : { status: 404, body: { error: 'expected /health' } },
    );
    const bus = settings.busUrl
      ? new BusStatus(settings.busUrl, clock(), (error) => log.warn({ error }, 'bus is away'))
      : undefined;
    const simulator = new Simulator(log, health, new PlantServers(settings), bus, clock);
    bus?.say('starting', 'computing the plant', clock());
    self.simulator = simulator;
    try {
      await simulator.run(settings);
    } catch (error) {
      await simulator.stop();
      throw error;
    }
    return simulator;
  }

  /** Where everything listens. */
  ports(): { health: number; control: number; servers: Record<string, number> } {
    return {
      health: this.health.port,
      control: this.control?.port ?? 0,
      servers: this.servers.listening(),
    };
  }

  /** Ends in order: no more ticks, the servers, the plant's memory. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.work;
    await this.control?.close();
    await this.servers.stop();
    await this.plant?.saveNow();
    await this.bus?.close(this.clock());
    await this.health.close();
  }

  private plant: LivePlant | undefined;

  private async run(settings: Settings): Promise<void> {
    const plant = await LivePlant.open(new PlantFolder(settings.folder), this.clock());
    this.plant = plant;
    await this.servers.start(plant.panel, plant.scenarios, plant.timeMs);
    const follow = () => this.servers.follow(plant.scenarios, plant.panel, plant.timeMs);
    // Whoever may change the plant sits at this machine, wherever the servers listen.
    this.control = await serveJson('127.0.0.1', settings.controlPort, controlRoutes({ plant, follow }));
    this.timer = setInterval(() => this.tick(plant), TICK_MS);
    this.state = 'up';
    this.detail = '';
    this.log.info(this.ports(), 'plant is running');
  }

  private tick(plant: LivePlant): void {
    const now = this.clock();
    const { timeMs, tags } = plant.tick(now);
    this.bus?.say(this.state === 'starting' ? 'up' : this.state, this.detail, now);
    this.servers.publish(plant.panel, tags, timeMs);
    this.work = plant.save(now).then(
      () => this.recovered(),
      (error: Error) => this.failed(error),
    );
  }

  private recovered(): void {
    this.state = 'up';
    this.detail = '';
  }

  private failed(error: Error): void {
    // Said once, not every second, while the disk is full.
    if (this.detail !== error.message)
      this.log.error({ error: error.message }, 'plant could not be written down');
    this.state = 'degraded';
    this.detail = error.message;
  }

  private healthAnswer() {
    const up = this.state !== 'starting';
    return {
      status: up ? 200 : 503,
      body: { part: 'simulator', state: this.state, detail: this.detail, ports: this.ports() },
    };
  }
}
