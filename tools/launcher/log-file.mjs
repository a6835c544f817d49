import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const maxBytes = 10 << 20;
const remembered = 30;

/** A child's output in a file of bounded size (the last full one is kept as .1), and its last lines in memory. */
export class LogFile {
  #file;
  #descriptor;
  #size;
  #tail = [];

  constructor(file) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.#open();
  }

  write(chunk) {
    if (this.#descriptor === undefined) return;
    if (this.#size > maxBytes) {
      closeSync(this.#descriptor);
      renameSync(this.#file, `${this.#file}.1`);
      this.#open();
    }
    this.#size += writeSync(this.#descriptor, chunk);
    const lines = chunk.toString().split('\n').filter(Boolean);
    this.#tail = [...this.#tail, ...lines].slice(-remembered);
  }

  /** The last lines written. */
  get tail() {
    return this.#tail;
  }

  forgetTail() {
    this.#tail = [];
  }

  close() {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open() {
    this.#size = existsSync(this.#file) ? statSync(this.#file).size : 0;
    this.#descriptor = openSync(this.#file, 'a');
  }
}
