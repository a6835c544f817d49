import { InFlight } from '../src/acquisition/mqtt/in-flight';

/** As long as a batch of the collector takes to be committed on the embedded database, milliseconds. */
const COMMIT_MS = 10;

/**
 * Messages a second from a broker that always has one more, and sends `window` of them without an acknowledgement; the
 * batch goes when its most impatient message is due. In the time of the model, milliseconds.
 */
function throughput(window: number, seconds = 1): number {
  const inFlight = new InFlight();
  let now = 0;
  let acknowledged = 0;
  while (now < seconds * 1_000) {
    let dueAt = Infinity;
    for (let n = 0; n < window; n += 1) dueAt = Math.min(dueAt, now + inFlight.came());
    now = dueAt + COMMIT_MS;
    for (let n = 0; n < window; n += 1) inFlight.left();
    acknowledged += window;
  }
  return acknowledged / seconds;
}

test.each([
  ['Mosquitto as it comes', 20, 1_500],
  ['EMQX as it comes', 32, 2_500],
  ['MQTT 5 with our receive maximum', 1_000, 50_000],
])('%s is not held up by the patience of a batch', (_name, window, expected) => {
  expect(throughput(window)).toBeGreaterThan(expected);
});

test('a message that comes alone waits for company, and one that comes last for none', () => {
  const inFlight = new InFlight();
  expect(inFlight.came()).toBe(95);
  for (let n = 2; n < 20; n += 1) expect(inFlight.came()).toBe(100 - 5 * n);
  expect(inFlight.came()).toBe(0);
  expect(inFlight.came()).toBe(0);
});

test('a broker that was seen to send more is trusted to do so', () => {
  const inFlight = new InFlight();
  for (let n = 0; n < 1_000; n += 1) inFlight.came();
  for (let n = 0; n < 1_000; n += 1) inFlight.left();
  for (let n = 0; n < 19; n += 1) inFlight.came();
  expect(inFlight.came()).toBe(98);
});
