import type { RealPostgres } from './processes';
import { hasPostgres, startPostgres } from './processes';
import { wireSuite } from './wire.suite';

const present = hasPostgres();
if (!present && !process.env['CI']) {
  process.stderr.write(
    'skipped: no initdb on PATH, so the wire suite does not run against a real PostgreSQL\n',
  );
}

(present || process.env['CI'] ? describe : describe.skip)('a real PostgreSQL', () => {
  let postgres: RealPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  wireSuite(() => postgres.url);
});
