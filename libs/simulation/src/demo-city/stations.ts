import {
  DIRECT_USERS,
  GATES,
  REGULATORS,
  SITES,
  type DirectUser,
  type GateSite,
  type RegulatorSite,
} from './lines';
import {
  door,
  filter,
  flow,
  gasDetector,
  lowPressureOutlet,
  mainsPower,
  odorant,
  odorantTank,
  pressureAtNode,
  regulatorOpening,
  running,
  shutOffValve,
  temperature,
  totaliser,
  upsVoltage,
  wanderingPressure,
} from './instruments';
import { flowComputer, meterSpec } from './metering';
import { mainId, mainNode, METER_SIZES, meterOf, ownUseMeterOf, ownUseOf, regulatorCapacity } from './plant';
import type { StationSpec } from './station-spec';
import type { Site, TagSpec } from './tag-spec';

const name = (zh: string, en: string) => ({ name: { zh, en } });
const HOUR = 3_600;

const siteOf = (station: keyof typeof SITES): Site => ({ station, atmosphericKPa: SITES[station] });

function housekeeping(site: Site, leakSite: string | null): TagSpec[] {
  return [
    gasDetector(site, leakSite, { id: 'gd-101', ...name('1#燃气探测器', 'Gas detector 1') }),
    gasDetector(site, leakSite, { id: 'gd-102', ...name('2#燃气探测器', 'Gas detector 2') }),
    upsVoltage(site, { id: 'ev-101', ...name('UPS电压', 'UPS voltage') }),
    mainsPower(site, { id: 'es-101', ...name('市电状态', 'Mains power') }),
    door(site, { id: 'zs-901', ...name('站门状态', 'Station door') }),
  ];
}

function supplierStation(g: GateSite): StationSpec {
  const site = siteOf(g.supplier);
  return {
    id: g.supplier,
    name: g.supplierName,
    kind: 'supplier',
    atmosphericPressureKPa: site.atmosphericKPa,
    phone: g.phone,
    server: g.trunk === 'west' ? 'opc-west-gate' : 'opc-east-gate',
    tags: flowComputer(site, meterOf(g.supplier), {
      ...name('贸易交接表', 'Custody meter'),
      spanMPa: 6,
      correctedMax: 50_000,
      uncorrectedMax: METER_SIZES.custody.qMax,
      rollover: 1e8,
      meanC: 15,
      loop: 1,
    }),
    meters: [
      meterSpec(1, {
        id: 'm-1',
        ...name('上游贸易交接表', "Supplier's custody meter"),
        kind: 'ultrasonic',
        owner: 'supplier',
        serial: g.trunk === 'west' ? 'USM-W-2207' : 'USM-C-1934',
        uncertainty: { mpePercent: 0.5 },
        ...METER_SIZES.custody,
        rolloverAt: 1e8,
      }),
    ],
  };
}

function gateTags(g: GateSite, site: Site): TagSpec[] {
  const firstPipe = g.trunk === 'west' ? 'west-1' : 'east-1';
  const west = g.trunk === 'west';
  return [
    pressureAtNode(site, g.station, {
      id: 'pt-201',
      ...name('出站压力', 'Outlet pressure'),
      position: 'outlet',
      overview: true,
      spanMPa: west ? 4 : 2.5,
      maop: west ? 2.5 : 1.6,
      limits: west
        ? { LL: 1.4, L: 1.6, H: 2.45, HH: 2.5, deadband: 0.02, onDelayS: 5, offDelayS: 5 }
        : { LL: 0.8, L: 0.95, H: 1.55, HH: 1.6, deadband: 0.02, onDelayS: 5, offDelayS: 5 },
    }),
    temperature(site, 15, { id: 'tt-201', ...name('出站温度', 'Outlet temperature'), position: 'outlet' }),
    filter(site, g.station, g.capacity, {
      id: 'pdt-101',
      ...name('1#过滤器压差', 'Filter 1 differential pressure'),
    }),
    filter(site, g.station, g.capacity, {
      id: 'pdt-102',
      ...name('2#过滤器压差', 'Filter 2 differential pressure'),
    }),
    regulatorOpening(g.station, g.capacity, { id: 'zt-201', ...name('1#调压阀开度', 'Regulator 1 opening') }),
    regulatorOpening(g.station, g.capacity, { id: 'zt-202', ...name('2#调压阀开度', 'Regulator 2 opening') }),
    shutOffValve({ id: 'zt-101', ...name('进站ESD阀位', 'Inlet ESD valve position') }),
    shutOffValve({ id: 'zt-301', ...name('出站ESD阀位', 'Outlet ESD valve position') }),
    odorant(site, { id: 'at-101', ...name('加臭浓度', 'Odorant concentration') }),
    odorantTank({ id: 'lt-101', ...name('加臭剂液位', 'Odorant tank level') }),
    flow(ownUseMeterOf(g.station), 'corrected', {
      id: 'ft-211',
      ...name('自用气流量', 'Own use flow'),
      fullScale: 100,
    }),
    totaliser(ownUseMeterOf(g.station), 'corrected', {
      id: 'fq-211',
      ...name('自用气累计', 'Own use total'),
      rollover: 1e7,
    }),
    running(ownUseOf(g.station), 0, { id: 'xs-101', ...name('加热炉运行', 'Heater running') }),
    gasDetector(site, firstPipe, { id: 'gd-103', ...name('3#燃气探测器', 'Gas detector 3') }),
    gasDetector(site, firstPipe, { id: 'gd-104', ...name('4#燃气探测器', 'Gas detector 4') }),
    ...housekeeping(site, firstPipe),
  ];
}

function gateStation(g: GateSite): StationSpec {
  const site = siteOf(g.station);
  return {
    id: g.station,
    name: g.name,
    kind: 'gate',
    atmosphericPressureKPa: site.atmosphericKPa,
    phone: g.phone,
    server: g.trunk === 'west' ? 'opc-west-gate' : 'opc-east-gate',
    tags: [
      ...flowComputer(site, meterOf(g.station), {
        ...name('门站计量', 'Gate meter'),
        spanMPa: 6,
        correctedMax: 50_000,
        uncorrectedMax: METER_SIZES.custody.qMax,
        rollover: 1e8,
        meanC: 15,
        loop: 1,
      }),
      ...gateTags(g, site),
    ],
    meters: [
      meterSpec(1, {
        id: 'm-1',
        ...name('门站计量表', 'Gate meter'),
        kind: 'ultrasonic',
        owner: 'company',
        serial: g.trunk === 'west' ? 'USM-Y-0117' : 'USM-Y-0242',
        uncertainty: { mpePercent: 0.5 },
        ...METER_SIZES.custody,
        rolloverAt: 1e8,
      }),
      {
        ...meterSpec(2, {
          id: 'm-2',
          ...name('自用气表', 'Own use meter'),
          kind: 'rotary',
          owner: 'company',
          serial: g.trunk === 'west' ? 'RM-0031' : 'RM-0032',
          uncertainty: { mpePercent: 1 },
          ...METER_SIZES.ownUse,
          rolloverAt: 1e7,
        }),
        tags: { total: 'fq-211', flow: 'ft-211', pressure: 'pt-201', temperature: 'tt-201' },
      },
    ],
  };
}

function regulatorTags(r: RegulatorSite, site: Site): TagSpec[] {
  const capacity = regulatorCapacity(r);
  const inletSpan = r.trunk === 'west' ? 4 : 2.5;
  const tags = [
    pressureAtNode(site, r.station, {
      id: 'pt-101',
      ...name('进站压力', 'Inlet pressure'),
      position: 'inlet',
      spanMPa: inletSpan,
      maop: r.trunk === 'west' ? 2.5 : 1.6,
      limits:
        r.trunk === 'west'
          ? { LL: 1.1, L: 1.3, H: 2.45, HH: 2.5, deadband: 0.02, onDelayS: 5, offDelayS: 5 }
          : { LL: 0.6, L: 0.75, H: 1.55, HH: 1.6, deadband: 0.02, onDelayS: 5, offDelayS: 5 },
    }),
    temperature(site, 15, { id: 'tt-101', ...name('进站温度', 'Inlet temperature'), position: 'inlet' }),
    pressureAtNode(site, mainNode(r.station), {
      id: 'pt-201',
      ...name('中压出口压力', 'Medium-pressure outlet'),
      position: 'outlet',
      overview: true,
      spanMPa: 0.6,
      maop: 0.4,
      limits: { LL: 0.25, L: 0.28, H: 0.37, HH: 0.38, deadband: 0.005, onDelayS: 3, offDelayS: 5 },
    }),
    temperature(site, 12, { id: 'tt-201', ...name('出口温度', 'Outlet temperature'), position: 'outlet' }),
    filter(site, r.station, capacity, {
      id: 'pdt-101',
      ...name('过滤器压差', 'Filter differential pressure'),
    }),
    regulatorOpening(r.station, capacity, { id: 'zt-201', ...name('1#调压器开度', 'Regulator 1 opening') }),
    shutOffValve({ id: 'zt-101', ...name('进口阀位', 'Inlet valve position') }),
    shutOffValve({ id: 'zt-301', ...name('安全切断阀位', 'Slam-shut valve position') }),
    odorant(site, { id: 'at-101', ...name('加臭浓度', 'Odorant concentration') }),
    ...housekeeping(site, mainId(r.station)),
  ];
  if (r.lowPressure === 'no') return tags;
  return [
    ...tags,
    lowPressureOutlet(site, r.station, mainNode(r.station), capacity, {
      id: 'pt-301',
      ...name('低压出口压力', 'Low-pressure outlet'),
      position: 'outlet',
      limits: { LL: 2, L: 2.2, H: 3, HH: 3.2, deadband: 0.05, onDelayS: 5, offDelayS: 5 },
    }),
  ];
}

function regulatorStation(r: RegulatorSite): StationSpec {
  const site = siteOf(r.station);
  return {
    id: r.station,
    name: r.name,
    kind: 'regulator',
    atmosphericPressureKPa: site.atmosphericKPa,
    phone: r.phone,
    server: r.trunk === 'west' ? 'opc-west' : 'opc-east',
    tags: [
      ...regulatorTags(r, site),
      ...flowComputer(site, meterOf(r.station), {
        ...name('计量', 'Meter'),
        spanMPa: r.trunk === 'west' ? 4 : 2.5,
        correctedMax: 12_000,
        uncorrectedMax: METER_SIZES.regulator.qMax,
        rollover: 1e8,
        meanC: 15,
        loop: 1,
      }),
    ],
    meters: [
      meterSpec(1, {
        id: 'm-1',
        ...name('调压站计量表', 'Regulator station meter'),
        kind: 'turbine',
        owner: 'company',
        serial: `TM-${r.station.length}${r.phone.slice(-4)}`,
        uncertainty: { mpePercent: 1 },
        ...METER_SIZES.regulator,
        rolloverAt: 1e8,
      }),
    ],
  };
}

function directTags(u: DirectUser, site: Site): TagSpec[] {
  const tags = [
    pressureAtNode(site, u.station, {
      id: 'pt-101',
      ...name('进站压力', 'Inlet pressure'),
      position: 'inlet',
      overview: true,
      spanMPa: u.trunk === 'west' ? 4 : 2.5,
      maop: u.trunk === 'west' ? 2.5 : 1.6,
      limits:
        u.trunk === 'west'
          ? { LL: 1, L: 1.2, H: 2.45, HH: 2.5, deadband: 0.02, onDelayS: 5, offDelayS: 5 }
          : { LL: 0.5, L: 0.65, H: 1.55, HH: 1.6, deadband: 0.02, onDelayS: 5, offDelayS: 5 },
    }),
    temperature(site, 15, { id: 'tt-101', ...name('进站温度', 'Inlet temperature'), position: 'inlet' }),
    shutOffValve({ id: 'zt-101', ...name('进口阀位', 'Inlet valve position') }),
    filter(site, u.station, (u.dayVolume / 24 / HOUR) * 3, {
      id: 'pdt-101',
      ...name('过滤器压差', 'Filter differential pressure'),
    }),
    ...housekeeping(site, null),
  ];
  if (u.kind !== 'cng') return tags;
  return [
    ...tags,
    wanderingPressure(
      site,
      { meanMPa: 22.5, sigmaMPa: 0.8, spanMPa: 30 },
      {
        id: 'pt-401',
        ...name('压缩机排气压力', 'Compressor discharge pressure'),
        position: 'outlet',
        maop: 27.5,
        limits: { H: 26, HH: 27.5, deadband: 0.2 },
      },
    ),
    wanderingPressure(
      site,
      { meanMPa: 20.5, sigmaMPa: 1.2, spanMPa: 30 },
      {
        id: 'pt-402',
        ...name('储气井压力', 'Storage well pressure'),
        maop: 25,
        limits: { L: 12, H: 25, deadband: 0.2 },
      },
    ),
    running(u.station, 0.45, { id: 'xs-402', ...name('2#压缩机运行', 'Compressor 2 running') }),
  ];
}

function directStation(u: DirectUser): StationSpec {
  const site = siteOf(u.station);
  return {
    id: u.station,
    name: u.name,
    kind: u.kind,
    atmosphericPressureKPa: site.atmosphericKPa,
    phone: u.phone,
    server: 'mqtt-users',
    tags: [
      ...directTags(u, site),
      ...flowComputer(site, meterOf(u.station), {
        ...name('计量', 'Meter'),
        spanMPa: u.trunk === 'west' ? 4 : 2.5,
        correctedMax: 8_000,
        uncorrectedMax: METER_SIZES.direct.qMax,
        rollover: u.rollover,
        meanC: 15,
        loop: 1,
      }),
    ],
    meters: [
      meterSpec(1, {
        id: 'm-1',
        ...name('用户计量表', "User's meter"),
        kind: 'turbine',
        owner: 'company',
        serial: `TU-${u.phone.slice(-4)}`,
        uncertainty: { mpePercent: 1 },
        ...METER_SIZES.direct,
        rolloverAt: u.rollover,
      }),
    ],
  };
}

/** Every station of the demo, in the order of the gas: suppliers, gates, west, east. */
export const DEMO_STATIONS: readonly StationSpec[] = [
  ...GATES.flatMap((g) => [supplierStation(g), gateStation(g)]),
  ...REGULATORS.map(regulatorStation),
  ...DIRECT_USERS.map(directStation),
];
