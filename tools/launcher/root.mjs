import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** One line for whoever started the program; stdout is left to results. */
export const say = (line) => process.stderr.write(`${line}\n`);
