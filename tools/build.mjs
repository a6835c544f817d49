// Builds what has changed into dist: every Node program in one file, the console by Angular.
// usage: node tools/build.mjs
import { buildAll } from './launcher/build.mjs';

process.exit((await buildAll()) ? 0 : 1);
