import { join, resolve } from 'node:path';
import { z } from 'zod';

const Environment = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'expected postgres://user@host:port/database'),
  BUS_URL: z.string().regex(/^(mqtt|mqtts|ws|wss):\/\//, 'expected mqtt://host:port'),
  HEALTH_PORT: z.coerce.number('expected a port, 0 to 65535').int().min(0).max(65_535).default(0),
  LINEPACK_DATA: z.string().default('.linepack'),
  LINEPACK_DEMO: z.enum(['1', '0', ''], 'expected 1 or 0').default(''),
});

/** What the worker needs to know to run. */
export interface WorkerSettings {
  readonly databaseUrl: string;
  readonly busUrl: string;
  /** Port of `GET /health` on the loopback address; 0 takes a free one. */
  readonly healthPort: number;
  /** The demo plant's own record, from which an empty history is filled; undefined outside the demo. */
  readonly plantFile: string | undefined;
}

/**
 * Reads the environment once.
 * @throws Error naming every variable that is missing or wrong, one a line
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): WorkerSettings {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(faults.join('\n'));
  }
  const { DATABASE_URL, BUS_URL, HEALTH_PORT, LINEPACK_DATA, LINEPACK_DEMO } = read.data;
  return {
    databaseUrl: DATABASE_URL,
    busUrl: BUS_URL,
    healthPort: HEALTH_PORT,
    plantFile: LINEPACK_DEMO === '1' ? join(resolve(LINEPACK_DATA), 'simulator', 'plant.json') : undefined,
  };
}
