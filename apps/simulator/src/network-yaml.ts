import type { demoNetwork } from '@linepack/simulation';

type FileInput = ReturnType<typeof demoNetwork>;

const HEAD = `# 云泽市燃气管网: the demo city of Linepack. The city does not exist; its plant is apps/simulator.
#
# Two gate stations take gas from two suppliers. The western trunk (高压B, up to 2.5 MPa) and the eastern trunk
# (次高压A, up to 1.6 MPa) do not touch. Six regulator stations feed the medium-pressure mains (中压A, 0.35 MPa);
# a CNG mother station and three industrial users take theirs from the trunks.
#
# Written by "npm run --silent simulator -- network-file" from libs/simulation; a test keeps both the same.
# \${NAME:-default} is taken from the environment: the launcher puts the simulator's ports there.
`;

const COMMENTS: Record<string, string> = {
  gases: '# Mole fractions; the worked example of docs uses the same gas.',
  sources:
    '# Four OPC UA servers (nodes "ns=1;s=<station>.<tag>") and one MQTT broker, whose devices send JSON:\n' +
    '#   topic yunze/<station>/<device>, message { "ts": epoch ms, "values": { "<tag>": 0.35 }, "quality": { "<tag>": "good" } }',
  stations:
    '# Pressures are gauge; atmosphericPressureKPa makes them absolute. It differs: the west lies about 500 m up,\n' +
    '# the east by the sea, and taking one for the other is more than 1 % of volume at 0.35 MPa.',
  pipes: '# Trunk sections between the stations that measure their ends: their line pack belongs to level 2.',
  areas: "# Level 1: supplier's custody meter against ours. Level 2: gate against everything it feeds.",
};

const PLAIN = /^[\p{L}][\p{L}\p{N} _()/–-]*$/u;
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  if (PLAIN.test(value) && !RESERVED.test(value) && value.trim() === value) return value;
  return `'${value.replaceAll("'", "''")}'`;
}

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);
const isLeaf = (x: unknown): boolean => !isRecord(x) && !Array.isArray(x);

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isRecord(value))
    return `{ ${Object.entries(value)
      .map(([k, v]) => `${k}: ${inline(v)}`)
      .join(', ')} }`;
  return scalar(value);
}

/** Small things stand on one line: a name, an address, limits, a range. */
const fitsOneLine = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.every(isLeaf) && inline(value).length < 90;
  return isRecord(value) && Object.values(value).every(isLeaf) && inline(value).length < 150;
};

function block(value: unknown, indent: string): string {
  if (Array.isArray(value))
    return value
      .map((item) => {
        if (isLeaf(item) || (fitsOneLine(item) && !('id' in (item as object))))
          return `${indent}- ${inline(item)}\n`;
        return `${indent}- ${block(item, `${indent}  `).trimStart()}`;
      })
      .join('');
  return Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => `${indent}${key}:${entry(inner, indent)}`)
    .join('');
}

function entry(value: unknown, indent: string): string {
  if (isLeaf(value) || fitsOneLine(value) || (Array.isArray(value) && value.length === 0))
    return ` ${inline(value)}\n`;
  return `\n${block(value, `${indent}  `)}`;
}

function station(value: FileInput['stations'][number]): string {
  const { id, name, ...rest } = value;
  return `\n  # ---- ${name.zh} · ${name.en}\n  - ${block({ id, name, ...rest }, '    ').trimStart()}`;
}

/** The network file as text with comments, in the order a reader wants it. */
export function networkYaml(network: FileInput): string {
  let text = HEAD;
  for (const [key, value] of Object.entries(network)) {
    const comment = COMMENTS[key];
    if (comment) text += `\n${comment}\n`;
    text +=
      key === 'stations'
        ? `stations:${network.stations.map(station).join('')}`
        : `${key}:${entry(value, '')}`;
  }
  return text;
}
