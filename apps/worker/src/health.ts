import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PartStatus } from '@linepack/contracts';

/** `GET /health` on the loopback address: 200 while the process works, with its own account of itself. */
export async function serveHealth(
  port: number,
  status: () => PartStatus,
): Promise<{ port: number; server: Server }> {
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/health';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(known ? JSON.stringify(status()) : '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, server };
}
