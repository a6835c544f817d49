import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LiveSample } from '@linepack/contracts';
import type { Micros, TagId } from '@linepack/network';
import { QUALITY, type PresentValue } from '@linepack/telemetry';
import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { BusClient } from '../../apps/api/src/bus/bus-client';
import { LatestValues } from '../../apps/api/src/live/latest-values';
import { LiveFeed } from '../../apps/api/src/live/live-feed';
import { ROOM } from '../../apps/api/src/live/rooms';
import { SocketHub, type LiveServer } from '../../apps/api/src/live/socket-hub';
import type { CollectorTag } from '../../apps/collector/src/configuration/collector-configuration';
import { LivePublisher } from '../../apps/collector/src/live/live-publisher';
import { systemTime } from '../../apps/collector/src/time';
import type { Case } from './measure';

const STATIONS = 50;
const TAGS_A_STATION = 100;
const SECONDS = 3;
const LATEST_MS = 10_000;

const stationOf = (index: number): string => `station-${index}`;

/**
 * From a value's change to a browser: the collector's publisher, the bus, the api's throttle, Socket.IO. Every station
 * changes all its tags once a second, one station after another: 5,000 changes a second. The figure is the 99th
 * percentile of the time a change takes to arrive; the yardstick sends the same changes straight to the sockets.
 * @param browsers how many sockets, each on one station
 */
export async function liveWire(browsers: number): Promise<{ of: Case; close: () => Promise<void> }> {
  const { startBus } = await import('@linepack/embedded');
  const bus = await startBus();
  const http = createServer();
  const server: LiveServer = new Server(http, { transports: ['websocket'], serveClient: false });
  const hub = new SocketHub();
  hub.attach(server);
  server.on('connection', (socket) => void socket.join(String(socket.handshake.auth['room'])));
  const logger = pino({ level: 'silent' });
  const client = new BusClient(bus.url, 'bench-api', logger);
  const feed = new LiveFeed(client, new LatestValues(), { tag: () => null }, hub, () => Date.now(), logger);
  client.open();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const collector = await connectAsync(bus.url);
  const publisher = new LivePublisher(
    () => 1,
    (topic, batch) => void collector.publish(topic, JSON.stringify(batch), { qos: 0 }),
    systemTime,
  );

  const changedAt = new Map<number, number>();
  const took: number[] = [];
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const watchers = Array.from({ length: browsers }, (_, i) =>
    io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { room: ROOM.station(stationOf(i % STATIONS)) },
    }),
  );
  await Promise.all(watchers.map((watcher) => connected(watcher)));
  for (const watcher of watchers)
    watcher.on('live', (samples: LiveSample[]) => {
      const now = performance.now();
      for (const [, , , value] of samples) took.push(now - (changedAt.get(value ?? 0) ?? now));
    });

  let value = 0;
  const change = (station: number): PresentValue[] =>
    Array.from({ length: TAGS_A_STATION }, (_, tag) => {
      changedAt.set((value += 1), performance.now());
      return {
        tagId: (station * TAGS_A_STATION + tag + 1) as TagId,
        at: (Date.now() * 1_000) as Micros,
        heardAt: (Date.now() * 1_000) as Micros,
        quality: QUALITY.Good,
        value,
      } as PresentValue;
    });
  const tagOf = (station: number): CollectorTag =>
    ({ stationId: stationOf(station), config: { maxReportS: 60 } }) as unknown as CollectorTag;
  const alongTheWire = (station: number): void => {
    for (const one of change(station)) publisher.offer(tagOf(station), one);
  };
  const straight = (station: number): void => {
    const samples = change(station).map(({ tagId, at, quality, value: v, heardAt }): LiveSample => [
      tagId,
      at,
      quality,
      v,
      heardAt,
    ]);
    hub.send(ROOM.station(stationOf(station)), 'live', samples);
  };

  /** @returns the 99th percentile, ms */
  const run = (send: (station: number) => void) => async (): Promise<number> => {
    changedAt.clear();
    took.length = 0;
    const started = performance.now();
    for (let i = 0; i < STATIONS * SECONDS; i += 1) {
      const due = started + (i * 1_000) / STATIONS;
      await systemSleep(Math.max(0, due - performance.now()));
      send(i % STATIONS);
    }
    // On a machine that stood still a value may have been replaced by the next: then fewer come.
    const expected = browsers * TAGS_A_STATION * SECONDS;
    const patience = performance.now() + LATEST_MS;
    while (took.length < expected && performance.now() < patience) await systemSleep(20);
    took.sort((a, b) => a - b);
    return took[Math.floor(took.length * 0.99)] as number;
  };
  return {
    of: {
      path: `source to ${browsers} browsers`,
      load: `${STATIONS * TAGS_A_STATION} changes a second, each station once a second`,
      measured: { name: 'p99 of a change', run: run(alongTheWire) },
      yardstick: { name: 'p99 straight to sockets', run: run(straight) },
      repetitions: 3,
    },
    close: async () => {
      watchers.forEach((watcher) => watcher.disconnect());
      feed.stop();
      publisher.stop();
      await client.close();
      await collector.endAsync();
      await server.close();
      await bus.close();
    },
  };
}

const systemSleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const connected = (watcher: Socket): Promise<void> =>
  new Promise((resolve, reject) => watcher.on('connect', resolve).on('connect_error', reject));
