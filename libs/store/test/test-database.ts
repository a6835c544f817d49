import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { migrate, openPool, type Pool } from '../src/index';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export interface TestDatabase {
  readonly pool: Pool;
  readonly url: string;
  close(): Promise<void>;
}

/** An embedded TimescaleDB of its own in a process of its own: its calls block, and WebAssembly does not like jest. */
async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const builds = join(root, 'dist/store-test');
  mkdirSync(builds, { recursive: true });
  const built = mkdtempSync(join(builds, 'run-'));
  const data = mkdtempSync(join(tmpdir(), 'linepack-store-'));
  const outfile = join(built, 'database.mjs');
  await build({
    entryPoints: [join(root, 'libs/embedded/src/database-process.ts')],
    tsconfig: join(root, 'tsconfig.base.json'),
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
  });
  const child = spawn(process.execPath, [outfile, data, '0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => Promise.reject(new Error('the embedded database ended before it was ready'))),
  ])) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return {
    url: `postgres://postgres@127.0.0.1:${port}/template1`,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(built, { recursive: true, force: true });
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** A migrated database. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const server = await startServer();
  const pool = openPool(server.url, { max: 3 });
  await migrate(pool);
  return {
    pool,
    url: server.url,
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}
