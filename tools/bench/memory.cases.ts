import {
  limitAlarms,
  limitObservation,
  NORMAL,
  reduce,
  type AlarmDefinition,
  type AlarmState,
} from '@linepack/alarm';
import { DETAIL } from '@linepack/gas';
import type { Micros, PressureAbsKPa, TagId, TemperatureK } from '@linepack/network';
import {
  decodeValue,
  isWorthStoring,
  parsePayload,
  QUALITY,
  type DecodedValue,
  type Sample,
} from '@linepack/telemetry';
import type { Case } from './measure';

const DEVICE_TAGS = 12;
const MESSAGES = 2_000;
const START_MS = Date.UTC(2026, 0, 1);

/** Messages of one device, each with all its values, as bytes off the wire. */
const payloads = Array.from({ length: MESSAGES }, (_, i) =>
  Buffer.from(
    JSON.stringify({
      ts: START_MS + i * 2_000,
      values: Object.fromEntries(
        Array.from({ length: DEVICE_TAGS }, (_, k) => [
          `pt-${k}`,
          Number((0.35 + Math.sin(i / 50 + k) / 50).toFixed(4)),
        ]),
      ),
      quality: Object.fromEntries(Array.from({ length: DEVICE_TAGS }, (_, k) => [`pt-${k}`, 'good'])),
    }),
  ),
);
const addresses = Array.from({ length: DEVICE_TAGS }, (_, k) => ({
  path: `values.pt-${k}`,
  timePath: 'ts',
  qualityPath: `quality.pt-${k}`,
}));

const parsed = (payload: Buffer): unknown => {
  const message = parsePayload(payload.toString());
  if (!message.ok) throw new Error(message.fault);
  return message.body;
};
const decoded = (payload: Buffer): DecodedValue[] => {
  const body = parsed(payload);
  return addresses.map((address) => decodeValue(body, address));
};

const load = `${MESSAGES} messages of ${DEVICE_TAGS} values`;

/** Results are counted, so that nothing is left out because nobody looks at it. */
let seen = 0;
const decodeAll = (): void => {
  for (const payload of payloads) seen += decoded(payload).length;
};

const decoding: Case = {
  path: 'decode MQTT messages',
  load,
  measured: { name: 'values with quality and time', run: decodeAll },
  yardstick: {
    name: 'bare JSON.parse',
    run: () => {
      for (const payload of payloads) seen += JSON.parse(payload.toString()) === null ? 0 : 1;
    },
  },
  repetitions: 15,
};

const definitions: AlarmDefinition[][] = addresses.map((_, k) =>
  limitAlarms({
    tagId: k + 1,
    key: `bench.pt-${k}`,
    stationId: 'bench',
    name: { zh: '压力', en: 'Pressure' },
    unit: 'MPa',
    limits: { LL: 0.31, L: 0.335, H: 0.365, HH: 0.38, deadband: 0.002, onDelayS: 10, offDelayS: 10 },
  }),
);

/** Four limits a tag: every sample is put to each of them, and some raise and return. */
function evaluateAll(messages: readonly (readonly DecodedValue[])[]): void {
  const states = new Map<string, AlarmState>();
  for (const values of messages)
    for (const [k, { value, quality, ts }] of values.entries())
      for (const definition of definitions[k] ?? []) {
        const stamped = { at: ts as Micros, receivedAt: ts as Micros, clockSession: 1 };
        const observation = limitObservation(definition, { ...stamped, value, quality });
        const result = reduce(definition, states.get(definition.alarmId) ?? NORMAL, observation);
        if (!result.ok) throw new Error(result.detail);
        states.set(definition.alarmId, result.state);
        seen += result.events.length;
      }
}

const messages = payloads.map(decoded);
const alarms: Case = {
  path: 'evaluate alarms',
  load: `${load}, four limits each`,
  measured: { name: 'the reducer', run: () => evaluateAll(messages) },
  yardstick: { name: 'decoding them', run: decodeAll },
  repetitions: 15,
};

const rule = { deadband: 0.001, maxReportS: 60 };
const thinning: Case = {
  path: 'thin samples out',
  load: `${MESSAGES * DEVICE_TAGS} samples`,
  measured: {
    name: 'deadband and interval',
    run: () => {
      const stored: (Sample | null)[] = addresses.map(() => null);
      for (const values of messages)
        for (const [k, { value, ts }] of values.entries()) {
          const sample = { tagId: (k + 1) as TagId, ts: ts as Micros, quality: QUALITY.Good, value };
          if (!isWorthStoring(stored[k] ?? null, sample, rule)) continue;
          stored[k] = sample;
          seen += 1;
        }
    },
  },
  yardstick: { name: 'decoding them', run: decodeAll },
  repetitions: 15,
};

const z = DETAIL.of({ methane: 0.95, ethane: 0.025, propane: 0.005, nitrogen: 0.01, carbon_dioxide: 0.01 });
const states = Array.from({ length: 2_000 }, (_, i) => ({
  pressure: (400 + i) as PressureAbsKPa,
  temperature: (283.15 + (i % 20)) as TemperatureK,
}));
const remembered = new Map<string, number>();
const key = ({ pressure, temperature }: (typeof states)[number]): string => `${pressure} ${temperature}`;

const compressibility: Case = {
  path: 'compressibility (DETAIL)',
  load: '2,000 states of one gas',
  measured: {
    name: 'computed',
    run: () => {
      for (const { pressure, temperature } of states) seen += z(pressure, temperature);
    },
  },
  yardstick: {
    name: 'looked up by state',
    run: () => {
      if (remembered.size === 0)
        for (const state of states) remembered.set(key(state), z(state.pressure, state.temperature));
      for (const state of states) seen += remembered.get(key(state)) as number;
    },
  },
  repetitions: 15,
};

export const memoryCases: readonly Case[] = [decoding, alarms, thinning, compressibility];

/** What was computed, so that an engine cannot leave it out. */
export const checksum = (): number => seen;
