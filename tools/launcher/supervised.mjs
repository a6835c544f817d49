import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './log-file.mjs';
import { root, say } from './root.mjs';

const firstPause = 500;
const longestPause = 15_000;
/** After this long without a fault the next one is the first again. */
const settledAfter = 60_000;
const probeEvery = 2_000;

/** Waits; an abort ends the waiting, not the caller. */
const pauseFor = (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined);

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} program file in dist
 * @property {() => NodeJS.ProcessEnv} env read at every start of the process
 * @property {() => Promise<'well' | 'unwell' | 'silent'>} probe
 * @property {number} silenceMs how long it may be silent before it is started again
 * @property {number} stopMs how long it may take to stop
 */

/** One child process that is started again when it dies or falls silent. */
export class Supervised {
  state = 'stopped';
  pid;
  restarts = 0;
  #part;
  #child;
  #exited;
  #log;
  #ending = new AbortController();
  #changed;
  #pause = firstPause;

  /** @param {Part} part @param {string} logs folder @param {() => void} changed */
  constructor(part, logs, changed) {
    this.#part = part;
    this.#log = new LogFile(join(logs, `${part.name}.log`));
    this.#changed = changed;
  }

  get name() {
    return this.#part.name;
  }

  /** Starts it and watches over it until `stop`. */
  start() {
    this.#spawn();
    void this.#watch();
  }

  /** Waits until it is well. @returns {Promise<boolean>} false after the deadline, or when it is being stopped */
  async well(deadlineMs) {
    const end = Date.now() + deadlineMs;
    while (!this.#stopping && Date.now() < end) {
      if ((await this.#part.probe()) === 'well') {
        this.#become('well');
        return true;
      }
      await sleep(100);
    }
    return false;
  }

  /** Asks it to leave, waits, and ends it when it does not. */
  async stop() {
    this.#ending.abort();
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      const late = setTimeout(() => {
        say(`${this.name} does not stop and is ended`);
        this.#child.kill('SIGKILL');
      }, this.#part.stopMs);
      await this.#exited;
      clearTimeout(late);
    }
    this.#become('stopped');
    this.#log.close();
  }

  /** Ends it at once. */
  kill() {
    this.#ending.abort();
    this.#child?.kill('SIGKILL');
  }

  get #stopping() {
    return this.#ending.signal.aborted;
  }

  get tail() {
    return this.#log.tail;
  }

  /** What it said at the end, without the stack: that is in its log. */
  #lastWords() {
    return this.tail.filter((line) => !/^\s+at |^\s*[\^{}]|^Node\.js v/.test(line)).slice(-4);
  }

  #become(state) {
    const pid = this.#child?.exitCode === null ? this.#child.pid : undefined;
    if (this.state === state && this.pid === pid) return;
    this.state = state;
    this.pid = pid;
    this.#changed();
  }

  #spawn() {
    this.#log.forgetTail();
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', resolve(root, 'dist', this.#part.program)],
      {
        cwd: root,
        env: this.#part.env(),
        // Its stdin closes with the launcher, however that ends: then it leaves. A group of its own, so that Ctrl-C
        // reaches the launcher alone, which stops the parts in order.
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      },
    );
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (chunk) => this.#log.write(chunk));
    child.stderr.on('data', (chunk) => this.#log.write(chunk));
    this.#child = child;
    this.#exited = once(child, 'close');
    this.#become('starting');
  }

  async #watch() {
    while (!this.#stopping) {
      const since = Date.now();
      const watching = new AbortController();
      const silence = this.#killWhenSilent(watching.signal);
      const [code, signal] = await this.#exited;
      watching.abort();
      await silence;
      if (this.#stopping) return;
      this.#become('restarting');
      if (Date.now() - since > settledAfter) this.#pause = firstPause;
      say(`${this.name} ended (${signal ?? `code ${code}`}) and is started again`);
      this.#lastWords().forEach((line) => say(`  ${this.name}: ${line.slice(0, 400)}`));
      await pauseFor(this.#pause, this.#ending.signal);
      this.#pause = Math.min(this.#pause * 2, longestPause);
      this.restarts += 1;
      if (!this.#stopping) this.#spawn();
    }
  }

  async #killWhenSilent(signal) {
    let heard = Date.now();
    while (!signal.aborted) {
      const answer = await this.#part.probe();
      if (signal.aborted || this.#stopping) return;
      if (answer !== 'silent') heard = Date.now();
      this.#become(answer === 'silent' ? 'starting' : answer);
      if (Date.now() - heard > this.#part.silenceMs) {
        say(`${this.name} has not answered for ${this.#part.silenceMs / 1000} s and is ended`);
        this.#child.kill('SIGKILL');
        return;
      }
      await pauseFor(probeEvery, signal);
    }
  }
}
