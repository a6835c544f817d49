import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './root.mjs';

/**
 * run.json in the data folder: where commands and tests find what runs. It is there from the start of the first part
 * to the end of the last.
 *
 * { pid: the launcher's, startedAt (ISO 8601), state: starting | ready | stopping, url, databaseUrl, busUrl,
 *   network, data, demo, env: variables for a command that talks to this run,
 *   ports: { api, database, bus, simulatorOpcua1 … 4, simulatorMqtt, simulatorControl, <part>Health },
 *   pids: { [part]: number }, those that live,
 *   parts: { [part]: { state: starting | well | unwell | restarting | stopped | absent, restarts } } }
 */
export class RunFile {
  #file;
  #content;

  constructor(file, content) {
    this.#file = file;
    this.#content = content;
  }

  /** Changes some fields and writes the whole at once. */
  update(fields) {
    Object.assign(this.#content, fields);
    const draft = `${this.#file}.${process.pid}`;
    // The database's address may hold a password.
    writeFileSync(draft, JSON.stringify(this.#content, null, 2), { mode: 0o600 });
    renameSync(draft, this.#file);
  }

  remove() {
    rmSync(this.#file, { force: true });
  }
}

/** The run.json of the Linepack that runs on the data folder of this environment; undefined when none runs. */
export const readRun = (env) => {
  const file = env.LINEPACK_RUN || join(resolve(root, env.LINEPACK_DATA || '.linepack'), 'run.json');
  if (!existsSync(file)) return undefined;
  const run = JSON.parse(readFileSync(file, 'utf8'));
  try {
    process.kill(run.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (error.code !== 'EPERM') return undefined;
  }
  return run;
};
