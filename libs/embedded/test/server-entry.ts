// The database with the limits a test needs. usage: node server-entry.mjs JSON
import { runAsChild } from '../src/child-process';
import type { EmbeddedDatabaseOptions } from '../src/database';
import { startEmbeddedDatabase } from '../src/database';

const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedDatabaseOptions;
await runAsChild('database', () => startEmbeddedDatabase(options));
