// StrykerJS plugin: lets a sample of the mutants pass, chosen by seed, the same for the same code.
import { createHash } from 'node:crypto';
import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin';

export const NOT_SAMPLED = 'not in the sample';

const rank = (seed, { fileName, location: { start, end }, replacement, mutatorName }) =>
  createHash('sha256')
    .update(JSON.stringify([seed, fileName.split('/sandbox-')[1]?.replace(/^[^/]*/, '') ?? fileName]))
    .update(JSON.stringify([start, end, replacement, mutatorName]))
    .digest('hex');

class SampleChecker {
  #left = Number(process.env.LINEPACK_MUTATION_SAMPLE);
  #chosen = new Set();

  async init() {}

  async group(mutants) {
    const seed = process.env.LINEPACK_MUTATION_SEED;
    const ranked = mutants.map((m) => ({ id: m.id, rank: rank(seed, m) }));
    ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    for (const { id } of ranked.slice(0, this.#left)) this.#chosen.add(id);
    this.#left = Math.max(0, this.#left - mutants.length);
    return [mutants.map((m) => m.id)];
  }

  async check(mutants) {
    return Object.fromEntries(
      mutants.map(({ id }) => [
        id,
        this.#chosen.has(id) ? { status: 'passed' } : { status: 'compileError', reason: NOT_SAMPLED },
      ]),
    );
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker)];
