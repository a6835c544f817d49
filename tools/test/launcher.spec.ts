import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePorts } from '../launcher/ports.mjs';
import { describeSettings, readSettings } from '../launcher/settings.mjs';
import { Supervised } from '../launcher/supervised.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'linepack-launcher-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; !holds(); await sleep(20)) {
    if (Date.now() > end) throw new Error(`not so within 20 s: ${String(holds)}`);
  }
};

describe('settings', () => {
  it('come from nothing', () => {
    const { settings, faults } = readSettings({ PORT: '', DATABASE_URL: '' });
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({ port: 8080, host: '127.0.0.1', demo: true, simulator: true });
  });

  it('tell all faults at once', () => {
    const { faults } = readSettings({
      PORT: '80800',
      DATABASE_URL: 'mysql://host',
      BUS_URL: 'somewhere',
      LINEPACK_NETWORK: '/not/there.yaml',
      LINEPACK_SIMULATOR: 'on',
      LINEPACK_ADMIN_PASSWORD: 'short',
    });
    const named = ['NETWORK', 'PORT', 'DATABASE_URL', 'BUS_URL', 'SIMULATOR', 'ADMIN_PASSWORD'];
    expect(faults.map((fault) => fault.split(' ')[0]?.replace('LINEPACK_', ''))).toEqual(named);
  });

  it('are shown without secrets', () => {
    const { settings } = readSettings({
      DATABASE_URL: 'postgres://linepack:hidden@db:5432/linepack',
      LINEPACK_ADMIN_PASSWORD: 'hidden-as-well',
    });
    const shown = describeSettings(settings).join('\n');
    expect(shown).toContain('postgres://linepack:***@db:5432/linepack');
    expect(shown).not.toContain('hidden');
  });
});

describe('ports', () => {
  it('are the same at the next start, but for one that is taken meanwhile', async () => {
    const first = await choosePorts(folder);
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
    const other = createServer().listen(first['bus'], '127.0.0.1');
    await once(other, 'listening');
    const second = await choosePorts(folder);
    expect(second).toEqual({ ...first, bus: second['bus'] });
    expect(second['bus']).not.toBe(first['bus']);
    other.close();
    await once(other, 'close');
  });

  it('are taken anew when their file is torn', async () => {
    writeFileSync(join(folder, 'ports.json'), '{"bus":');
    expect(Object.keys(await choosePorts(folder))).toContain('bus');
  });
});

describe('a supervised part', () => {
  /** A program that leaves a mark in a file and then does as told. */
  const program = (deed: string): string => {
    const file = join(folder, 'program.mjs');
    const mark = `import { appendFileSync } from 'node:fs';
      const mark = (word) => appendFileSync(${JSON.stringify(join(folder, 'marks'))}, word + '\\n');
      process.on('SIGTERM', () => { mark('left'); process.exit(0); });
      process.stdin.on('close', () => { mark('orphaned'); process.exit(0); }).resume();
      mark('started');\n`;
    writeFileSync(file, mark + deed);
    return file;
  };
  const marks = (): string[] =>
    existsSync(join(folder, 'marks')) ? readFileSync(join(folder, 'marks'), 'utf8').trim().split('\n') : [];
  const supervise = (deed: string, answer: () => string): Supervised =>
    new Supervised(
      {
        name: 'part',
        program: program(deed),
        env: () => process.env,
        probe: () => Promise.resolve(answer()),
        silenceMs: 500,
        stopMs: 5_000,
      },
      folder,
      () => undefined,
    );

  it('is started again when it dies', async () => {
    const part = supervise('setInterval(() => undefined, 1000);', () => 'well');
    part.start();
    expect(await part.well(10_000)).toBe(true);
    await until(() => marks().length === 1);
    process.kill(part.pid ?? 0, 'SIGKILL');
    await until(() => marks().length === 2);
    expect(part.restarts).toBe(1);
    await part.stop();
    expect(marks()).toEqual(['started', 'started', 'left']);
    expect([part.state, part.pid]).toEqual(['stopped', undefined]);
  }, 30_000);

  it('is ended and started again when it falls silent', async () => {
    const part = supervise('setInterval(() => undefined, 1000);', () => 'silent');
    part.start();
    await until(() => part.restarts > 0 && marks().length > 1);
    await part.stop();
  }, 30_000);

  it('waits longer from fault to fault and tells the last words', async () => {
    const part = supervise('console.error("no such table"); process.exit(3);', () => 'silent');
    part.start();
    await until(() => part.restarts === 2);
    await until(() => part.tail.includes('no such table'));
    await part.stop();
    const { length } = marks();
    await sleep(600);
    expect(marks()).toHaveLength(length);
  }, 30_000);

  it('leaves when the launcher is gone', async () => {
    const launcher = join(folder, 'launcher.mjs');
    const supervised = new URL('../launcher/supervised.mjs', import.meta.url).href;
    const file = program('setInterval(() => undefined, 1000);');
    writeFileSync(
      launcher,
      `import { Supervised } from ${JSON.stringify(supervised)};
      const part = { name: 'part', program: ${JSON.stringify(file)}, env: () => process.env,
        probe: async () => 'well', silenceMs: 60000, stopMs: 5000 };
      new Supervised(part, ${JSON.stringify(folder)}, () => undefined).start();`,
    );
    const child = spawn(process.execPath, [launcher], { stdio: 'ignore' });
    await until(() => marks().includes('started'));
    child.kill('SIGKILL');
    await until(() => marks().includes('orphaned'));
  }, 30_000);
});
