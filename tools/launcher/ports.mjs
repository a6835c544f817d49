import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const opcuaServers = 4;

const names = [
  'database',
  'bus',
  ...Array.from({ length: opcuaServers }, (_, index) => `simulatorOpcua${index + 1}`),
  'simulatorMqtt',
  'simulatorControl',
  'simulatorHealth',
  'collectorHealth',
  'workerHealth',
];

/** Listens for a moment. @returns {Promise<number | undefined>} the port, or undefined when it is taken */
export const tryPort = async (port, host = '127.0.0.1') => {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return undefined;
    throw error;
  }
  const taken = server.address().port;
  server.close();
  await once(server, 'close');
  return taken;
};

const readLast = (file) => {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.name !== 'SyntaxError') throw error;
    return {};
  }
};

/**
 * Takes a port for each part: the same as at the last start where it is free, so that addresses others have noted
 * stay valid.
 * @param {string} data the data folder
 * @returns {Promise<Record<string, number>>}
 */
export const choosePorts = async (data) => {
  const file = join(data, 'ports.json');
  const last = readLast(file);
  const ports = {};
  for (const name of names) {
    const again = Number.isInteger(last[name]) ? await tryPort(last[name]) : undefined;
    let port = again ?? (await tryPort(0));
    while (Object.values(ports).includes(port)) port = await tryPort(0);
    ports[name] = port;
  }
  writeFileSync(file, JSON.stringify(ports, null, 1));
  return ports;
};

/** The ports of the simulator's OPC UA servers, in order. */
export const opcuaPorts = (ports) =>
  Array.from({ length: opcuaServers }, (_, index) => ports[`simulatorOpcua${index + 1}`]);

/** Of all ports, those of the parts that are started with these settings. */
export const usedPorts = (settings, ports) =>
  Object.fromEntries(
    Object.entries(ports).filter(
      ([name]) =>
        !(name === 'database' && settings.databaseUrl) &&
        !(name === 'bus' && settings.busUrl) &&
        !(name.startsWith('simulator') && !settings.simulator),
    ),
  );
