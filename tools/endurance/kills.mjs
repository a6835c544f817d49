// Kills parts of a whole product at random, again and again, while devices send through Mosquitto at QoS 1, and counts
// afterwards: every value sent is stored, none twice. It judges the product, not the machine: nothing passes or fails
// by time. usage: npm run kills [-- --kills 100 --rate 5000 --seed 1]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import pg from 'pg';
import { tryPort } from '../launcher/ports.mjs';
import { root, say } from '../launcher/root.mjs';
import { DEVICES, TAGS, networkFile, topicOf } from './plant.mjs';

const { values: given } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    rate: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
});
const [kills, rate, seed] = [given.kills, given.rate, given.seed].map(Number);
const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => existsSync(path));
const PARTS = ['collector', 'database', 'bus', 'api', 'worker'];
const BETWEEN_MS = [3_000, 9_000];

/** mulberry32: the same seed, the same kills. */
const random = (() => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
})();

/** Waits until `ask` answers with something; says what it waits for when it takes long. */
const until = async (what, seconds, ask) => {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(250);
  }
};

const startBroker = async (folder) => {
  const port = await tryPort(0);
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 1000\n`,
  );
  const child = spawn(MOSQUITTO, ['-c', file], { stdio: 'ignore' });
  const url = `mqtt://127.0.0.1:${port}`;
  const client = await until('mosquitto', 20, () => mqtt.connectAsync(url, { reconnectPeriod: 0 }));
  return { url, client, stop: () => child.kill() };
};

const startProduct = async (folder, network) => {
  const port = await tryPort(0);
  const env = {
    ...process.env,
    PORT: String(port),
    LINEPACK_DATA: join(folder, 'data'),
    LINEPACK_NETWORK: network,
    LINEPACK_ADMIN_PASSWORD: 'endurance-test',
  };
  const child = spawn(process.execPath, [join(root, 'tools/start.mjs')], {
    env,
    stdio: ['pipe', 'ignore', process.env.KILLS_LOG ? 2 : 'ignore'],
  });
  await until(
    'the product is ready',
    240,
    async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).ok,
  );
  const run = () => JSON.parse(readFileSync(join(folder, 'data/run.json'), 'utf8'));
  const stop = async () => {
    child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { run, stop };
};

/** Devices that send until they are stopped: each value is another than the one before, each message of its own time. */
const startDevices = (client) => {
  const count = { sent: 0, acknowledged: 0 };
  let round = 0;
  const perRound = DEVICES * TAGS;
  const timer = setInterval(
    () => {
      round += 1;
      for (let device = 0; device < DEVICES; device += 1) {
        const values = Object.fromEntries(
          Array.from({ length: TAGS }, (_, k) => [`v${k}`, round + k / 1_000]),
        );
        count.sent += TAGS;
        client.publishAsync(topicOf(device), JSON.stringify({ ts: Date.now(), values }), { qos: 1 }).then(
          () => (count.acknowledged += TAGS),
          (error) => say(`device ${device}: ${error.message}`),
        );
      }
    },
    (perRound / rate) * 1_000,
  );
  return { count, stop: () => clearInterval(timer) };
};

/** Whether it was there to be killed: what was killed a moment ago may not be started again yet. */
const kill = (pid) => {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
};

const countStored = async (url) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select count(*)::float8 as rows, count(distinct (tag_id, value))::float8 as values
       from sample where value is not null and quality >= 0`,
    );
    return rows[0];
  } finally {
    await client.end();
  }
};

if (!MOSQUITTO) {
  say('kills: needs mosquitto (Debian package mosquitto)');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'linepack-kills-'));
const broker = await startBroker(folder);
const network = join(folder, 'network.yaml');
writeFileSync(network, networkFile(broker.url));
const product = await startProduct(folder, network);
try {
  const metric = async (name) => {
    const text = await (
      await fetch(`http://127.0.0.1:${product.run().ports.collectorHealth}/metrics`)
    ).text();
    return Number(new RegExp(`^linepack_collector_${name} (.*)$`, 'm').exec(text)?.[1]);
  };
  await until(
    'every device is listened to',
    60,
    async () => (await fetch(`http://127.0.0.1:${product.run().ports.collectorHealth}/health`)).ok,
  );
  await sleep(3_000);
  const devices = startDevices(broker.client);
  const killed = Object.fromEntries(PARTS.map((part) => [part, 0]));
  for (let n = 0; n < kills; n += 1) {
    await sleep(BETWEEN_MS[0] + random() * (BETWEEN_MS[1] - BETWEEN_MS[0]));
    const part = PARTS[Math.floor(random() * PARTS.length)];
    await until(`${part} runs`, 60, async () => kill(product.run().pids[part]));
    killed[part] += 1;
    if (n % 10 === 9) say(`${n + 1} kills, ${devices.count.sent} values sent`);
  }
  devices.stop();
  await until(
    'the broker took everything',
    120,
    async () => devices.count.acknowledged === devices.count.sent,
  );
  const { sent } = devices.count;
  const stored = await until('all is stored, or nothing moves any more', 300, async () => {
    if ((await metric('database_up')) !== 1 || (await metric('spool_entries')) !== 0) return undefined;
    const before = await countStored(product.run().databaseUrl);
    await sleep(5_000);
    const after = await countStored(product.run().databaseUrl);
    return before.rows === after.rows && after.values >= 1 ? after : undefined;
  });
  const lost = sent - stored.values;
  const doubled = stored.rows - stored.values;
  say(`killed: ${PARTS.map((part) => `${part} ${killed[part]}`).join(', ')}`);
  console.log(
    `${sent} sent, ${stored.values} stored, ${lost} lost, ${doubled} doubled, ${await metric('words_uncounted')} uncounted`,
  );
  process.exitCode = lost === 0 && doubled === 0 ? 0 : 1;
} finally {
  await broker.client.endAsync(true);
  await product.stop();
  broker.stop();
  rmSync(folder, { recursive: true, force: true });
}
