import { z } from 'zod';

/** What the api is told from outside, read once at its start. */
export interface Settings {
  /** TCP port of console and api; 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly busUrl: string;
  /** Folder for what must survive the process: audit entries that wait for the database. */
  readonly dataFolder: string;
  /** Whether the demo's accounts may be made in an empty database. */
  readonly accounts: 'demo' | 'administrator';
  readonly administratorPassword: string | null;
  /** Folder of the built console. */
  readonly consoleFolder: string;
  readonly logLevel: string;
}

/** All faults of the settings at once, one a line. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`settings: ${faults.join('; ')}`);
  }
}

const Environment = z.object({
  PORT: z.coerce
    .number('expected a port number')
    .int('expected a port number')
    .min(0, 'expected 0 to 65535')
    .max(65_535, 'expected 0 to 65535')
    .default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z
    .string('expected postgres://user:password@host:port/database')
    .regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database'),
  BUS_URL: z
    .string('expected mqtt://host:port')
    .regex(/^(mqtt|mqtts|ws|wss):\/\//, 'expected mqtt://host:port'),
  LINEPACK_DATA: z.string().min(1).default('.linepack'),
  LINEPACK_DEMO: z.enum(['0', '1', 'on', 'off'], 'expected on (1) or off (0)').default('off'),
  LINEPACK_ADMIN_PASSWORD: z.string().min(10, 'expected at least 10 characters').optional(),
  LINEPACK_CONSOLE: z.string().min(1).default('dist/console/browser'),
  LINEPACK_LOG: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'expected a level from trace to silent',
    )
    .default('info'),
});

/**
 * The settings from an environment.
 * @throws SettingsError naming every variable that is wrong and what was expected
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = Environment.safeParse(withoutBlanks(environment));
  if (!parsed.success)
    throw new SettingsError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`));
  const e = parsed.data;
  return {
    port: e.PORT,
    host: e.HOST,
    databaseUrl: e.DATABASE_URL,
    busUrl: e.BUS_URL,
    dataFolder: e.LINEPACK_DATA,
    accounts: ['1', 'on'].includes(e.LINEPACK_DEMO) ? 'demo' : 'administrator',
    administratorPassword: e.LINEPACK_ADMIN_PASSWORD ?? null,
    consoleFolder: e.LINEPACK_CONSOLE,
    logLevel: e.LINEPACK_LOG,
  };
}

// A variable that is set but empty is what shells and compose files make of one that is not set.
const withoutBlanks = (environment: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
