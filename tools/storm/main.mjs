// The storm: deterministic simulation of the whole alarm chain. usage: npm run storm [-- --seeds N --from S | --seed S]
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, say } from '../launcher/root.mjs';

const bundle = join(root, 'dist/storm/storm.mjs');

/** Identities belong to the seed: `randomUUID` of the bundled code is the storm's, the rest of `node:crypto` stays. */
const seededIdentities = {
  name: 'seeded-identities',
  setup(build) {
    build.onResolve({ filter: /^node:crypto$/ }, () => ({ path: 'crypto', namespace: 'seeded' }));
    build.onLoad({ filter: /.*/, namespace: 'seeded' }, () => ({
      contents: `export * from 'crypto'; export { randomUUID } from './tools/storm/src/kernel/identity';`,
      resolveDir: root,
      loader: 'ts',
    }));
  },
};

const build = async () => {
  const esbuild = await import('esbuild');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['tools/storm/src/cli.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: true,
    tsconfig: 'tsconfig.json',
    loader: { '.sql': 'text' },
    logLevel: 'error',
    plugins: [seededIdentities],
  });
};

const commit = () => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    say('storm: no git here, so that a failure names no commit');
    return 'an unknown commit';
  }
};

await build();
const { main } = await import(pathToFileURL(bundle).href);
process.exitCode = await main(process.argv.slice(2), commit());
