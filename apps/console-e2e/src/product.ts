import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const exec = promisify(execFile);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Polls until `probe` gives something; the last fault is told when the deadline passes. */
export async function until<T>(
  what: string,
  seconds: number,
  probe: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
    } catch (fault) {
      last = fault;
    }
    await new Promise((r) => setTimeout(r, 250));
  } while (Date.now() < deadline);
  throw new Error(
    `${what}: not seen within ${seconds} s${last instanceof Error ? ` (${last.message})` : ''}`,
  );
}

/** The whole product as a user starts it, in a data folder of its own. */
export class Product {
  readonly data = mkdtempSync(join(tmpdir(), 'linepack-e2e-'));
  output = '';
  private child: ChildProcess | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private get env(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_OPTIONS: '', PORT: String(this.port), LINEPACK_DATA: this.data };
  }

  async start(): Promise<void> {
    this.port = await freePort();
    const child = spawn(process.execPath, ['tools/start.mjs'], {
      cwd: root,
      env: this.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    await until(
      'the product is ready',
      240,
      async () => child.exitCode !== null || (await fetch(`${this.url}/api/health`)).ok,
    );
    if (child.exitCode !== null)
      throw new Error(`npm start ended with ${child.exitCode}: ${this.output.slice(-2000)}`);
  }

  /** What a second `npm start` on the same data folder says, and its exit code. */
  async startAgain(): Promise<{ code: number; said: string }> {
    try {
      const { stdout, stderr } = await exec(process.execPath, ['tools/start.mjs'], {
        cwd: root,
        env: this.env,
      });
      return { code: 0, said: stdout + stderr };
    } catch (fault) {
      const { code, stdout, stderr } = fault as { code: number; stdout: string; stderr: string };
      return { code, said: stdout + stderr };
    }
  }

  /** `npm run simulator -- …` */
  async simulator(...args: string[]): Promise<string> {
    const { stdout } = await exec(process.execPath, ['tools/run.mjs', 'simulator', ...args], {
      cwd: root,
      env: this.env,
    });
    return stdout;
  }

  /** Process id of one part, as run.json names it. */
  pid(part: string): number {
    const run = JSON.parse(readFileSync(join(this.data, 'run.json'), 'utf8')) as {
      pids: Record<string, number>;
    };
    const pid = run.pids[part];
    if (!pid) throw new Error(`run.json names no process ${part}`);
    return pid;
  }

  /** Ends one part at once, as a crash would. */
  kill(part: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    process.kill(this.pid(part), signal);
  }

  /** Ctrl-C; resolves to the exit code. The logs are kept beside the pictures. */
  async stop(): Promise<number | null> {
    const child = this.child;
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
    }
    const kept = process.env.LINEPACK_SCREENSHOTS;
    if (kept && existsSync(join(this.data, 'logs')))
      cpSync(join(this.data, 'logs'), join(kept, 'logs'), { recursive: true });
    rmSync(this.data, { recursive: true, force: true });
    return child?.exitCode ?? null;
  }
}
