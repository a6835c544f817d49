import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askPassword } from './ask-password.mjs';
import { buildAll } from './build.mjs';
import { commonEnvironment, inherited } from './environment.mjs';
import { hasNetworkCommand, runNetworkCommand } from './network-command.mjs';
import { planParts } from './parts.mjs';
import { choosePorts, usedPorts } from './ports.mjs';
import { say } from './root.mjs';
import { RunFile } from './run-file.mjs';
import { addressOf } from './settings.mjs';
import { Supervised } from './supervised.mjs';

/** Something that ends the start, told in one message. */
export class StartFault extends Error {
  name = 'StartFault';
}

/** Started one after the other, since those behind cannot do without those before. */
const inOrder = { database: 90_000, bus: 30_000, simulator: 60_000 };

/** Runs Linepack: all parts, in order, until `stop`. */
export class Launcher {
  #settings;
  #ports;
  #run;
  #parts = [];
  #absent = [];
  #ending = new AbortController();
  #stopped;

  /** @param {import('./settings.mjs').Settings} settings with the port that will be used */
  constructor(settings) {
    this.#settings = settings;
  }

  get url() {
    return addressOf(this.#settings.host, this.#settings.port);
  }

  /** Builds and starts everything; resolves when the api says it is ready. @throws StartFault */
  async start() {
    if (!(await buildAll())) throw new StartFault('Linepack could not be built.');
    if (this.#ending.signal.aborted) return;
    mkdirSync(this.#settings.data, { recursive: true });
    this.#ports = await choosePorts(this.#settings.data);
    const { parts, absent } = planParts(this.#settings, this.#ports);
    this.#absent = absent;
    const logs = join(this.#settings.data, 'logs');
    this.#parts = parts.map((part) => new Supervised(part, logs, () => this.#tell()));
    this.#beginRun();
    await this.#startFirst(['database', 'bus']);
    await this.#prepareDatabase();
    await this.#startFirst(['simulator']);
    const rest = this.#parts.filter((part) => !(part.name in inOrder));
    if (this.#ending.signal.aborted) return;
    rest.forEach((part) => part.start());
    if (absent.length > 0) say(`not there yet: ${absent.join(', ')}`);
    await this.#untilReady();
  }

  /** Stops everything in order: whoever writes before what is written to. */
  stop() {
    this.#ending.abort();
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /** Ends everything at once; what was acknowledged is kept. */
  kill() {
    this.#parts.forEach((part) => part.kill());
  }

  #beginRun() {
    const { settings, ports } = { settings: this.#settings, ports: this.#ports };
    const env = commonEnvironment(settings, ports);
    this.#run = new RunFile(env.LINEPACK_RUN, {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      state: 'starting',
      url: this.url,
      databaseUrl: env.DATABASE_URL,
      busUrl: env.BUS_URL,
      network: settings.network,
      data: settings.data,
      demo: settings.demo,
      env,
      ports: { ...usedPorts(settings, ports), api: settings.port },
    });
    this.#tell();
  }

  #tell(fields = {}) {
    const running = this.#parts.filter((part) => part.pid !== undefined);
    const pids = Object.fromEntries(running.map(({ name, pid }) => [name, pid]));
    const parts = Object.fromEntries(
      this.#parts.map(({ name, state, restarts }) => [name, { state, restarts }]),
    );
    for (const name of this.#absent) parts[name] = { state: 'absent', restarts: 0 };
    this.#run.update({ ...fields, pids, parts });
  }

  async #startFirst(names) {
    for (const part of this.#parts.filter(({ name }) => names.includes(name))) {
      if (this.#ending.signal.aborted) return;
      part.start();
      if ((await part.well(inOrder[part.name])) || this.#ending.signal.aborted) continue;
      const seconds = inOrder[part.name] / 1000;
      throw new StartFault([`The ${part.name} is not ready after ${seconds} s.`, ...part.tail].join('\n  '));
    }
  }

  async #network(...args) {
    const env = { ...inherited(process.env), ...commonEnvironment(this.#settings, this.#ports) };
    const result = await runNetworkCommand(args, env, this.#ending.signal);
    if (result.code === 0 || this.#ending.signal.aborted) return result.output;
    throw new StartFault(result.errors || result.output || `network ${args.join(' ')} failed`);
  }

  /** Migrations, the first network, the first administrator. */
  async #prepareDatabase() {
    if (!hasNetworkCommand() || this.#ending.signal.aborted) return;
    await this.#network('migrate');
    if (this.#ending.signal.aborted) return;
    const imported = await this.#network('import', '--if-empty', this.#settings.network);
    if (imported) say(imported);
    if (this.#settings.demo || this.#settings.adminPassword || this.#ending.signal.aborted) return;
    if ((await this.#network('needs-admin')) !== 'yes') return;
    if (!process.stdin.isTTY) {
      throw new StartFault(
        'There is no administrator yet: set LINEPACK_ADMIN_PASSWORD or start on a terminal.',
      );
    }
    this.#settings.adminPassword = await askPassword(this.#ending.signal);
  }

  async #untilReady() {
    const api = this.#parts.find((part) => part.name === 'api');
    if (!api) return;
    while (!(await api.well(60_000))) {
      if (this.#ending.signal.aborted) return;
      const waiting = this.#parts.filter((part) => part.state !== 'well').map((part) => part.name);
      say(`not ready yet: ${waiting.join(', ')} (logs: ${join(this.#settings.data, 'logs')})`);
      await sleep(1_000);
    }
    if (this.#ending.signal.aborted) return;
    this.#tell({ state: 'ready' });
    process.stdout.write(`Linepack is ready: ${this.url}\n`);
    if (!this.#settings.demo) return;
    process.stdout.write(
      'Demo accounts: dispatcher, chief, metrology, station1, maintainer, viewer; password: linepack-demo\n',
    );
  }

  async #stopAll() {
    if (this.#run) this.#tell({ state: 'stopping' });
    for (const part of this.#parts.toReversed()) await part.stop();
    this.#run?.remove();
  }
}
