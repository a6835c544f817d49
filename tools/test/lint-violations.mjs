// Lints each given piece of code as if it stood in the given file, and prints [{file, rules}] as JSON.
// usage: node lint-violations.mjs < '[{"file": "...", "code": "..."}]'
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';

const cwd = join(dirname(fileURLToPath(import.meta.url)), '../..');
process.chdir(cwd);
const eslint = new ESLint({ cwd });
const answers = [];
for (const { file, code } of JSON.parse(readFileSync(0, 'utf8'))) {
  const [result] = await eslint.lintText(code, { filePath: join(cwd, file) });
  answers.push({ file, rules: (result?.messages ?? []).map((m) => m.ruleId ?? `fatal: ${m.message}`) });
}
process.stdout.write(JSON.stringify(answers));
