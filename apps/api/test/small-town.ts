import { NetworkFile } from '@linepack/network';

const name = (zh: string, en: string) => ({ zh, en });

const pressure = (id: string, overview: boolean) => ({
  id,
  name: name(`${id} 压力`, `${id} pressure`),
  kind: 'pressure',
  unit: 'MPa',
  pressure: 'gauge',
  overview,
  address: { source: 'plc', node: `ns=2;s=${id}` },
  range: [0, 4],
  limits: { LL: 0.25, L: 0.28, H: 0.37, HH: 0.38 },
});

const totaliser = {
  id: 'tot',
  name: name('累计', 'Totaliser'),
  kind: 'totaliser',
  unit: 'm³',
  address: { source: 'plc', node: 'ns=2;s=tot' },
  range: [0, 1e8],
};

const meter = {
  id: 'm-1',
  name: name('一号表', 'Meter 1'),
  kind: 'ultrasonic',
  owner: 'company',
  serial: 'S1',
  uncertainty: { mpePercent: 1 },
  qMin: 10,
  qT: 100,
  qMax: 1_000,
  gas: 'methane',
  totaliser: { tag: 'tot', volume: 'corrected', rolloverAt: 1e8 },
};

const station = (id: string, kind: string, zh: string) => ({
  id,
  name: name(zh, id),
  kind,
  altitudeM: 12,
  tags: [pressure('pt-1', true), pressure('pt-2', false), totaliser],
  meters: [meter],
});

/** A network of a gate and two regulator stations, with one level-2 area. */
export const smallTown = (): NetworkFile =>
  NetworkFile.parse({
    linepack: 1,
    id: 'small-town',
    name: name('小镇', 'Small town'),
    gasDay: { start: '08:00', timeZone: 'Asia/Shanghai' },
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    gases: [{ id: 'methane', name: name('甲烷', 'Methane'), composition: { methane: 1 } }],
    sources: [
      { id: 'plc', name: name('控制器', 'PLC'), kind: 'opcua', endpoint: 'opc.tcp://127.0.0.1:4840' },
    ],
    stations: [
      station('gate', 'gate', '门站'),
      station('rs-north', 'regulator', '北调压站'),
      station('rs-south', 'regulator', '南调压站'),
    ],
    areas: [
      {
        id: 'town',
        name: name('城区', 'Town'),
        level: 2,
        inputs: ['gate.m-1'],
        outputs: [
          { meter: 'rs-north.m-1', role: 'regulator' },
          { meter: 'rs-south.m-1', role: 'regulator' },
        ],
      },
    ],
  });
