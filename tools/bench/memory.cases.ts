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
  EARLIEST_COMMISSIONING,
  PresentTag,
  SourceClock,
  decodeValue,
  parseMessage,
  staleAgeOf,
  type DecodedValue,
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
  const message = parseMessage(payload);
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
/** Every word of the devices, as the collector decides it: by its clock, for its tag, thinned out. */
function decideAll(): void {
  const clock = new SourceClock();
  const tags = addresses.map((_, k) => new PresentTag((k + 1) as TagId, () => k + 1));
  for (const values of messages)
    for (const [k, { value, quality, ts }] of values.entries()) {
      const sourceTime = ts as Micros;
      const receivedAt = (sourceTime + 40_000) as Micros;
      const receipt = { wall: receivedAt, steady: receivedAt };
      const word = {
        tagId: (k + 1) as TagId,
        value,
        quality,
        sourceTime,
        receivedAt,
        origin: 'change' as const,
      };
      const taken = (tags[k] as PresentTag).take(word, {
        rule,
        delivery: 'weighed',
        reading: clock.hear(sourceTime, receipt, staleAgeOf(rule)),
        era: clock.steps,
        skew: clock.skewAt(receipt),
        now: receipt,
        connection: 1,
        commissionedAt: EARLIEST_COMMISSIONING,
      });
      seen += taken.rows.length;
    }
}
const deciding: Case = {
  path: 'decide what a word is',
  load: `${MESSAGES * DEVICE_TAGS} words`,
  measured: { name: 'clock, present value, thinning', run: decideAll },
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

export const memoryCases: readonly Case[] = [decoding, alarms, deciding, compressibility];

/** What was computed, so that an engine cannot leave it out. */
export const checksum = (): number => seen;
