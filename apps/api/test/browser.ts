import type { AlarmEvent, ClientEvents, LiveSample, ServerEvents } from '@linepack/contracts';
import { io, type Socket } from 'socket.io-client';
import { until, type Client } from './world';

export type Browser = Socket<ServerEvents, ClientEvents>;

/** Sockets that are open: `closeAll` after each test. */
export const open: Browser[] = [];

export function closeAll(): void {
  for (const socket of open.splice(0)) socket.disconnect();
}

/** A connected socket of a signed-in user that keeps what it hears. */
export async function browse(client: Client) {
  const socket: Browser = io(client.url, {
    path: '/api/socket',
    extraHeaders: { Cookie: client.cookie ?? '', Origin: client.url },
    reconnection: false,
    autoConnect: false,
  });
  open.push(socket);
  const live: LiveSample[] = [];
  const alarms: AlarmEvent[] = [];
  const journalled: string[] = [];
  const loss: string[] = [];
  let beats = 0;
  socket.on('live', (samples) => live.push(...samples));
  socket.on('alarm', (event) => alarms.push(event));
  socket.on('alarmJournalled', (entries) => journalled.push(...entries.map(({ eventId }) => eventId)));
  socket.on('lossUpdated', ({ gasDay }) => loss.push(gasDay));
  socket.on('beat', () => (beats += 1));
  socket.connect();
  // The first beat says that the rooms which need no asking are joined.
  await until(
    () => beats,
    (n) => n > 0,
  );
  return { socket, live, alarms, journalled, loss, beats: () => beats };
}
