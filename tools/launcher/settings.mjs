import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './root.mjs';

/** In characters; the api refuses shorter ones, too. */
export const shortestPassword = 10;

const demoNetwork = join(root, 'demo/network.yaml');

/**
 * @typedef {object} Settings
 * @property {number} port the console's and the api's; 0 takes a free one
 * @property {string} host
 * @property {string | undefined} databaseUrl undefined: the embedded database
 * @property {string | undefined} busUrl undefined: the embedded broker
 * @property {string} network the network file
 * @property {string} data the data folder
 * @property {boolean} demo whether the network is the demo's
 * @property {boolean} simulator
 * @property {string | undefined} adminPassword
 */

const readPort = (text, faults) => {
  if (text === undefined) return 8080;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    faults.push(`PORT is "${text}": expected a port, 0 to 65535 (0 takes a free one)`);
  }
  return port;
};

const readUrl = (name, text, schemes, faults) => {
  if (text === undefined) return undefined;
  const example = `${schemes[0]}://host:port`;
  if (!URL.canParse(text)) faults.push(`${name} is not an address: expected one like ${example}`);
  else if (!schemes.includes(new URL(text).protocol.slice(0, -1))) {
    faults.push(`${name} begins with ${new URL(text).protocol}//: expected ${schemes.join('://, ')}://`);
  }
  return text;
};

const readSimulator = (text, demo, faults) => {
  if (text === undefined) return demo;
  if (text !== 'on' && text !== 'off') faults.push(`LINEPACK_SIMULATOR is "${text}": expected on or off`);
  if (text === 'on' && !demo) {
    faults.push(
      'LINEPACK_SIMULATOR is on: the simulator plays the demo network only, LINEPACK_NETWORK names another',
    );
  }
  return text === 'on';
};

const readPassword = (text, faults) => {
  if (text !== undefined && text.length < shortestPassword) {
    faults.push(`LINEPACK_ADMIN_PASSWORD is too short: expected at least ${shortestPassword} characters`);
  }
  return text;
};

/**
 * Reads the settings once. An empty variable counts as not set.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ settings: Settings, faults: string[] }}
 */
export const readSettings = (env) => {
  const faults = [];
  const get = (name) => env[name] || undefined;
  const network = resolve(root, get('LINEPACK_NETWORK') ?? demoNetwork);
  const demo = network === demoNetwork;
  if (!demo && !existsSync(network)) faults.push(`LINEPACK_NETWORK names ${network}: there is no such file`);
  const settings = {
    port: readPort(get('PORT'), faults),
    host: get('HOST') ?? '127.0.0.1',
    databaseUrl: readUrl('DATABASE_URL', get('DATABASE_URL'), ['postgres', 'postgresql'], faults),
    busUrl: readUrl('BUS_URL', get('BUS_URL'), ['mqtt', 'mqtts', 'ws', 'wss'], faults),
    network,
    data: resolve(root, get('LINEPACK_DATA') ?? '.linepack'),
    demo,
    simulator: readSimulator(get('LINEPACK_SIMULATOR'), demo, faults),
    adminPassword: readPassword(get('LINEPACK_ADMIN_PASSWORD'), faults),
  };
  return { settings, faults };
};

const masked = (url) => {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
};

/** The effective settings as lines, without secrets. @param {Settings} settings */
export const describeSettings = (settings) => [
  `  network    ${settings.network}${settings.demo ? ' (demo)' : ''}`,
  `  data       ${settings.data}`,
  `  database   ${settings.databaseUrl ? masked(settings.databaseUrl) : 'embedded TimescaleDB'}`,
  `  bus        ${settings.busUrl ? masked(settings.busUrl) : 'embedded MQTT broker'}`,
  `  simulator  ${settings.simulator ? 'on' : 'off'}`,
  `  address    ${settings.host}:${settings.port}`,
  ...(settings.adminPassword ? ['  administrator password: given'] : []),
];

/** The console's address as a browser on this machine writes it. */
export const addressOf = (host, port) => {
  const local = ['0.0.0.0', '::', '127.0.0.1'].includes(host) ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
};
