import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBus } from '@linepack/embedded';
import mqtt from 'mqtt';
import { until } from './house';

export interface Broker {
  readonly url: string;
  close(): Promise<void>;
}

export const MOSQUITTO = [
  '/usr/sbin/mosquitto',
  '/usr/local/sbin/mosquitto',
  '/opt/homebrew/sbin/mosquitto',
].find((path) => existsSync(path));

export const startAedes = (): Promise<Broker> => startBus();

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const DYNAMIC_SECURITY = [
  '/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so',
  '/usr/lib/aarch64-linux-gnu/mosquitto_dynamic_security.so',
  '/usr/lib/mosquitto_dynamic_security.so',
].find((path) => existsSync(path));

/** Whether there is a Mosquitto that can refuse a subscription: its list of rights only keeps messages back. */
export const REFUSING_MOSQUITTO = MOSQUITTO !== undefined && DYNAMIC_SECURITY !== undefined;

/** Lines of configuration by which nobody may subscribe to `topic`. */
const refusing = (topic: string, file: string): string => {
  const allowed = { publishClientSend: true, publishClientReceive: true, subscribe: true, unsubscribe: true };
  const denied = { acltype: 'subscribePattern', topic, priority: 1, allow: false };
  writeFileSync(
    file,
    JSON.stringify({
      defaultACLAccess: allowed,
      roles: [{ rolename: 'reader', acls: [denied] }],
      groups: [{ groupname: 'all', roles: [{ rolename: 'reader' }] }],
      anonymousGroup: 'all',
    }),
  );
  // Started as root it would become another user, who may not read the file.
  return `user root\nplugin ${DYNAMIC_SECURITY}\nplugin_opt_config_file ${file}\n`;
};

export interface MosquittoOptions {
  readonly port?: number;
  /** A topic filter that nobody may subscribe to. */
  readonly refuse?: string;
  /** Larger packets end the connection. */
  readonly mostBytes?: number;
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'linepack-mosquitto-'));
  const port = options.port ?? (await freePort());
  const file = join(folder, 'mosquitto.conf');
  const rights = options.refuse === undefined ? '' : refusing(options.refuse, join(folder, 'rights.json'));
  const size = options.mostBytes === undefined ? '' : `max_packet_size ${options.mostBytes}\n`;
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n${size}${rights}`,
  );
  const child = spawn(MOSQUITTO as string, ['-c', file], { stdio: 'ignore' });
  const url = `mqtt://127.0.0.1:${port}`;
  await until('mosquitto answers', async () => {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 }).catch(() => null);
    await client?.endAsync();
    return client !== null;
  });
  const close = async (): Promise<void> => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, close };
}
