import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsOf, statusOf, type Facts } from './status';

/** `/health` and `/metrics` on the loopback address; the collector serves nothing else. */
export async function startHealthServer(
  port: number,
  facts: () => Facts,
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url === '/health') answer(response, 'application/json', JSON.stringify(statusOf(facts())));
    else if (request.url === '/metrics')
      answer(response, 'text/plain; version=0.0.4; charset=utf-8', metricsOf(facts()));
    else response.writeHead(404).end();
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const answer = (response: ServerResponse, type: string, body: string): void => {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
