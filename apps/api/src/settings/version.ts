import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const Manifest = z.object({ name: z.string(), version: z.string() });

/** The version of the product this file belongs to, whether it runs built or from its source. */
function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const { name, version } = Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (name === 'linepack') return version;
  }
  if (dirname(folder) === folder) throw new Error('package.json of linepack: not found above the program');
  return versionAbove(dirname(folder));
}

export const VERSION: string = versionAbove(dirname(fileURLToPath(import.meta.url)));
