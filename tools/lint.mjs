// eslint over the workspace (or the paths given). The boundary rule needs Nx's project graph, which it does not
// make itself, and silently checks nothing without it: so the graph is made first.
import { spawnSync } from 'node:child_process';

const env = { ...process.env, NX_DAEMON: 'false' };
const run = (args, stdio) => spawnSync(process.execPath, args, { stdio, env }).status ?? 1;
const paths = process.argv.slice(2);

const graph = run(['node_modules/nx/dist/bin/nx.js', 'show', 'projects'], ['ignore', 'ignore', 'inherit']);
process.exit(
  graph ||
    run(
      ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', ...(paths.length ? paths : ['.'])],
      'inherit',
    ),
);
