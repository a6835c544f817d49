import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { ApiRequest } from '../http/request';
import { ConsoleFiles } from './console-files';

let folder: string;
let server: Server;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Asks as written: fetch would tidy up the path. */
const ask = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    request({ port, path, headers, host: '127.0.0.1' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });

const script = `console.log(${JSON.stringify('x'.repeat(5_000))})`;

beforeAll(async () => {
  const parent = mkdtempSync(join(tmpdir(), 'linepack-console-'));
  folder = join(parent, 'browser');
  mkdirSync(join(folder, 'media'), { recursive: true });
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  const files = new ConsoleFiles(folder);
  server = createServer((req, res) => {
    // Express gives the path without the query.
    Object.assign(req, { path: (req.url ?? '').split('?')[0] });
    files.serve(req as ApiRequest, res, (error) => res.writeHead(error ? 500 : 204).end());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => {
  server.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

describe('the built console', () => {
  it('says how to build it while it is not there, and is there as soon as it is built', async () => {
    const missing = await ask('/');
    expect(missing.status).toBe(503);
    expect(missing.body.toString()).toContain('npm run build');
    writeFileSync(join(folder, 'main-ABCD1234.js'), script);
    writeFileSync(join(folder, 'media', 'bell.mp3'), 'bell');
    writeFileSync(join(folder, 'index.html'), '<html></html>');
    expect((await ask('/')).body.toString()).toBe('<html></html>');
  });

  it('is asked for again each time, but for files named by their content', async () => {
    expect((await ask('/')).headers['cache-control']).toBe('no-cache');
    expect((await ask('/main-ABCD1234.js')).headers['cache-control']).toContain('immutable');
    expect((await ask('/media/bell.mp3')).headers['content-type']).toBe('audio/mpeg');
  });

  it('answers its own routes with its page, and a missing file with nothing', async () => {
    expect((await ask('/stations/gate?tab=trend')).body.toString()).toBe('<html></html>');
    expect((await ask('/gone-ABCD1234.js')).status).toBe(404);
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/media/../../secret.txt', '/..\\secret.txt'])(
    'lets nobody out of its folder by %s',
    async (path) => {
      expect((await ask(path)).body.toString()).not.toContain('secret');
    },
  );

  it('is packed as the browser likes it', async () => {
    const brotli = await ask('/main-ABCD1234.js', { 'Accept-Encoding': 'gzip, deflate, br' });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.body).toString()).toBe(script);
    const gzip = await ask('/main-ABCD1234.js', { 'Accept-Encoding': 'gzip' });
    expect(gunzipSync(gzip.body).toString()).toBe(script);
    expect((await ask('/main-ABCD1234.js')).body.toString()).toBe(script);
  });

  it('is not sent again to who has it', async () => {
    const { etag } = (await ask('/')).headers;
    const again = await ask('/', { 'If-None-Match': String(etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('leaves /api to the api', async () => {
    expect((await ask('/api/health')).status).toBe(204);
  });
});
