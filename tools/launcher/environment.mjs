import { join } from 'node:path';
import { opcuaPorts } from './ports.mjs';

/** The variables under which the demo network file finds its sources. */
export const sourceAddresses = (ports) => ({
  ...Object.fromEntries(
    opcuaPorts(ports).map((port, index) => [
      `LINEPACK_SIM_OPCUA_${index + 1}`,
      `opc.tcp://127.0.0.1:${port}`,
    ]),
  ),
  LINEPACK_SIM_MQTT: `mqtt://127.0.0.1:${ports.simulatorMqtt}`,
});

/** What every child gets, besides the launcher's own environment. */
export const commonEnvironment = (settings, ports) => ({
  DATABASE_URL: settings.databaseUrl ?? `postgres://postgres@127.0.0.1:${ports.database}/template1`,
  BUS_URL: settings.busUrl ?? `mqtt://127.0.0.1:${ports.bus}`,
  LINEPACK_DATA: settings.data,
  LINEPACK_NETWORK: settings.network,
  LINEPACK_RUN: join(settings.data, 'run.json'),
  LINEPACK_LAUNCHED: '1',
  ...(settings.demo ? { LINEPACK_DEMO: '1' } : {}),
  ...(settings.simulator ? sourceAddresses(ports) : {}),
});

/** The environment without what is one part's alone. */
export const inherited = (env) => {
  const rest = { ...env };
  for (const name of ['PORT', 'HOST', 'HEALTH_PORT', 'LINEPACK_ADMIN_PASSWORD']) delete rest[name];
  return rest;
};
