import { NetworkFile } from '@linepack/network';

const name = (en: string): { zh: string; en: string } => ({ zh: en, en });

const tag = (id: string, more: object = {}): object => ({
  id,
  name: name(id),
  kind: 'pressure',
  unit: 'MPa',
  pressure: 'gauge',
  address: { source: 'plc', node: `ns=2;s=${id}` },
  range: [0, 10],
  maxReportS: 60,
  ...more,
});

/** A small network: one gate with three tags and a meter, one pipe end. */
export const exampleNetwork = (): NetworkFile =>
  NetworkFile.parse({
    linepack: 1,
    id: 'town',
    name: name('Town'),
    gasDay: { start: '08:00', timeZone: 'Asia/Shanghai' },
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    gases: [{ id: 'methane', name: name('Methane'), composition: { methane: 1 } }],
    sources: [
      { id: 'plc', name: name('PLC'), kind: 'opcua', endpoint: 'opc.tcp://127.0.0.1:${PLC_PORT}' },
      { id: 'rtu', name: name('RTU'), kind: 'mqtt', url: 'mqtt://127.0.0.1', password: '${RTU_PASSWORD}' },
    ],
    stations: [
      {
        id: 'gate',
        name: name('Gate'),
        kind: 'gate',
        altitudeM: 12,
        tags: [
          tag('pt-1', { limits: { L: 1, H: 5 } }),
          tag('pt-2'),
          tag('tot-1', { kind: 'totaliser', unit: 'm³', pressure: undefined, range: [0, 1e8] }),
        ],
        meters: [
          {
            id: 'm-1',
            name: name('M1'),
            kind: 'ultrasonic',
            owner: 'company',
            serial: 'S1',
            uncertainty: { mpePercent: 1 },
            qMin: 10,
            qT: 100,
            qMax: 1000,
            gas: 'methane',
            totaliser: { tag: 'tot-1', volume: 'corrected', rolloverAt: 1e8 },
          },
        ],
      },
      {
        id: 'town',
        name: name('Town'),
        kind: 'regulator',
        altitudeM: 12,
        tags: [tag('pt-1', { address: { source: 'rtu', topic: 'town', path: 'p' } })],
      },
    ],
    pipes: [
      {
        id: 'trunk',
        name: name('Trunk'),
        from: 'gate',
        to: 'town',
        insideDiameterMm: 300,
        lengthM: 1000,
        maopMPa: 4,
        gas: 'methane',
        startPressure: 'gate.pt-1',
        endPressure: 'town.pt-1',
        temperature: 'gate.pt-2',
      },
    ],
    areas: [
      {
        id: 'level-1',
        name: name('Level 1'),
        level: 1,
        inputs: ['gate.m-1'],
        outputs: [{ meter: 'gate.m-1', role: 'gate' }],
        pipes: ['trunk'],
      },
    ],
  });
