import { NetworkFile, type AreaConfig } from '@linepack/network';

const name = (en: string) => ({ zh: en, en });
const address = (node: string) => ({ source: 'plc', node: `ns=2;s=${node}` });
const pressure = (id: string) => ({
  id,
  name: name(id),
  kind: 'pressure',
  unit: 'MPa',
  pressure: 'gauge',
  range: [0, 4],
  maxReportS: 720,
});
const temperature = (id: string) => ({
  id,
  name: name(id),
  kind: 'temperature',
  unit: '°C',
  range: [-40, 80],
  maxReportS: 720,
});
const totaliser = (id: string) => ({
  id,
  name: name(id),
  kind: 'totaliser',
  unit: 'm³',
  range: [0, 1e8],
  maxReportS: 720,
});
const meter = (volume: 'corrected' | 'uncorrected') => ({
  id: 'm-1',
  name: name('M1'),
  kind: 'ultrasonic',
  owner: 'company',
  serial: 'S1',
  uncertainty: { expandedPercent: 0.5 },
  qMin: 10,
  qT: 100,
  qMax: 10_000,
  gas: 'methane',
  totaliser: { tag: 'tot-1', volume, rolloverAt: 1e8 },
  ...(volume === 'uncorrected' ? { pressure: 'pt-1', temperature: 'tt-1' } : {}),
});

/** A supplier whose corrector counts standard m³, a shop whose meter counts line m³, and the pipe between them. */
export const smallTown = (): NetworkFile =>
  NetworkFile.parse({
    linepack: 1,
    id: 'town',
    name: name('Town'),
    gasDay: { start: '08:00', timeZone: 'Asia/Shanghai' },
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    gases: [{ id: 'methane', name: name('Methane'), composition: { methane: 1 } }],
    sources: [{ id: 'plc', name: name('PLC'), kind: 'opcua', endpoint: 'opc.tcp://127.0.0.1:1' }],
    stations: [
      {
        id: 'gate',
        name: name('Gate'),
        kind: 'gate',
        altitudeM: 12,
        tags: [
          { ...totaliser('tot-1'), address: address('gate.tot-1') },
          { ...pressure('pt-1'), address: address('gate.pt-1') },
        ],
        meters: [meter('corrected')],
      },
      {
        id: 'shop',
        name: name('Shop'),
        kind: 'industrial',
        altitudeM: 12,
        tags: [
          { ...totaliser('tot-1'), address: address('shop.tot-1') },
          { ...pressure('pt-1'), address: address('shop.pt-1') },
          { ...temperature('tt-1'), address: address('shop.tt-1') },
        ],
        meters: [meter('uncorrected')],
      },
    ],
    pipes: [
      {
        id: 'main',
        name: name('Main'),
        from: 'gate',
        to: 'shop',
        insideDiameterMm: 300,
        lengthM: 1_000,
        maopMPa: 4,
        gas: 'methane',
        startPressure: 'gate.pt-1',
        endPressure: 'shop.pt-1',
        temperature: 'shop.tt-1',
      },
    ],
    areas: [townArea('town')],
  });

/** An area of the small town; areas of other names stand on the same meters. */
export const townArea = (id: string): AreaConfig =>
  ({
    id,
    name: name(id),
    level: 2,
    inputs: ['gate.m-1'],
    outputs: [{ meter: 'shop.m-1', role: 'industrial' }],
    ownUse: [],
    vent: [],
    pipes: ['main'],
    limitPercent: 1,
    denominator: 'input',
    volumeFloor: 0,
  }) as AreaConfig;
