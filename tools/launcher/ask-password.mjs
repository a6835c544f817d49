import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { shortestPassword } from './settings.mjs';

/** Asks for a new administrator's password on the terminal, without showing it, twice. */
export const askPassword = async (signal) => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  // Ctrl-C in the question ends the start, as anywhere else.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ask = async (question) => {
    process.stderr.write(question);
    const answer = await lines.question('', { signal });
    process.stderr.write('\n');
    return answer;
  };
  try {
    for (;;) {
      const first = await ask(
        `Password for the first administrator, "admin" (at least ${shortestPassword} characters): `,
      );
      if (first.length < shortestPassword) process.stderr.write('That is too short.\n');
      else if (first === (await ask('Once more: '))) return first;
      else process.stderr.write('These are not the same.\n');
    }
  } finally {
    lines.close();
  }
};
