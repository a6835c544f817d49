import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTransaction, type Pool, type PoolClient } from './database';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/** The database and this program's migrations do not belong together. */
export class MigrationRefused extends Error {
  readonly code = 'migrationRefused';
}

const FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/;

/** The folder of the migrations: beside the built program, or in the checkout it runs from. */
export function migrationsFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    for (const place of ['migrations', 'dist/migrations', 'libs/store/migrations']) {
      const candidate = join(folder, place);
      if (existsSync(candidate) && readdirSync(candidate).some((name) => FILE.test(name))) return candidate;
    }
    if (folder === dirname(folder)) throw new Error(`no folder of migrations at or above ${start}`);
  }
}

/**
 * Reads the migrations of a folder in the order of their numbers. Numbers may be left out: rooms that grow side by side
 * take theirs from ranges of their own. @throws MigrationRefused for a twin
 */
export function readMigrations(folder = migrationsFolder()): Migration[] {
  const migrations = readdirSync(folder)
    .map((file) => ({ file, match: FILE.exec(file) }))
    .filter((m): m is { file: string; match: RegExpExecArray } => m.match !== null)
    .map(({ file, match }) => {
      const sql = readFileSync(join(folder, file), 'utf8');
      const sha256 = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
      return { number: Number(match[1]), name: String(match[2]), sha256, sql };
    })
    .sort((a, b) => a.number - b.number);
  migrations.forEach((m, i) => {
    const twin = migrations[i - 1];
    if (twin?.number === m.number)
      throw new MigrationRefused(
        `migration ${m.number} ${m.name}: expected a number of its own in ${folder}, ${twin.name} has it too`,
      );
  });
  return migrations;
}

/**
 * Brings the database up to this program's schema; forward only, each migration in its own transaction.
 * @returns what was applied now
 * @throws MigrationRefused when an applied migration differs from this program's, or is newer than it knows
 */
export async function migrate(pool: Pool, migrations = readMigrations()): Promise<AppliedMigration[]> {
  await pool.query('create extension if not exists timescaledb');
  await pool.query(
    `create table if not exists schema_migration (
       number     int primary key,
       name       text not null,
       sha256     text not null,
       applied_at timestamptz not null default now()
     )`,
  );
  const applied: AppliedMigration[] = [];
  for (
    let next: AppliedMigration | null;
    (next = await inTransaction(pool, (c) => applyNext(c, migrations)));
  )
    applied.push(next);
  return applied;
}

async function applyNext(
  client: PoolClient,
  migrations: readonly Migration[],
): Promise<AppliedMigration | null> {
  // A table lock, not an advisory one: the embedded server grants those to everybody.
  await client.query('lock table schema_migration in access exclusive mode');
  const { rows } = await client.query<AppliedMigration>(
    'select number, name, sha256 from schema_migration order by number',
  );
  const known = new Map(migrations.map((m) => [m.number, m]));
  for (const done of rows) check(done, known.get(done.number));
  const applied = new Set(rows.map((done) => done.number));
  const next = migrations.find((m) => !applied.has(m.number));
  if (!next) return null;
  await client.query(next.sql);
  await client.query('insert into schema_migration (number, name, sha256) values ($1, $2, $3)', [
    next.number,
    next.name,
    next.sha256,
  ]);
  return { number: next.number, name: next.name, sha256: next.sha256 };
}

function check(done: AppliedMigration, known: Migration | undefined): void {
  if (!known)
    throw new MigrationRefused(
      `the database has migration ${done.number} ${done.name}, which this program does not know: run the newer program`,
    );
  if (known.sha256 !== done.sha256)
    throw new MigrationRefused(
      `migration ${done.number} ${done.name} was changed after it was applied: restore the file, and add a new migration instead`,
    );
}
