import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answer of a route: status and a body that goes out as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
export type Route = (request: { method: string; path: string; body: unknown }) => Promise<Answer> | Answer;

const MAX_BODY = 64 * 1024;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new Error(`body: expected at most ${MAX_BODY} bytes`);
  }
  const text = Buffer.concat(parts).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`body: expected JSON: ${(error as Error).message}`, { cause: error });
  }
}

function reply(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(answer.body)}\n`);
}

/** A page in a browser must not reach this by a name that leads to the loopback address, nor by a plain form. */
function isForeign(request: IncomingMessage): boolean {
  return request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined;
}

export interface SmallServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A small JSON server on one address. @throws the system's error when the port cannot be had */
export async function serveJson(host: string, port: number, route: Route): Promise<SmallServer> {
  const server: Server = createServer((request, response) => {
    const handle = async (): Promise<Answer> => {
      if (isForeign(request)) return { status: 403, body: { error: 'not for browsers' } };
      const path = new URL(request.url ?? '/', 'http://local').pathname;
      try {
        return await route({ method: request.method ?? 'GET', path, body: await bodyOf(request) });
      } catch (error) {
        return { status: 400, body: { error: (error as Error).message } };
      }
    };
    void handle().then((answer) => reply(response, answer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
