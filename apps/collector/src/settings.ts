/** What the collector is told by its environment, read once. */
export interface Settings {
  readonly databaseUrl: string;
  readonly busUrl: string;
  readonly dataFolder: string;
  readonly healthPort: number;
  readonly spoolBytes: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MEBIBYTE = 1 << 20;
const DEFAULT_SPOOL_MIB = 1_024;

/** @throws Error that lists every fault at once */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const faults: string[] = [];
  const need = (name: string, expected: string): string => {
    const value = env[name];
    if (!value) faults.push(`${name} is not set: expected ${expected}`);
    return value ?? '';
  };
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const text = env[name];
    const value = text === undefined || text === '' ? fallback : Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      faults.push(`${name} is "${text}": expected a whole number from ${least} to ${most}`);
    return value;
  };
  const settings: Settings = {
    databaseUrl: need('DATABASE_URL', 'postgres://user@host:port/database'),
    busUrl: need('BUS_URL', 'mqtt://host:port'),
    dataFolder: need('LINEPACK_DATA', 'a folder'),
    healthPort: whole('HEALTH_PORT', 0, 0, 65_535),
    spoolBytes: whole('LINEPACK_SPOOL_MIB', DEFAULT_SPOOL_MIB, 1, 1_048_576) * MEBIBYTE,
    env,
  };
  if (faults.length > 0) throw new Error(`settings:\n  ${faults.join('\n  ')}`);
  return settings;
}

/** The settings as they hold, for the first line of the log; secrets masked. */
export const shownSettings = ({ databaseUrl, busUrl, dataFolder, healthPort, spoolBytes }: Settings) => ({
  databaseUrl: databaseUrl.replace(/:[^:@/]*@/, ':***@'),
  busUrl: busUrl.replace(/:[^:@/]*@/, ':***@'),
  dataFolder,
  healthPort,
  spoolMiB: spoolBytes / MEBIBYTE,
});
