import { once } from 'node:events';
import { connect } from 'node:net';

const patience = 5_000;

/** Whether an HTTP part answers, and whether it says it is well. @returns {Promise<'well' | 'unwell' | 'silent'>} */
export const probeHttp = async (url) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    await response.arrayBuffer();
    return response.ok ? 'well' : 'unwell';
  } catch (error) {
    // fetch: TypeError when the connection fails, TimeoutError when nothing comes.
    if (error.name === 'TypeError' || error.name === 'TimeoutError') return 'silent';
    throw error;
  }
};

/** Whether a TCP part answers to the bytes given. @returns {Promise<'well' | 'silent'>} */
const probeTcp = async (port, bytes) => {
  const socket = connect(port, '127.0.0.1');
  const signal = AbortSignal.timeout(patience);
  try {
    await once(socket, 'connect', { signal });
    socket.write(bytes);
    await once(socket, 'data', { signal });
    return 'well';
  } catch {
    // Whatever went wrong, the part did not answer; the supervisor judges by how long that lasts.
    return 'silent';
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
};

/** A PostgreSQL server answers an SSLRequest with one letter (protocol-flow, SSL session encryption). */
export const probeDatabase = (port) => probeTcp(port, Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));

/** An MQTT broker answers CONNECT (3.1.1, clean session, no client id) with CONNACK. */
export const probeBus = (port) =>
  probeTcp(port, Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 10, 0, 0]));
