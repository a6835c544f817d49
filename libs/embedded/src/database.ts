import { join } from 'node:path';
import type { CheckpointRule } from './checkpoints';
import { keepCheckpoints } from './checkpoints';
import type { EngineFailure } from './engine';
import { Engine } from './engine';
import { lockFolder } from './folder-lock';
import type { SessionLimits } from './wire/session';
import { Turnstile } from './wire/turnstile';
import { WireServer } from './wire/wire-server';

export interface EmbeddedDatabaseOptions extends Partial<SessionLimits & CheckpointRule> {
  /** The folder of the database and its lock; made when it is not there. */
  readonly dataDir: string;
  /** Address to listen on; the loopback address unless said otherwise. Whoever reaches it is superuser. */
  readonly host?: string;
  /** Port to listen on; 0 or nothing takes a free one. */
  readonly port?: number;
  readonly log?: (message: string) => void;
}

export interface EmbeddedDatabase {
  readonly port: number;
  /** A connection string for any PostgreSQL client. */
  readonly url: string;
  /** Clients connected now. */
  readonly connections: () => number;
  /** Resolves when the engine has stopped by its own fault: the process should end and be started again. */
  readonly failed: Promise<EngineFailure>;
  /** Takes no more connections, lets the running batch finish, writes a checkpoint, gives the folder back. */
  close(): Promise<void>;
}

const mebibyte = 1 << 20;

/** PostgreSQL takes messages of up to 1 GiB; here every byte is held in memory several times. */
export const defaultLimits: SessionLimits & CheckpointRule = {
  maxMessageBytes: 64 * mebibyte,
  maxCollectedBytes: 128 * mebibyte,
  idleInTransactionMs: 15_000,
  checkpointLookMs: 15_000,
  checkpointLogBytes: 96 * mebibyte,
};

/**
 * Opens the embedded TimescaleDB in a folder and serves it to PostgreSQL clients.
 *
 * All connections are one session of one superuser, one after the other:
 * - advisory locks are granted to everybody, temporary tables, cursors WITH HOLD and SQL-level PREPARE share one name
 *   space, roles mean nothing; a plain `SET` stays for everybody (`SET LOCAL` ends with its transaction);
 * - `statement_timeout` and cancel requests do nothing, and a long statement holds everybody up: bound every read;
 * - a connection in a transaction keeps the others waiting; one that says nothing for `idleInTransactionMs` is
 *   rolled back and disconnected, so never await a second connection while holding a transaction;
 * - prepared statements of the protocol are each connection's own, and end with it; the unnamed one must be used in
 *   the batch that parses it, or inside a transaction; `DISCARD ALL` and `DEALLOCATE ALL` sweep the connection's own;
 * - COPY FROM STDIN is collected (`maxCollectedBytes`) and run in one go, one in a query;
 * - nothing calls fsync: `kill -9` loses no acknowledged commit, a power cut may.
 *
 * The calls block the event loop while a statement runs: give it a process of its own.
 *
 * @throws FolderHeldError when a living process has the folder open
 * @throws EngineFailure when the folder cannot be opened
 */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const { dataDir, host = '127.0.0.1', port = 0, log = () => undefined } = options;
  const limits = {
    maxMessageBytes: options.maxMessageBytes ?? defaultLimits.maxMessageBytes,
    maxCollectedBytes: options.maxCollectedBytes ?? defaultLimits.maxCollectedBytes,
    idleInTransactionMs: options.idleInTransactionMs ?? defaultLimits.idleInTransactionMs,
    checkpointLookMs: options.checkpointLookMs ?? defaultLimits.checkpointLookMs,
    checkpointLogBytes: options.checkpointLogBytes ?? defaultLimits.checkpointLogBytes,
  };
  const lock = lockFolder(join(dataDir, 'database.lock'));
  try {
    let fail: (failure: EngineFailure) => void = () => undefined;
    const failed = new Promise<EngineFailure>((resolve) => {
      fail = resolve;
    });
    const engine = await Engine.open(join(dataDir, 'pgdata'), fail);
    const turnstile = new Turnstile();
    const wire = await WireServer.listen(engine, { host, port }, turnstile, limits, log).catch(
      async (error: unknown) => {
        await engine.close();
        throw error;
      },
    );
    const endCheckpoints = keepCheckpoints(engine, turnstile, limits);
    const url = `postgres://postgres@${host}:${wire.port}/template1`;
    lock.describe(url);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      endCheckpoints();
      await wire.close('the database is stopping');
      // After whoever has the session now, a checkpoint under way for instance.
      await turnstile.enter();
      await engine.close();
      lock.release();
    };
    return {
      port: wire.port,
      url,
      connections: () => wire.connections,
      failed,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
