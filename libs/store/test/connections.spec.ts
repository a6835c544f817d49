import { connect, createServer, type Server, type Socket } from 'node:net';
import { inTransaction, openPool } from '../src/index';
import { startTestDatabase, type TestDatabase } from './test-database';

/** A wire to the database that can be cut, as a crash of the server would. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async to(url: string): Promise<{ wire: Wire; url: string }> {
    const target = new URL(url);
    const { hostname, port } = target;
    const server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        wire.sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
    });
    const wire = new Wire(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    target.port = String((server.address() as { port: number }).port);
    return { wire, url: target.href };
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('a pool whose database goes away', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await startTestDatabase()), 120_000);
  afterAll(() => database.close());

  test('a connection cut in mid-transaction rejects that transaction, and the pool goes on', async () => {
    const { wire, url } = await Wire.to(database.url);
    const pool = openPool(url, { max: 1 });
    try {
      const cutInBetween = inTransaction(pool, async (client) => {
        await client.query(`insert into job_state (name, state) values ('cut', '{}')`);
        const gone = new Promise((resolve) => client.once('end', resolve));
        wire.cut();
        await gone;
        await client.query('select 1');
      });
      await expect(cutInBetween).rejects.toThrow(/connection|not queryable/i);
      const { rows } = await pool.query(`select name from job_state where name = 'cut'`);
      expect(rows).toEqual([]);
    } finally {
      await pool.end();
      await wire.close();
    }
  });
});
