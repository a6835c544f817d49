import { join, resolve } from 'node:path';

export interface Settings {
  /** Folder of the simulator's own files. */
  readonly folder: string;
  readonly host: string;
  /** One for each OPC UA server, in the order of the network file's sources. */
  readonly opcUaPorts: readonly number[];
  readonly mqttPort: number;
  readonly controlPort: number;
  readonly healthPort: number;
  /** Internal bus on which the simulator says how it is; nothing is said without. */
  readonly busUrl: string | undefined;
}

const OPC_UA_SERVERS = 4;

function busUrl(text: string | undefined, faults: string[]): string | undefined {
  if (text !== undefined && !/^(mqtt|mqtts|ws|wss):\/\//.test(text))
    faults.push(`BUS_URL: expected mqtt://host:port, got "${text}"`);
  return text;
}

/**
 * Reads the environment once. Ports of 0 take free ones.
 * @throws Error with every fault, one a line
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const faults: string[] = [];
  const port = (name: string, text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
    faults.push(`${name}: expected a port from 0 to 65535, got "${text}"`);
    return 0;
  };
  const ports = (env['SIMULATOR_OPCUA_PORTS'] ?? '4841,4842,4843,4844').split(',');
  if (ports.length !== OPC_UA_SERVERS)
    faults.push(
      `SIMULATOR_OPCUA_PORTS: expected ${OPC_UA_SERVERS} ports with commas between, got ${ports.length}`,
    );
  const settings: Settings = {
    folder: join(resolve(env['LINEPACK_DATA'] ?? '.linepack'), 'simulator'),
    host: env['HOST'] ?? '127.0.0.1',
    opcUaPorts: ports.map((p) => port('SIMULATOR_OPCUA_PORTS', p)),
    mqttPort: port('SIMULATOR_MQTT_PORT', env['SIMULATOR_MQTT_PORT'] ?? '18830'),
    controlPort: port('SIMULATOR_CONTROL_PORT', env['SIMULATOR_CONTROL_PORT'] ?? '0'),
    healthPort: port('HEALTH_PORT', env['HEALTH_PORT'] ?? '0'),
    busUrl: busUrl(env['BUS_URL'], faults),
  };
  if (faults.length) throw new Error(faults.join('\n'));
  return settings;
}
