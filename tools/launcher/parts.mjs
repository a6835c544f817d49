import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commonEnvironment, inherited } from './environment.mjs';
import { opcuaPorts } from './ports.mjs';
import { probeBus, probeDatabase, probeHttp } from './probe.mjs';
import { root } from './root.mjs';
import { addressOf } from './settings.mjs';

const health = (port) => () => probeHttp(`http://127.0.0.1:${port}/health`);

const simulatorEnvironment = (ports) => ({
  HEALTH_PORT: String(ports.simulatorHealth),
  SIMULATOR_OPCUA_PORTS: opcuaPorts(ports).join(','),
  SIMULATOR_MQTT_PORT: String(ports.simulatorMqtt),
  SIMULATOR_CONTROL_PORT: String(ports.simulatorControl),
});

/** Every part this start wants, in the order of starting. */
const wanted = (settings, ports) => [
  ...(settings.databaseUrl
    ? []
    : [
        {
          name: 'database',
          program: 'embedded/database.mjs',
          env: () => ({ DATABASE_PORT: String(ports.database) }),
          probe: () => probeDatabase(ports.database),
          // A long statement blocks it; that is no reason to end it.
          silenceMs: 180_000,
          stopMs: 30_000,
        },
      ]),
  ...(settings.busUrl
    ? []
    : [
        {
          name: 'bus',
          program: 'embedded/bus.mjs',
          env: () => ({ BUS_PORT: String(ports.bus) }),
          probe: () => probeBus(ports.bus),
        },
      ]),
  ...(settings.simulator
    ? [
        {
          name: 'simulator',
          program: 'simulator/main.mjs',
          env: () => simulatorEnvironment(ports),
          probe: health(ports.simulatorHealth),
        },
      ]
    : []),
  ...['collector', 'worker'].map((name) => ({
    name,
    program: `${name}/main.mjs`,
    env: () => ({ HEALTH_PORT: String(ports[`${name}Health`]) }),
    probe: health(ports[`${name}Health`]),
    silenceMs: name === 'worker' ? 120_000 : undefined,
  })),
  {
    name: 'api',
    program: 'api/main.mjs',
    // The administrator's password may be asked for only after the database is there.
    env: () => ({
      PORT: String(settings.port),
      HOST: settings.host,
      ...(settings.adminPassword ? { LINEPACK_ADMIN_PASSWORD: settings.adminPassword } : {}),
    }),
    probe: () => probeHttp(`${addressOf(settings.host, settings.port)}/api/health`),
  },
];

/**
 * The parts to start, and the names of those that are not there yet.
 * @returns {{ parts: import('./supervised.mjs').Part[], absent: string[] }}
 */
export const planParts = (settings, ports) => {
  const common = { ...inherited(process.env), ...commonEnvironment(settings, ports) };
  const all = wanted(settings, ports);
  const isThere = ({ program }) => existsSync(join(root, 'dist', program));
  return {
    parts: all.filter(isThere).map((part) => ({
      ...part,
      env: () => ({ ...common, ...part.env() }),
      silenceMs: part.silenceMs ?? 45_000,
      stopMs: part.stopMs ?? 10_000,
    })),
    absent: all.filter((part) => !isThere(part)).map((part) => part.name),
  };
};
