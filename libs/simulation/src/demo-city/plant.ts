import type { GasLaw } from '../gas-law';
import type { MeterDefinition, OfftakeDefinition, PlantDefinition } from '../plant';
import { DIRECT_USERS, GATES, REGULATORS, SITES, TRUNK_PIPES, type StationKey } from './lines';

const DAY_S = 86_400;
export const MAIN_VOLUME_M3 = 160;
/** Lock-up pressure and droop of the demo's medium-pressure regulators, kPa gauge: they deliver about 0.35 MPa. */
export const REGULATOR_SET_KPA = 356;
export const REGULATOR_DROOP_KPA = 14;
const PEAK_FACTOR = 5;

/** Tarim gas at 15 °C through DETAIL's values at 2.97288 and 3.26256 MPa. */
export const TARIM_15C: GasLaw = {
  a: -2.0959692e-5,
  b: 1.2600661e-10,
  temperatureK: 288.15,
  zReference: 0.998018,
};

const TRUNK_KPA = { west: 2_150, east: 1_400 } as const;

/** Node behind a regulator station. */
export const mainNode = (station: StationKey): string => `${station}/main`;
/** `main-wenchang` behind `reg-wenchang`. */
export const mainId = (station: StationKey): string => station.replace(/^reg-/, 'main-');
export const regulatorCapacity = (r: (typeof REGULATORS)[number]): number =>
  ((r.residential + r.commercial + r.industrial) / DAY_S) * PEAK_FACTOR;
export const meterOf = (station: StationKey): string => `${station}.m-1`;
export const ownUseMeterOf = (station: StationKey): string => `${station}.m-2`;
export const ownUseOf = (station: StationKey): string => `${station}/own-use`;

/** Line flow below which the demo's meters lose accuracy, m³/h; the network file says the same. */
export const METER_SIZES = {
  custody: { qMin: 16, qT: 50, qMax: 1_000 },
  regulator: { qMin: 10, qT: 30, qMax: 650 },
  direct: { qMin: 8, qT: 25, qMax: 400 },
  ownUse: { qMin: 0.05, qT: 0.1, qMax: 6 },
} as const;

const meter = (
  id: string,
  watches: readonly string[],
  more: Pick<MeterDefinition, 'bias' | 'wander' | 'qT' | 'pressureAt'> & Partial<MeterDefinition>,
): MeterDefinition => ({
  id,
  watches,
  temperatureK: 288.15,
  correctedStart: 10_000_000 + ((id.length * 7_919_317) % 60_000_000),
  uncorrectedStart: 400_000 + ((id.length * 331_771) % 3_000_000),
  correctedRollover: 1e8,
  uncorrectedRollover: 1e8,
  ...more,
});

function gateMeters(): MeterDefinition[] {
  return GATES.flatMap((g) => {
    const custody = { wander: 0.0004, qT: METER_SIZES.custody.qT / 3_600 };
    return [
      meter(meterOf(g.supplier), [g.station], {
        ...custody,
        bias: g.supplierBias,
        pressureAt: { supplyOf: g.station, lossKPa: 0 },
        correctedStart: g.trunk === 'west' ? 73_450_112 : 52_087_640,
      }),
      meter(meterOf(g.station), [g.station], {
        ...custody,
        bias: g.gateBias,
        pressureAt: { supplyOf: g.station, lossKPa: 35 },
        correctedStart: g.trunk === 'west' ? 71_002_934 : 49_911_027,
      }),
      meter(ownUseMeterOf(g.station), [ownUseOf(g.station)], {
        bias: 0.002,
        wander: 0.0005,
        qT: METER_SIZES.ownUse.qT / 3_600,
        pressureAt: { node: g.station },
        correctedStart: 120_418,
        correctedRollover: 1e7,
      }),
    ];
  });
}

function outletMeters(): MeterDefinition[] {
  return [
    ...REGULATORS.map((r) =>
      meter(meterOf(r.station), [r.station], {
        bias: r.meterBias,
        wander: 0.0006,
        qT: METER_SIZES.regulator.qT / 3_600,
        pressureAt: { node: r.station },
      }),
    ),
    ...DIRECT_USERS.map((u) =>
      meter(meterOf(u.station), [u.station], {
        bias: u.meterBias,
        wander: 0.0006,
        qT: METER_SIZES.direct.qT / 3_600,
        pressureAt: { node: u.station },
        correctedStart: u.correctedStart,
        correctedRollover: u.rollover,
      }),
    ),
  ];
}

function offtakes(): OfftakeDefinition[] {
  const behind = REGULATORS.flatMap((r) =>
    (['residential', 'commercial', 'industrial'] as const)
      .filter((userClass) => r[userClass] > 0)
      .map((userClass): OfftakeDefinition => ({
        id: `${r.station}/${userClass}`,
        userClass,
        dayVolume: r[userClass],
        node: mainNode(r.station),
        servicePressureKPa: SITES[r.station] + 100,
        kind: 'user',
      })),
  );
  const direct = DIRECT_USERS.map((u): OfftakeDefinition => ({
    id: u.station,
    userClass: u.kind,
    dayVolume: u.dayVolume,
    node: u.station,
    servicePressureKPa: 700,
    kind: 'user',
  }));
  const own = GATES.map((g): OfftakeDefinition => ({
    id: ownUseOf(g.station),
    userClass: 'industrial',
    dayVolume: g.ownUse,
    node: g.station,
    servicePressureKPa: 400,
    kind: 'ownUse',
  }));
  return [...behind, ...direct, ...own];
}

/** The demo city's pipes, regulators, users and meters. */
export const DEMO_PLANT: PlantDefinition = {
  law: TARIM_15C,
  utcOffsetS: 8 * 3_600,
  gasDayStartUtcS: 0,
  initialKPa: Object.fromEntries([
    ...TRUNK_PIPES.flatMap((p) => {
      const kPa = p.id.startsWith('west') ? TRUNK_KPA.west : TRUNK_KPA.east;
      return [
        [p.from, kPa],
        [p.to, kPa],
      ];
    }),
    ...REGULATORS.map((r) => [mainNode(r.station), SITES[r.station] + REGULATOR_SET_KPA - 4]),
  ]) as Record<string, number>,
  pipes: TRUNK_PIPES.map((p) => ({
    id: p.id,
    from: p.from,
    to: p.to,
    lengthM: p.lengthM,
    diameterM: p.diameterM,
    roughnessM: 0.00005,
    segments: 2,
  })),
  mains: REGULATORS.map((r) => ({
    id: mainId(r.station),
    node: mainNode(r.station),
    volumeM3: MAIN_VOLUME_M3,
  })),
  sources: GATES.map((g) => ({
    id: g.station,
    node: g.station,
    setKPa: g.setKPa,
    gain: g.gain,
    capacity: g.capacity,
    dailyWanderKPa: g.trunk === 'west' ? 45 : 25,
    supplyKPa: g.supplyKPa,
    supplyWanderKPa: 40,
  })),
  regulators: REGULATORS.map((r) => ({
    id: r.station,
    inlet: r.station,
    outlet: mainNode(r.station),
    setKPa: SITES[r.station] + REGULATOR_SET_KPA,
    droopKPa: REGULATOR_DROOP_KPA,
    capacity: regulatorCapacity(r),
    inletNominalKPa: TRUNK_KPA[r.trunk],
  })),
  offtakes: offtakes(),
  meters: [...gateMeters(), ...outletMeters()],
};
