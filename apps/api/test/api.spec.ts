import 'reflect-metadata';
import type { AlarmTable, Health, Stations, Tags } from '@linepack/contracts';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import { ZodPipe } from '../src/http/zod.pipe';
import { assertAllAreGuarded, routesOf, socketEventsOf } from '../src/openapi/routes';
import { sayOwned } from './alarm-words';
import { argumentsOf } from './route-arguments';
import { Client, accountsMade, problem, startWorld, until, type World } from './world';

const PASSWORD = 'linepack-demo';
const HOUR = 3_600_000_000;

let world: World;
const clients = new Map<string, Client>();

async function signedIn(userName: string): Promise<Client> {
  const known = clients.get(userName);
  if (known) return known;
  const client = new Client(world.url);
  const response = await client.post('/api/auth/sign-in', { userName, password: PASSWORD });
  expect(response.status).toBe(200);
  clients.set(userName, client);
  return client;
}

beforeAll(async () => {
  world = await startWorld();
  await sayOwned(world, ['gate', 'rs-north', 'rs-south', 'network']);
  await accountsMade(world);
}, 180_000);
afterAll(() => world?.end());

describe('closed unless it names who may', () => {
  it('every route and socket event names who may', () => {
    expect(routesOf(world.app).length).toBeGreaterThan(15);
    expect(socketEventsOf(world.app).map(({ name }) => name)).toEqual(['watch', 'unwatch']);
    expect(() => assertAllAreGuarded(world.app)).not.toThrow();
  });

  it('every route that is not open refuses who is not signed in', async () => {
    const paths = routesOf(world.app).filter(({ access }) => access?.kind !== 'open');
    for (const { path, method } of paths) {
      const url = `${world.url}${path.replace(/:\w+/g, 'x')}`;
      const response = await fetch(url, { method: method === 1 ? 'POST' : 'GET' });
      expect([path, response.status, (await problem(response)).code]).toEqual([path, 401, 'notSignedIn']);
    }
  });
});

describe('text that the database cannot keep', () => {
  it('finds no part of a request that is not parsed', () => {
    const { BODY, PARAM, QUERY } = RouteParamtypes;
    for (const { name, parts } of argumentsOf(world.app))
      for (const { kind, pipes } of parts)
        if ([BODY, PARAM, QUERY].includes(kind))
          expect([name, pipes.filter((pipe) => pipe instanceof ZodPipe).length]).toEqual([name, 1]);
  });

  it.each(['a\0b', 'cut \ud83d', '\ude00'])(
    'is refused wherever it comes in, and the field is named: %j',
    async (bad) => {
      const client = await signedIn('chief');
      const fields = async (response: Response) => {
        const { status, code, errors } = await problem(response);
        return [status, code, errors?.map(({ field }) => field)];
      };
      expect(await fields(await client.post('/api/auth/sign-in', { userName: bad, password: bad }))).toEqual([
        400,
        'unkeepableText',
        ['userName', 'password'],
      ]);
      const acknowledgement = { occurrence: 1, comment: bad };
      expect(await fields(await client.post('/api/alarms/tag:x.y:L/acknowledge', acknowledgement))).toEqual([
        400,
        'unkeepableText',
        ['comment'],
      ]);
      // A lone surrogate cannot be written in a URL.
      if (!bad.includes('\0')) return;
      const code = encodeURIComponent(bad);
      for (const [path, field] of [
        [`/api/tags?station=${code}`, 'station'],
        [`/api/alarms/events?alarm=${code}`, 'alarm'],
        [`/api/loss/areas/${code}/days/2026-03-01`, 'areaId'],
      ] as const)
        expect([path, await fields(await client.get(path))]).toEqual([
          path,
          [400, 'unkeepableText', [field]],
        ]);
    },
  );
});

describe('dates and numbers that the database cannot keep', () => {
  const MOST = Number.MAX_SAFE_INTEGER;
  it.each([
    ['/api/loss/areas/town/days/0000-01-01', 'gasDay'],
    ['/api/loss/areas/town/days/0000-01-01/versions', 'gasDay'],
    ['/api/loss/areas/town/days/0000-12-31/table.csv', 'gasDay'],
    ['/api/loss/days?from=0000-01-01&to=0000-01-02', 'from'],
    ['/api/loss/days.csv?from=0000-12-31&to=0001-01-02', 'from'],
    ['/api/history?tags=1&from=1e300&to=1', 'from'],
    [`/api/history?tags=1&from=0&to=${MOST + 1}`, 'to'],
    [`/api/alarms/events?after=${MOST + 1}`, 'after'],
    [`/api/audit?before=${MOST + 1}`, 'before'],
    [`/api/loss/areas/town/days/2026-03-01?version=${MOST + 1}`, 'version'],
  ])('%s names the field', async (path, field) => {
    const response = await (await signedIn('chief')).get(path);
    const { code, errors } = await problem(response);
    expect([response.status, code, errors?.[0]?.field]).toEqual([422, 'invalidInput', field]);
  });

  it('are none at the edge of what it keeps', async () => {
    const client = await signedIn('chief');
    const tag = world.tag('gate.pt-1');
    const statuses = await Promise.all(
      [
        '/api/loss/areas/town/days/0001-01-01',
        '/api/loss/areas/town/days/9999-12-31/versions',
        '/api/loss/days?from=9999-12-30&to=9999-12-31',
        ...[-MOST, MOST - 1_000, -1_000].flatMap((from) =>
          [0.5, 1, 90e6, 90e9, 9e13].map(
            (span) =>
              `/api/history?tags=${tag}&points=10&from=${from}&to=${Math.min(MOST, from + span * 1_000)}`,
          ),
        ),
        `/api/alarms/events?after=${MOST}`,
        `/api/audit?before=${MOST}`,
        `/api/loss/areas/town/days/2026-03-01?version=${MOST}`,
        '/api/latest?tags=2147483648',
        `/api/history?tags=${'9'.repeat(400)}&from=0&to=1`,
      ].map(async (path) => [path, (await client.get(path)).status] as const),
    );
    expect(statuses.filter(([, status]) => status >= 500)).toEqual([]);
  });
});

describe('the plant and its history', () => {
  it('a dispatcher sees every station and tag', async () => {
    const client = await signedIn('dispatcher');
    const { stations } = (await (await client.get('/api/stations')).json()) as Stations;
    expect(stations.map(({ id }) => id)).toEqual(['gate', 'rs-north', 'rs-south']);
    const { tags } = (await (await client.get('/api/tags')).json()) as Tags;
    expect(tags).toHaveLength(9);
    expect(tags[0]).toMatchObject({ key: 'gate.pt-1', pressure: 'gauge', limits: { LL: 0.25 } });
  });

  it('says what is wrong with a question about history', async () => {
    const client = await signedIn('dispatcher');
    const tag = world.tag('gate.pt-1');
    const bad = await problem(await client.get('/api/history?tags=x&from=1&to=y'));
    expect(bad.errors?.map(({ field }) => field)).toEqual(['tags', 'to']);
    const reversed = await problem(await client.get(`/api/history?tags=${tag}&from=2&to=1`));
    expect(reversed.errors?.[0]?.field).toBe('to');
    expect(await problem(await client.get('/api/history?tags=99999&from=1&to=2'))).toMatchObject({
      status: 404,
    });
  });

  it('reads history of what was stored', async () => {
    const tag = world.tag('gate.pt-1');
    const from = Date.UTC(2026, 2, 1) * 1_000;
    await world.pool.query(
      `insert into sample (ts, tag_id, quality, value)
       select instant(($1::float8 + g * 1000000)::bigint), $2, 0, 0.3 + g / 1000.0 from generate_series(0, 59) g`,
      [from, tag],
    );
    const client = await signedIn('dispatcher');
    const response = await client.get(`/api/history?tags=${tag}&from=${from}&to=${from + HOUR}&points=600`);
    expect(response.status).toBe(200);
    const history = (await response.json()) as { series: { tagId: number; value: number[] }[] };
    expect(history.series[0]?.tagId).toBe(tag);
    expect(history.series[0]?.value[0]).toBeCloseTo(0.3, 6);
  });
});

describe('loss', () => {
  it('lists the areas and closed days, exports them, and knows nothing of a day that was not computed', async () => {
    const client = await signedIn('metrology');
    await world.pool.query(
      `insert into loss_result (area_id, gas_day, version, from_ts, to_ts, computed_at, input, output, own_use, vent,
         line_pack_start, line_pack_end, loss, loss_percent, limit_percent, verdict, reasons, completeness_percent,
         lines, line_pack, inputs, config_versions, algorithm)
       values ('town', '2026-03-01', 1, '2026-03-01T00:00Z', '2026-03-02T00:00Z', now(), 500000, 493000, 0, 0, 0, 0,
         7000, 1.4, 1, 'breach', '{}', 100, $1::jsonb, '[]', '{}', '{}', 'test-1')`,
      [
        JSON.stringify([
          {
            meterId: 'gate.m-1',
            name: { zh: '=门站', en: 'Gate' },
            role: 'input',
            volume: 500_000,
            start: { ts: Date.UTC(2026, 2, 1) * 1_000, reading: 1_000 },
            end: { ts: Date.UTC(2026, 2, 2) * 1_000, reading: 501_000 },
            measuredPercent: 100,
            remarks: [],
          },
        ]),
      ],
    );
    const days = await client.get('/api/loss/days?from=2026-02-01&to=2026-03-31');
    expect(await days.json()).toMatchObject({
      areas: [{ areaId: 'town', level: 2 }],
      cells: [{ gasDay: '2026-03-01', lossPercent: 1.4, verdict: 'breach', version: 1 }],
    });
    const table = await client.get('/api/loss/areas/town/days/2026-03-01/table.csv?lang=zh');
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const csv = Buffer.from(await table.arrayBuffer()).toString('utf8');
    expect(csv.startsWith('\uFEFF气日,')).toBe(true);
    expect(csv).toContain("'=门站,上游,500000,2026-03-01 08:00:00,1000,2026-03-02 08:00:00,501000,100,");
    const matrix = await (
      await client.get('/api/loss/days.csv?from=2026-02-01&to=2026-03-31&lang=en')
    ).text();
    expect(matrix).toContain('2026-03-01,1.4,7000,breach');
    const versions = await client.get('/api/loss/areas/town/days/2026-03-01/versions');
    expect(await versions.json()).toMatchObject({ versions: [{ version: 1 }] });
    for (const path of ['town/days/2026-03-02', 'town/days/2026-03-01?version=2', 'other/days/2026-03-01'])
      expect((await problem(await client.get(`/api/loss/areas/${path}`))).code).toBe('notFound');
  });

  it('refuses days that are not a range', async () => {
    const client = await signedIn('viewer');
    const response = await client.get('/api/loss/days?from=2026-03-02&to=2026-03-01');
    expect((await problem(response)).errors?.[0]?.field).toBe('to');
  });
});

describe('what everybody may ask', () => {
  it('health names each part, also those that are not there', async () => {
    const health = await until(
      async () => (await (await fetch(`${world.url}/api/health`)).json()) as Health,
      ({ status }) => status === 'ready',
    );
    expect(Object.fromEntries(health.parts.map(({ part, state }) => [part, state]))).toEqual({
      database: 'up',
      bus: 'up',
      simulator: 'absent',
      collector: 'up',
      worker: 'absent',
      api: 'up',
    });
  });

  it('the OpenAPI document describes every route with its permission and resolvable schemas', async () => {
    const response = await fetch(`${world.url}/api/docs-json`);
    const text = await response.text();
    const document = JSON.parse(text) as {
      paths: Record<string, Record<string, { summary: string; 'x-permission': string }>>;
      components: { schemas: Record<string, unknown> };
    };
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations).toHaveLength(routesOf(world.app).length);
    for (const operation of operations) expect(operation.summary).not.toBe('');
    expect(document.paths['/api/alarms/{id}/acknowledge']?.['post']?.['x-permission']).toBe(
      'alarm.acknowledge',
    );
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((m) =>
      String(m[1]),
    );
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name);
    expect((await fetch(`${world.url}/api/docs`)).status).toBe(200);
  });

  it('what is not there is a problem document too', async () => {
    expect(await problem(await fetch(`${world.url}/api/nothing`))).toMatchObject({
      status: 404,
      code: 'notFound',
    });
  });
});

describe('the alarm table', () => {
  it('is empty and stands on the journal at the start', async () => {
    const client = await signedIn('dispatcher');
    const table = (await (await client.get('/api/alarms')).json()) as AlarmTable;
    expect(table).toEqual({ seq: 0, alarms: [], databaseAway: false });
  });
});
