import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ApiRequest, ApiResponse, Next } from '../http/request';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.ogg': 'audio/ogg',
};
const COMPRESSIBLE = /^(text\/|application\/(json|manifest)|image\/svg)/;
// The builder names a file by its content: app-AB12CD34.js. Such a file never changes.
const HASHED = /[-.][A-Z0-9]{8,}\.[a-z0-9]+$/;
const SMALLEST_WORTH_PACKING = 1_024;

type Encoding = 'br' | 'gzip' | 'identity';

interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  readonly lasting: boolean;
  readonly bodies: Map<Encoding, Buffer>;
}

const pack = {
  br: (body: Buffer) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: (body: Buffer) => promisify(gzip)(body),
};

const MISSING =
  'The console has not been built yet. Run: npm run build\n管存控制台尚未构建，请运行：npm run build\n';

/**
 * Serves the built console from memory. Only files that were there when the folder was read are ever served, so a path
 * cannot climb out of it; a path without an extension is one of the console's own routes and gets index.html.
 */
export class ConsoleFiles {
  private files: Promise<Map<string, ConsoleFile>> | null = null;

  constructor(private readonly folder: string) {}

  /** An Express handler for everything outside /api. */
  readonly serve = (request: ApiRequest, response: ApiResponse, next: Next): void => {
    if (request.path === '/api' || request.path.startsWith('/api/')) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    this.answer(request, response).catch(next);
  };

  private async answer(request: ApiRequest, response: ApiResponse): Promise<void> {
    const files = await this.read();
    const index = files.get('/index.html');
    if (!index) {
      response.statusCode = 503;
      response.setHeader('Content-Type', TYPES['.txt'] ?? '');
      response.setHeader('Cache-Control', 'no-store');
      response.end(MISSING);
      return;
    }
    const file = files.get(request.path) ?? (extname(request.path) === '' ? index : undefined);
    if (!file) {
      response.statusCode = 404;
      response.setHeader('Cache-Control', 'no-store');
      response.end();
      return;
    }
    await send(file, request, response);
  }

  /** Reads the folder once; a folder that is not there yet is looked for again at the next request. */
  private read(): Promise<Map<string, ConsoleFile>> {
    this.files ??= readFolder(this.folder).then((files) => {
      if (files.size === 0) this.files = null;
      return files;
    });
    return this.files;
  }
}

async function readFolder(folder: string): Promise<Map<string, ConsoleFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files = new Map<string, ConsoleFile>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(join(folder).length).replaceAll('\\', '/');
    const body = await readFile(full);
    files.set(path.startsWith('/') ? path : `/${path}`, {
      type: TYPES[extname(entry.name)] ?? 'application/octet-stream',
      etag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
      lasting: HASHED.test(entry.name),
      bodies: new Map([['identity', body]]),
    });
  }
  return files;
}

async function send(file: ConsoleFile, request: ApiRequest, response: ApiResponse): Promise<void> {
  const encoding = encodingFor(file, String(request.headers['accept-encoding'] ?? ''));
  const etag = `"${file.etag}-${encoding}"`;
  response.setHeader('Content-Type', file.type);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === etag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  const body = await bodyOf(file, encoding);
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function encodingFor(file: ConsoleFile, accepted: string): Encoding {
  const size = file.bodies.get('identity')?.length ?? 0;
  if (!COMPRESSIBLE.test(file.type) || size < SMALLEST_WORTH_PACKING) return 'identity';
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
}

/** A file is packed at its first request and kept so. */
async function bodyOf(file: ConsoleFile, encoding: Encoding): Promise<Buffer> {
  const plain = file.bodies.get('identity') ?? Buffer.alloc(0);
  if (encoding === 'identity') return plain;
  const packed = file.bodies.get(encoding) ?? (await pack[encoding](plain));
  file.bodies.set(encoding, packed);
  return packed;
}
