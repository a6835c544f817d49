import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveSample } from '@linepack/contracts';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { Case } from './measure';

const WATCHERS = 50;
const BATCHES = 20;
const ROOM = 'station:bench';

const batch = Array.from({ length: 100 }, (_, i): LiveSample => [
  i + 1,
  1_770_000_000_000_000 + i,
  0,
  350 + i / 7,
  1_770_000_000_000_000 + i,
]);

/** What a station's room gets four times a second, sent `BATCHES` times and received by everybody. */
export async function fanOut(): Promise<{ of: Case; close: () => Promise<void> }> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'], serveClient: false });
  server.on('connection', (socket) => void socket.join(ROOM));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const watchers = Array.from({ length: WATCHERS }, () =>
    io(url, { transports: ['websocket'], forceNew: true, reconnection: false }),
  );
  await Promise.all(watchers.map((watcher) => connected(watcher)));

  /** Only what the server does in its own turn counts; that everything arrived is waited for. */
  const send = (emit: () => void) => async (): Promise<number> => {
    const arrived = Promise.all(watchers.map((watcher) => received(watcher, BATCHES)));
    const started = performance.now();
    for (let i = 0; i < BATCHES; i++) emit();
    const took = performance.now() - started;
    await arrived;
    return took;
  };
  return {
    of: {
      path: 'fan a live batch out',
      load: `${BATCHES} batches of ${batch.length} samples to ${WATCHERS} watchers`,
      measured: { name: 'encoded once a room', run: send(() => server.to(ROOM).emit('live', batch)) },
      yardstick: {
        name: 'encoded for each',
        run: send(() => server.sockets.sockets.forEach((socket) => socket.emit('live', batch))),
      },
      repetitions: 9,
    },
    close: async () => {
      watchers.forEach((watcher) => watcher.disconnect());
      await server.close();
    },
  };
}

const connected = (watcher: Socket): Promise<void> =>
  new Promise((resolve, reject) => watcher.on('connect', resolve).on('connect_error', reject));

function received(watcher: Socket, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const take = (): void => {
      left -= 1;
      if (left > 0) return;
      watcher.off('live', take);
      resolve();
    };
    watcher.on('live', take);
  });
}
