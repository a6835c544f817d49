import { DEMO_SERVERS, DEMO_TAGS, isActive, type InstrumentPanel, type Scenario } from '@linepack/simulation';
import { PlantBroker } from './mqtt-devices';
import { PlantOpcUaServer } from './opcua-server';
import type { Settings } from './settings';

interface PlantServer {
  publish(panel: InstrumentPanel, tags: Iterable<number>, timeMs: number): void;
  stop(): Promise<void>;
  readonly port: number;
}

const ALL_TAGS = DEMO_TAGS.map((_, i) => i);
export const SERVER_IDS = Object.keys(DEMO_SERVERS);
const BROKER = 'mqtt-users';

/** All servers of the plant; a server that a scenario takes away is really stopped, and really started again. */
export class PlantServers {
  private readonly running = new Map<string, PlantServer>();
  /** Ports once taken stay, so that a server comes back where its clients look for it. */
  private readonly ports = new Map<string, number>();
  private changing: Promise<void> = Promise.resolve();

  constructor(private readonly settings: Settings) {
    SERVER_IDS.filter((id) => id !== BROKER).forEach((id, k) =>
      this.ports.set(id, settings.opcUaPorts[k] ?? 0),
    );
    this.ports.set(BROKER, settings.mqttPort);
  }

  async start(panel: InstrumentPanel, scenarios: readonly Scenario[], timeMs: number): Promise<void> {
    const away = serversAway(scenarios, timeMs);
    for (const id of SERVER_IDS) if (!away.has(id)) await this.startOne(id, panel, timeMs);
  }

  /** Port of each server that runs. */
  listening(): Record<string, number> {
    return Object.fromEntries([...this.running].map(([id, server]) => [id, server.port]));
  }

  publish(panel: InstrumentPanel, tags: readonly number[], timeMs: number): void {
    for (const server of this.running.values()) server.publish(panel, tags, timeMs);
  }

  /** Stops and starts servers as the scenarios want it; one change after the other. */
  follow(scenarios: readonly Scenario[], panel: InstrumentPanel, timeMs: number): Promise<void> {
    const change = async () => {
      const away = serversAway(scenarios, timeMs);
      for (const id of SERVER_IDS) {
        const server = this.running.get(id);
        if (away.has(id) && server) {
          this.running.delete(id);
          await server.stop();
        }
        if (!away.has(id) && !server) await this.startOne(id, panel, timeMs);
      }
    };
    const done = this.changing.then(change, change);
    this.changing = done;
    return done;
  }

  async stop(): Promise<void> {
    // A change under way that failed has told its own caller.
    await this.changing.catch(() => undefined);
    await Promise.all([...this.running.values()].map((server) => server.stop()));
    this.running.clear();
  }

  private async startOne(id: string, panel: InstrumentPanel, timeMs: number): Promise<void> {
    const { host, folder } = this.settings;
    const port = this.ports.get(id) ?? 0;
    const server =
      id === BROKER
        ? await PlantBroker.start(host, port)
        : await PlantOpcUaServer.start({ id, host, port, pkiFolder: `${folder}/pki` });
    server.publish(panel, ALL_TAGS, timeMs);
    this.ports.set(id, server.port);
    this.running.set(id, server);
  }
}

function serversAway(scenarios: readonly Scenario[], timeMs: number): Set<string> {
  const away = new Set<string>();
  for (const s of scenarios)
    if (s.effect.name === 'server-offline' && isActive(s, timeMs)) away.add(s.effect.server);
  return away;
}
