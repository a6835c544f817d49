import { z } from 'zod';
import { nodeIdFault, topicFault } from './address';
import { text } from './text';
import { UNITS, type TagKind } from './units-of-measure';

/*
 * The network file: one YAML document that says what there is. Unknown keys are faults everywhere (strictObject),
 * because a mistyped key that is silently ignored becomes a wrong number later.
 */

const id = text()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'expected lower-case letters, digits and hyphens, at most 48')
  .describe('Stable identity: never reused, never renamed');

/** A name in both languages of the console. */
export const LocalName = z.strictObject({ zh: text().min(1), en: text().min(1) });
export type LocalName = z.infer<typeof LocalName>;

const clock = text().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a local time of day as "HH:MM"');
const timeZone = text().min(1).describe('IANA time zone, for instance Asia/Shanghai');
const positive = z.number().positive();

export const ReferenceConditions = z.strictObject({
  temperatureC: z.number().min(-10).max(60).describe('°C; 20 in China, 15 or 0 in some contracts'),
  pressureKPa: z.number().min(80).max(120).describe('kPa absolute; 101.325'),
});
export type ReferenceConditions = z.infer<typeof ReferenceConditions>;

export const Gas = z.strictObject({
  id,
  name: LocalName,
  composition: z.record(text(), z.number().min(0).max(1)).describe('Mole fractions by component, sum 1'),
});

const clockSkewLimitS = z
  .number()
  .positive()
  .optional()
  .describe(
    "How far the source's clock may be from the collector's before an alarm says so, s; 30 by default",
  );
const opcUaSource = z.strictObject({
  id,
  name: LocalName,
  clockSkewLimitS,
  kind: z.literal('opcua'),
  endpoint: text().regex(/^opc\.tcp:\/\//, 'expected opc.tcp://host:port[/path]'),
  securityMode: z.enum(['none', 'sign', 'signAndEncrypt']).default('none'),
  userName: text().optional(),
  password: text().optional(),
  publishingIntervalMs: z.number().int().min(100).max(60_000).default(1_000),
});
const mqttSource = z.strictObject({
  id,
  name: LocalName,
  clockSkewLimitS,
  kind: z.literal('mqtt'),
  url: text().regex(/^(mqtt|mqtts|ws|wss):\/\//, 'expected mqtt://host:port'),
  userName: text().optional(),
  password: text().optional(),
});
export const Source = z.discriminatedUnion('kind', [opcUaSource, mqttSource]);

/** A text in which the check finds no fault; its message says what was expected and what is there. */
const textWithout = (faultOf: (text: string) => string | null) =>
  text().superRefine((value, ctx) => {
    const fault = faultOf(value);
    if (fault !== null) ctx.addIssue({ code: 'custom', message: `${fault}, got ${JSON.stringify(value)}` });
  });

/** Where a tag's value is read: an OPC UA node, or a value inside an MQTT device's JSON message. */
export const TagAddress = z.union([
  z.strictObject({
    source: id,
    node: textWithout(nodeIdFault).describe('OPC UA node id, for instance ns=2;s=PT101'),
  }),
  z.strictObject({
    source: id,
    topic: textWithout(topicFault).describe('MQTT topic, without wildcards'),
    path: text().min(1).describe('Dotted path of the value in the JSON message, for instance values.p1'),
    timePath: text().default('ts').describe('Dotted path of the source time: ISO 8601 or epoch milliseconds'),
    qualityPath: text()
      .optional()
      .describe('Dotted path of the quality: "good", "bad", "uncertain" or a StatusCode'),
  }),
]);
export type TagAddress = z.infer<typeof TagAddress>;

export const AlarmLimits = z.strictObject({
  LL: z.number().optional(),
  L: z.number().optional(),
  H: z.number().optional(),
  HH: z.number().optional(),
  deadband: z
    .number()
    .min(0)
    .default(0)
    .describe("In the tag's unit: how far back inside before the alarm returns"),
  onDelayS: z
    .number()
    .min(0)
    .max(3_600)
    .default(0)
    .describe('Seconds the condition must hold before the alarm is raised'),
  offDelayS: z.number().min(0).max(3_600).default(0).describe('Seconds inside before it returns to normal'),
});
export type AlarmLimits = z.infer<typeof AlarmLimits>;

/**
 * How far (s) a reading may be from the cut-off it stands for. Fifteen minutes late with flow 10 % apart at the two ends
 * of the day are 0.1 % of the day's volume, a tenth of the usual limit.
 */
export const LOSS_READING_AGE_S = 900;

/** No tag may report less often (s): a value holds three times its tag's interval, so at most three hours. */
export const LONGEST_REPORT_S = 3_600;

export const Tag = z
  .strictObject({
    id,
    name: LocalName,
    kind: z.enum(Object.keys(UNITS) as [TagKind, ...TagKind[]]),
    unit: text(),
    pressure: z.enum(['gauge', 'absolute']).optional().describe('Required for kind pressure'),
    position: z.enum(['inlet', 'outlet', 'ambient', 'none']).default('none'),
    overview: z.boolean().default(false).describe('Shown on the network overview'),
    address: TagAddress,
    scale: z.strictObject({ factor: z.number(), offset: z.number() }).default({ factor: 1, offset: 0 }),
    range: z.tuple([z.number(), z.number()]).describe("Instrument's range in the tag's unit, low and high"),
    decimals: z.number().int().min(0).max(6).default(2),
    deadband: z.number().min(0).default(0).describe("Smallest change worth storing, in the tag's unit"),
    maxReportS: positive
      .max(LONGEST_REPORT_S)
      .default(60)
      .describe('A value is stored at least this often while its source is there; older than 3× is stale'),
    maop: z.number().optional().describe("Maximum allowable operating pressure, in the tag's unit"),
    limits: AlarmLimits.optional(),
  })
  .check((ctx) => {
    const tag = ctx.value;
    const fault = (path: string, message: string) =>
      ctx.issues.push({ code: 'custom', input: tag, path: [path], message });
    const units: readonly string[] = UNITS[tag.kind];
    if (!units.includes(tag.unit)) fault('unit', `expected one of ${units.join(', ')} for kind ${tag.kind}`);
    if (tag.kind === 'pressure' && !tag.pressure)
      fault('pressure', 'expected gauge or absolute for a pressure');
    if (tag.kind !== 'pressure' && tag.pressure) fault('pressure', 'expected only on a tag of kind pressure');
    if (tag.range[0] >= tag.range[1]) fault('range', 'expected [low, high] with low < high');
    const { LL, L, H, HH } = tag.limits ?? {};
    const set = [LL, L, H, HH].filter((x) => x !== undefined);
    if (set.some((x, i) => i > 0 && x <= (set[i - 1] as number))) fault('limits', 'expected LL < L < H < HH');
  });
export type TagConfig = z.infer<typeof Tag>;

/** Uncertainty of a meter: either its class (maximum permissible error) or a certificate's U with k = 2. */
export const MeterUncertainty = z.union([
  z.strictObject({ mpePercent: positive.max(10).describe('Maximum permissible error Qt–Qmax, ±%') }),
  z.strictObject({ expandedPercent: positive.max(10).describe('Expanded uncertainty U (k = 2), %') }),
]);

export const Meter = z
  .strictObject({
    id,
    name: LocalName,
    kind: z.enum(['ultrasonic', 'turbine', 'rotary', 'orifice', 'coriolis', 'diaphragm']),
    owner: z.enum(['company', 'supplier', 'customer']),
    serial: text().min(1).describe('The physical meter that sits here now'),
    uncertainty: MeterUncertainty,
    qMin: positive.describe('m³/h at line conditions'),
    qT: positive.describe('m³/h at line conditions'),
    qMax: positive.describe('m³/h at line conditions'),
    gas: id,
    totaliser: z.strictObject({
      tag: id.describe('Tag of the same station'),
      volume: z.enum(['corrected', 'uncorrected']),
      reference: ReferenceConditions.optional().describe("Of a corrected totaliser; default the network's"),
      rolloverAt: positive.describe('m³ at which the counter starts again from 0'),
    }),
    flow: id.optional(),
    pressure: id.optional().describe('Tag for correction; required when the totaliser is uncorrected'),
    temperature: id.optional().describe('Tag for correction; required when the totaliser is uncorrected'),
  })
  .check((ctx) => {
    const m = ctx.value;
    const fault = (path: string, message: string) =>
      ctx.issues.push({ code: 'custom', input: m, path: [path], message });
    if (!(m.qMin <= m.qT && m.qT <= m.qMax)) fault('qT', 'expected qMin ≤ qT ≤ qMax');
    if (m.totaliser.volume === 'uncorrected' && (!m.pressure || !m.temperature))
      fault(
        m.pressure ? 'temperature' : 'pressure',
        'expected a tag: an uncorrected totaliser is converted with pressure and temperature',
      );
  });
export type MeterConfig = z.infer<typeof Meter>;

export const Station = z
  .strictObject({
    id,
    name: LocalName,
    kind: z.enum(['supplier', 'gate', 'regulator', 'cng', 'industrial', 'valve']),
    altitudeM: z.number().min(-200).max(6_000).optional(),
    atmosphericPressureKPa: z.number().min(45).max(110).optional(),
    timeZone: timeZone.optional(),
    phone: text().optional().describe('Whom to call'),
    tags: z.array(Tag).min(1),
    meters: z.array(Meter).default([]),
  })
  .check((ctx) => {
    const s = ctx.value;
    if ((s.altitudeM === undefined) === (s.atmosphericPressureKPa === undefined))
      ctx.issues.push({
        code: 'custom',
        input: s,
        path: ['atmosphericPressureKPa'],
        message: 'expected exactly one of atmosphericPressureKPa and altitudeM',
      });
  });
export type StationConfig = z.infer<typeof Station>;

const tagKey = text().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'expected <station>.<tag>');
const meterKey = text().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'expected <station>.<meter>');

export const Pipe = z.strictObject({
  id,
  name: LocalName,
  from: id.describe('Station'),
  to: id.describe('Station'),
  insideDiameterMm: positive.max(2_000),
  lengthM: positive.max(1_000_000),
  roughnessMm: positive.default(0.05),
  maopMPa: positive,
  gas: id,
  startPressure: tagKey,
  endPressure: tagKey,
  temperature: tagKey,
});
export type PipeConfig = z.infer<typeof Pipe>;

export const Area = z.strictObject({
  id,
  name: LocalName,
  level: z.union([z.literal(1), z.literal(2)]),
  inputs: z.array(meterKey).min(1),
  outputs: z
    .array(
      z.strictObject({ meter: meterKey, role: z.enum(['gate', 'regulator', 'industrial', 'cng', 'other']) }),
    )
    .min(1),
  ownUse: z.array(meterKey).default([]).describe('自用气'),
  vent: z.array(meterKey).default([]).describe('放空'),
  pipes: z.array(id).default([]).describe('Pipes between the meters: their line pack belongs to the balance'),
  limitPercent: positive.max(100).default(1),
  denominator: z.enum(['input', 'inputAndLinePack']).default('input'),
  volumeFloor: z.number().min(0).default(0).describe('m³ a gas day; below it the loss is not assessable'),
  gasDay: z.strictObject({ start: clock, timeZone }).optional().describe("Default the network's"),
});
export type AreaConfig = z.infer<typeof Area>;

export const NetworkFile = z.strictObject({
  linepack: z.literal(1).describe('Version of this format'),
  id,
  name: LocalName,
  commissioned: z.iso
    .date('expected a date as "YYYY-MM-DD"')
    .optional()
    .describe(
      'Day on which the network went into service: an earlier source time is of a clock that was never set',
    ),
  gasDay: z.strictObject({ start: clock.default('08:00'), timeZone: timeZone.default('Asia/Shanghai') }),
  reference: ReferenceConditions,
  pressureTiers: z.enum(['GB50028-2006', 'GB55009-2021']).default('GB50028-2006'),
  gases: z.array(Gas).min(1),
  sources: z.array(Source).min(1),
  stations: z.array(Station).min(1),
  pipes: z.array(Pipe).default([]),
  areas: z.array(Area).default([]),
});
export type NetworkFile = z.infer<typeof NetworkFile>;
export type GasConfig = z.infer<typeof Gas>;
export type SourceConfig = z.infer<typeof Source>;
