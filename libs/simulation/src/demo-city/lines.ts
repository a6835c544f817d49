import type { LocalName } from '@linepack/network';

/*
 * 云泽 (Yunze) is a city that does not exist: two gate stations fed by two suppliers, a western and an eastern
 * trunk that do not touch, six regulator stations, a CNG mother station and three industrial users.
 */

/** Atmospheric pressure at each station, kPa: the west lies at the foot of the hills (about 510 m), the east by the bay. */
export const SITES = {
  'supplier-west': 95.2,
  'gate-west': 95.3,
  'reg-wenchang': 96.4,
  'reg-gaoxin': 97.2,
  'cng-chengbei': 97.9,
  'reg-laocheng': 98.4,
  'ind-steel': 98.6,
  'supplier-coast': 101.1,
  'gate-east': 101.0,
  'reg-binjiang': 100.8,
  'reg-daxue': 100.1,
  'ind-ceramic': 99.9,
  'reg-kaifa': 100.6,
  'ind-glass': 100.5,
} as const;
export type StationKey = keyof typeof SITES;

export interface TrunkPipe {
  readonly id: string;
  readonly name: LocalName;
  readonly from: StationKey;
  readonly to: StationKey;
  readonly lengthM: number;
  readonly diameterM: number;
  readonly maopMPa: number;
}

const west = (id: string, from: StationKey, to: StationKey, lengthM: number, name: LocalName): TrunkPipe => ({
  id,
  name,
  from,
  to,
  lengthM,
  diameterM: id === 'west-5' ? 0.2 : 0.489,
  maopMPa: 2.5,
});
const east = (id: string, from: StationKey, to: StationKey, lengthM: number, name: LocalName): TrunkPipe => ({
  id,
  name,
  from,
  to,
  lengthM,
  diameterM: id === 'east-4' || id === 'east-5' ? 0.2 : 0.387,
  maopMPa: 1.6,
});

/** Trunks section by section; their ends are where pressure is measured. */
export const TRUNK_PIPES: readonly TrunkPipe[] = [
  west('west-1', 'gate-west', 'reg-wenchang', 6_200, {
    zh: '西线 青龙岭–文昌段',
    en: 'West trunk Qinglongling–Wenchang',
  }),
  west('west-2', 'reg-wenchang', 'reg-gaoxin', 7_900, {
    zh: '西线 文昌–高新段',
    en: 'West trunk Wenchang–Gaoxin',
  }),
  west('west-3', 'reg-gaoxin', 'cng-chengbei', 5_600, {
    zh: '西线 高新–城北段',
    en: 'West trunk Gaoxin–Chengbei',
  }),
  west('west-4', 'cng-chengbei', 'reg-laocheng', 8_300, {
    zh: '西线 城北–老城段',
    en: 'West trunk Chengbei–Laocheng',
  }),
  west('west-5', 'reg-laocheng', 'ind-steel', 2_800, {
    zh: '西线 特钢支线',
    en: 'West trunk, steelworks branch',
  }),
  east('east-1', 'gate-east', 'reg-binjiang', 5_100, {
    zh: '东线 白沙湾–滨江段',
    en: 'East trunk Baishawan–Binjiang',
  }),
  east('east-2', 'reg-binjiang', 'reg-daxue', 6_700, {
    zh: '东线 滨江–大学城段',
    en: 'East trunk Binjiang–Daxuecheng',
  }),
  east('east-3', 'reg-daxue', 'reg-kaifa', 7_400, {
    zh: '东线 大学城–开发区段',
    en: 'East trunk Daxuecheng–Kaifaqu',
  }),
  east('east-4', 'reg-daxue', 'ind-ceramic', 1_900, {
    zh: '东线 陶瓷支线',
    en: 'East trunk, ceramics branch',
  }),
  east('east-5', 'reg-kaifa', 'ind-glass', 2_300, {
    zh: '东线 玻璃支线',
    en: 'East trunk, glassworks branch',
  }),
];

export interface RegulatorSite {
  readonly station: StationKey;
  readonly trunk: 'west' | 'east';
  readonly name: LocalName;
  /** Standard m³ of an average day, by class. */
  readonly residential: number;
  readonly commercial: number;
  readonly industrial: number;
  readonly meterBias: number;
  /** Has a low-pressure outlet for the quarter around it. */
  readonly lowPressure: 'yes' | 'no';
  readonly phone: string;
}

export const REGULATORS: readonly RegulatorSite[] = [
  {
    station: 'reg-wenchang',
    trunk: 'west',
    name: { zh: '文昌调压站', en: 'Wenchang regulator station' },
    residential: 48_000,
    commercial: 26_000,
    industrial: 8_000,
    meterBias: -0.0062,
    lowPressure: 'yes',
    phone: '0000-8801101',
  },
  {
    station: 'reg-gaoxin',
    trunk: 'west',
    name: { zh: '高新调压站', en: 'Gaoxin regulator station' },
    residential: 30_000,
    commercial: 18_000,
    industrial: 20_000,
    meterBias: -0.0048,
    lowPressure: 'no',
    phone: '0000-8801102',
  },
  {
    station: 'reg-laocheng',
    trunk: 'west',
    name: { zh: '老城调压站', en: 'Laocheng regulator station' },
    residential: 66_000,
    commercial: 29_000,
    industrial: 0,
    meterBias: -0.0067,
    lowPressure: 'yes',
    phone: '0000-8801103',
  },
  {
    station: 'reg-binjiang',
    trunk: 'east',
    name: { zh: '滨江调压站', en: 'Binjiang regulator station' },
    residential: 42_000,
    commercial: 24_000,
    industrial: 8_000,
    meterBias: -0.0075,
    lowPressure: 'no',
    phone: '0000-8801201',
  },
  {
    station: 'reg-daxue',
    trunk: 'east',
    name: { zh: '大学城调压站', en: 'Daxuecheng regulator station' },
    residential: 34_000,
    commercial: 24_000,
    industrial: 0,
    meterBias: -0.0062,
    lowPressure: 'no',
    phone: '0000-8801202',
  },
  {
    station: 'reg-kaifa',
    trunk: 'east',
    name: { zh: '开发区调压站', en: 'Kaifaqu regulator station' },
    residential: 22_000,
    commercial: 14_000,
    industrial: 30_000,
    meterBias: -0.007,
    lowPressure: 'no',
    phone: '0000-8801203',
  },
];

export interface DirectUser {
  readonly station: StationKey;
  readonly trunk: 'west' | 'east';
  readonly kind: 'cng' | 'industrial';
  readonly name: LocalName;
  readonly dayVolume: number;
  readonly meterBias: number;
  readonly rollover: number;
  readonly correctedStart: number;
  readonly phone: string;
}

export const DIRECT_USERS: readonly DirectUser[] = [
  {
    station: 'cng-chengbei',
    trunk: 'west',
    kind: 'cng',
    name: { zh: '城北CNG母站', en: 'Chengbei CNG mother station' },
    dayVolume: 42_000,
    meterBias: -0.0052,
    rollover: 1e8,
    correctedStart: 17_604_221,
    phone: '0000-8801301',
  },
  {
    station: 'ind-steel',
    trunk: 'west',
    kind: 'industrial',
    name: { zh: '云泽特钢', en: 'Yunze special steel' },
    dayVolume: 76_000,
    meterBias: -0.0058,
    rollover: 1e8,
    correctedStart: 61_900_345,
    phone: '0000-8801401',
  },
  {
    station: 'ind-ceramic',
    trunk: 'east',
    kind: 'industrial',
    name: { zh: '东湖陶瓷', en: 'Donghu ceramics' },
    dayVolume: 48_000,
    meterBias: -0.0064,
    rollover: 1e8,
    correctedStart: 30_118_760,
    phone: '0000-8801402',
  },
  // Seven digits only: it rolls over within the 45 days of the demo's history.
  {
    station: 'ind-glass',
    trunk: 'east',
    kind: 'industrial',
    name: { zh: '明泽玻璃', en: 'Mingze glass' },
    dayVolume: 63_000,
    meterBias: -0.0071,
    rollover: 1e7,
    correctedStart: 8_352_418,
    phone: '0000-8801403',
  },
];

export interface GateSite {
  readonly station: StationKey;
  readonly supplier: StationKey;
  readonly trunk: 'west' | 'east';
  readonly name: LocalName;
  readonly supplierName: LocalName;
  readonly supplierBias: number;
  readonly gateBias: number;
  readonly supplyKPa: number;
  readonly setKPa: number;
  readonly gain: number;
  readonly capacity: number;
  readonly ownUse: number;
  readonly phone: string;
}

export const GATES: readonly GateSite[] = [
  {
    station: 'gate-west',
    supplier: 'supplier-west',
    trunk: 'west',
    name: { zh: '青龙岭门站', en: 'Qinglongling gate station' },
    supplierName: { zh: '西部管道 青龙岭分输站', en: 'Western Pipeline, Qinglongling offtake' },
    supplierBias: 0.0018,
    gateBias: -0.0014,
    supplyKPa: 3_900,
    setKPa: 2_640,
    gain: 0.0105,
    capacity: 13,
    ownUse: 420,
    phone: '0000-8801001',
  },
  {
    station: 'gate-east',
    supplier: 'supplier-coast',
    trunk: 'east',
    name: { zh: '白沙湾门站', en: 'Baishawan gate station' },
    supplierName: { zh: '海岸管网 白沙分输站', en: 'Coastal Grid, Baisha offtake' },
    supplierBias: 0.0022,
    gateBias: -0.0021,
    supplyKPa: 3_100,
    setKPa: 1_690,
    gain: 0.0125,
    capacity: 11,
    ownUse: 260,
    phone: '0000-8801002',
  },
];
