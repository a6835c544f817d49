import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import pg from 'pg';

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles a process entry into dist, where the packages are found. */
export const bundle = async (entry: string): Promise<string> => {
  const folder = join(here, '../../../dist/embedded-test');
  mkdirSync(folder, { recursive: true });
  const outfile = join(mkdtempSync(join(folder, 'run-')), 'entry.mjs');
  await build({
    entryPoints: [join(here, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
  });
  return outfile;
};

export const removeBundle = (file: string): void => rmSync(dirname(file), { recursive: true, force: true });

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'linepack-embedded-'));

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  readonly errors: () => string;
  /** Ends it with the signal and waits; the exit code, or the signal's name. */
  end(signal?: NodeJS.Signals): Promise<number | string | null>;
}

/** Starts a bundled part and waits for its line. @throws what it said on stderr when it ends instead */
export const startProcess = async (
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> => {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const exited = once(child, 'close');
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    exited.then(() => undefined),
  ]);
  if (line === undefined) throw new Error(errors.trim());
  const { port } = JSON.parse(line) as { port: number };
  return {
    child,
    port,
    url: `postgres://postgres@127.0.0.1:${port}/template1`,
    errors: () => errors,
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code, by] = (await exited) as [number | null, NodeJS.Signals | null];
      return code ?? by;
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** PostgreSQL refuses to run as root: then it runs as the system's nobody. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export const hasPostgres = (): boolean => spawnSync('initdb', ['--version']).status === 0;

export interface RealPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL in a folder of its own. */
export const startPostgres = async (): Promise<RealPostgres> => {
  const folder = temporaryFolder();
  if (unprivileged.uid !== undefined) chownSync(folder, unprivileged.uid, unprivileged.gid);
  const data = join(folder, 'data');
  const run = { ...unprivileged, cwd: folder, env: { ...process.env, HOME: folder, LC_ALL: 'C' } };
  const made = spawnSync(
    'initdb',
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    run,
  );
  if (made.status !== 0) throw new Error(`initdb: ${String(made.stderr)}`);
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'fsync=off',
  ];
  const child = spawn('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...run,
    stdio: 'ignore',
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await eventually(async () => {
    const client = new pg.Client(url);
    await client.connect();
    await client.end();
  });
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'close');
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Tries until it succeeds; the last error after a generous deadline. */
export const eventually = async <T>(attempt: () => Promise<T> | T, deadlineMs = 20_000): Promise<T> => {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
};
