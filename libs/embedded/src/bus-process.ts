// The embedded bus broker as a process. usage: bus.mjs [PORT], or BUS_PORT.
import { runAsChild } from './child-process';
import { startBus } from './bus';

await runAsChild('bus', () => startBus({ port: Number(process.argv[2] ?? process.env['BUS_PORT'] ?? 0) }));
