import type { NetworkFile } from '@linepack/network';
import type { z } from 'zod';
import { DIRECT_USERS, GATES, REGULATORS, TRUNK_PIPES, type StationKey } from './lines';
import { meterOf, ownUseMeterOf } from './plant';
import { DEMO_STATIONS } from './stations';
import type { MeterSpec, ServerId, StationSpec } from './station-spec';
import type { TagSpec } from './tag-spec';

type FileInput = z.input<typeof NetworkFile>;
type Station = FileInput['stations'][number];
type Tag = Station['tags'][number];
type Meter = NonNullable<Station['meters']>[number];
type Area = NonNullable<FileInput['areas']>[number];

const GAS = 'tarim';

/** The servers of the demo plant: name, and the setting that says where it listens. */
export const DEMO_SERVERS: Record<ServerId, { zh: string; en: string; setting: string; at: string }> = {
  'opc-west-gate': {
    zh: '西线门站 OPC UA',
    en: 'West gate OPC UA',
    setting: 'LINEPACK_SIM_OPCUA_1',
    at: 'opc.tcp://127.0.0.1:4841',
  },
  'opc-east-gate': {
    zh: '东线门站 OPC UA',
    en: 'East gate OPC UA',
    setting: 'LINEPACK_SIM_OPCUA_2',
    at: 'opc.tcp://127.0.0.1:4842',
  },
  'opc-west': {
    zh: '西线调压站 OPC UA',
    en: 'West regulators OPC UA',
    setting: 'LINEPACK_SIM_OPCUA_3',
    at: 'opc.tcp://127.0.0.1:4843',
  },
  'opc-east': {
    zh: '东线调压站 OPC UA',
    en: 'East regulators OPC UA',
    setting: 'LINEPACK_SIM_OPCUA_4',
    at: 'opc.tcp://127.0.0.1:4844',
  },
  'mqtt-users': {
    zh: '用户侧 MQTT',
    en: 'Users MQTT',
    setting: 'LINEPACK_SIM_MQTT',
    at: 'mqtt://127.0.0.1:18830',
  },
};

/** Device of an MQTT station that carries a tag: the flow computer its meter loop, the RTU the rest. */
export const deviceOf = (tagId: string): 'flow' | 'rtu' =>
  /^(pt|tt|ft|fq)-1(11|12)$/.test(tagId) ? 'flow' : 'rtu';
export const topicOf = (station: string, tagId: string): string => `yunze/${station}/${deviceOf(tagId)}`;
export const nodeOf = (station: string, tagId: string): string => `ns=1;s=${station}.${tagId}`;

function address(station: StationSpec, tagId: string): Tag['address'] {
  const source = station.server;
  if (source !== 'mqtt-users') return { source, node: nodeOf(station.id, tagId) };
  return {
    source,
    topic: topicOf(station.id, tagId),
    path: `values.${tagId}`,
    timePath: 'ts',
    qualityPath: `quality.${tagId}`,
  };
}

/** A change worth storing, by kind: above the instrument's noise, below what anybody would miss. */
function deadbandOf(tag: TagSpec): number {
  switch (tag.kind) {
    case 'pressure':
      return tag.unit === 'kPa' ? 0.02 : Number((tag.resolution * 2).toPrecision(3));
    case 'flow':
      return Number((tag.range[1] * 0.001).toPrecision(3));
    case 'temperature':
    case 'voltage':
      return 0.1;
    case 'gasDetector':
    case 'odorant':
    case 'differentialPressure':
      return 0.2;
    case 'valvePosition':
      return 0.5;
    default:
      return 0;
  }
}

function tagOf(station: StationSpec, tag: TagSpec): Tag {
  return {
    id: tag.id,
    name: tag.name,
    kind: tag.kind,
    unit: tag.unit,
    ...(tag.pressure ? { pressure: tag.pressure } : {}),
    ...(tag.position ? { position: tag.position } : {}),
    ...(tag.overview ? { overview: true } : {}),
    address: address(station, tag.id),
    range: [...tag.range],
    decimals: tag.decimals,
    ...(deadbandOf(tag) > 0 ? { deadband: deadbandOf(tag) } : {}),
    ...(tag.maop === undefined ? {} : { maop: tag.maop }),
    ...(tag.limits ? { limits: tag.limits } : {}),
  };
}

const meterEntry = (m: MeterSpec): Meter => ({
  id: m.id,
  name: m.name,
  kind: m.kind,
  owner: m.owner,
  serial: m.serial,
  uncertainty: m.uncertainty,
  qMin: m.qMin,
  qT: m.qT,
  qMax: m.qMax,
  gas: GAS,
  totaliser: { tag: m.tags.total, volume: 'corrected', rolloverAt: m.rolloverAt },
  flow: m.tags.flow,
  pressure: m.tags.pressure,
  temperature: m.tags.temperature,
});

const stationEntry = (s: StationSpec): Station => ({
  id: s.id,
  name: s.name,
  kind: s.kind,
  atmosphericPressureKPa: s.atmosphericPressureKPa,
  phone: s.phone,
  tags: s.tags.map((t) => tagOf(s, t)),
  meters: s.meters.map(meterEntry),
});

const pressureTagOf = (station: StationKey): string =>
  station.startsWith('gate-') ? `${station}.pt-201` : `${station}.pt-101`;

const level1 = (g: (typeof GATES)[number]): Area => ({
  id: `level1-${g.trunk}`,
  name: { zh: `一级输差 ${g.name.zh}`, en: `Level 1, ${g.name.en.replace(' gate station', '')}` },
  level: 1,
  inputs: [meterOf(g.supplier)],
  outputs: [{ meter: meterOf(g.station), role: 'gate' }],
  volumeFloor: 1_000,
});

function level2(id: string, name: Area['name'], trunks: readonly ('west' | 'east')[]): Area {
  const gates = GATES.filter((g) => trunks.includes(g.trunk));
  return {
    id,
    name,
    level: 2,
    inputs: gates.map((g) => meterOf(g.station)),
    outputs: [
      ...REGULATORS.filter((r) => trunks.includes(r.trunk)).map((r) => ({
        meter: meterOf(r.station),
        role: 'regulator' as const,
      })),
      ...DIRECT_USERS.filter((u) => trunks.includes(u.trunk)).map((u) => ({
        meter: meterOf(u.station),
        role: u.kind,
      })),
    ],
    ownUse: gates.map((g) => ownUseMeterOf(g.station)),
    pipes: TRUNK_PIPES.filter((p) => trunks.some((t) => p.id.startsWith(t))).map((p) => p.id),
    volumeFloor: 1_000,
  };
}

/** The demo city as a network file; `demo/network.yaml` is this, written out with comments. */
export function demoNetwork(): FileInput {
  return {
    linepack: 1,
    id: 'yunze',
    name: { zh: '云泽市燃气管网', en: 'Yunze city gas network' },
    gasDay: { start: '08:00', timeZone: 'Asia/Shanghai' },
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    pressureTiers: 'GB50028-2006',
    gases: [
      {
        id: GAS,
        name: { zh: '塔里木天然气', en: 'Tarim gas' },
        composition: {
          methane: 0.96226,
          ethane: 0.0177,
          propane: 0.003,
          isobutane: 0.00062,
          n_butane: 0.00075,
          isopentane: 0.0002,
          n_pentane: 0.00016,
          n_hexane: 0.00051,
          n_heptane: 0.00038,
          carbon_dioxide: 0.00473,
          nitrogen: 0.00967,
          hydrogen_sulfide: 0.00002,
        },
      },
    ],
    sources: (Object.keys(DEMO_SERVERS) as ServerId[]).map((id) => {
      const { zh, en, setting, at } = DEMO_SERVERS[id];
      const where = `\${${setting}:-${at}}`;
      return id === 'mqtt-users'
        ? { id, name: { zh, en }, kind: 'mqtt', url: where }
        : { id, name: { zh, en }, kind: 'opcua', endpoint: where };
    }),
    stations: DEMO_STATIONS.map(stationEntry),
    pipes: TRUNK_PIPES.map((p) => ({
      id: p.id,
      name: p.name,
      from: p.from,
      to: p.to,
      insideDiameterMm: p.diameterM * 1_000,
      lengthM: p.lengthM,
      maopMPa: p.maopMPa,
      gas: GAS,
      startPressure: pressureTagOf(p.from),
      endPressure: pressureTagOf(p.to),
      temperature: `${p.to}.tt-101`,
    })),
    areas: [
      ...GATES.map(level1),
      level2('level2-west', { zh: '二级输差 西线', en: 'Level 2, west trunk' }, ['west']),
      level2('level2-east', { zh: '二级输差 东线', en: 'Level 2, east trunk' }, ['east']),
      level2('level2-city', { zh: '二级输差 全市', en: 'Level 2, whole city' }, ['west', 'east']),
    ],
  };
}
