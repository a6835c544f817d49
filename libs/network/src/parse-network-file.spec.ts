import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseNetworkFile, resolveEnvironment } from './index';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../testdata');
const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
const env = { PLC_PORT: '4840', RTU_PASSWORD: 'geheim' };
const components = ['methane', 'ethane'];
const faultsOf = (text: string, known = env): string[] => {
  const result = parseNetworkFile(text, { env: known, components });
  return result.ok ? [] : result.faults.map((f) => `${f.line}:${f.column} ${f.path}: ${f.message}`);
};

describe('a good network file', () => {
  const result = parseNetworkFile(file('good.yaml'), { env, components });
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));

  it('is read with its defaults and the environment', () => {
    expect(result.network.gasDay).toEqual({ start: '08:00', timeZone: 'Asia/Shanghai' });
    expect(result.network.sources).toMatchObject([
      { endpoint: 'opc.tcp://127.0.0.1:4840', publishingIntervalMs: 500 },
      { password: 'geheim' },
    ]);
  });

  it('is stored without what the environment said', () => {
    expect(result.stored.sources).toMatchObject([
      {
        endpoint: 'opc.tcp://${PLC_HOST:-127.0.0.1}:${PLC_PORT}',
        publishingIntervalMs: '${PLC_INTERVAL:-500}',
        securityMode: 'none',
      },
      { url: 'mqtt://broker', password: '${RTU_PASSWORD}' },
    ]);
    expect(JSON.stringify(result.stored)).not.toContain('geheim');
  });

  it('has its sources resolved when they are connected', () => {
    const [plc, rtu] = result.stored.sources;
    expect(resolveEnvironment(plc!, { PLC_PORT: '1', PLC_HOST: 'plc', PLC_INTERVAL: '250' })).toMatchObject({
      endpoint: 'opc.tcp://plc:1',
      publishingIntervalMs: 250,
    });
    expect(resolveEnvironment(rtu!, env)).toEqual(result.network.sources[1]);
    expect(() => resolveEnvironment(rtu!, {})).toThrow(
      'source rtu: password: environment variable RTU_PASSWORD is not set',
    );
    expect(() => resolveEnvironment(plc!, { PLC_PORT: '1', PLC_INTERVAL: 'often' })).toThrow(
      /source plc: publishingIntervalMs: .*expected number/,
    );
  });
});

describe('a bad network file', () => {
  it.each<[string, string[]]>([
    [
      'keys.bad.yaml',
      [
        '1:1 gasDay: missing: expected a mapping',
        '1:11 linepack: expected 1, got 2',
        '2:5 id: expected lower-case letters, digits and hyphens, at most 48, got "Town"',
        '3:7 name.en: missing: expected a text',
        '4:1 gas_day: unknown key; did you mean "gasDay"?',
        '5:28 reference.temperatureC: expected a number, got "20"',
        '5:47 reference.pressureKPa: expected at least 80, got 10',
        '6:8 gases: expected at least 1 in the list',
        '8:50 sources[plc].kind: expected one of "opcua", "mqtt", got "opcau"; did you mean "opcua"?',
        '9:60 sources[rtu].url: expected mqtt://host:port, got "http://broker"',
        '10:60 sources[ftu].url: environment variable NOT_SET is not set; ${NOT_SET:-value} would give a default',
        '14:11 stations[gate].kind: expected one of "supplier", "gate", "regulator", "cng", "industrial", "valve", got "gates"; did you mean "gate"?',
        '23:9 stations[gate].tags[pt-1].limts: unknown key; did you mean "limits"?',
        '25:18 stations[gate].tags[pt-1].address.node: missing: expected a text',
        '25:33 stations[gate].tags[pt-1].address.nod: unknown key; did you mean "node"?',
        '32:18 stations[gate].tags[pt-2].address.path: missing: expected a text',
        '33:19 stations[gate].tags[pt-2].decimals: expected a whole number, got 2.5',
      ],
    ],
    [
      'references.bad.yaml',
      [
        '4:37 gasDay.timeZone: expected an IANA time zone, for instance Asia/Shanghai, got "Asia/Shanhai"',
        '7:64 gases[methane].composition: expected mole fractions summing to 1 within 0.0001, got 0.9998',
        '7:87 gases[methane].composition.etane: expected a component, "etane" is not one; did you mean "ethane"?',
        '10:11 sources[plc].id: "plc" is given twice',
        "23:23 stations[gate].tags[pt-1].limits.HH: expected a limit within the instrument's range 0–4, got 40",
        '24:28 stations[gate].tags[pt-1].address.source: expected a source, "plx" is not one; did you mean "plc"?',
        '26:15 stations[gate].tags[pt-1].id: "pt-1" is given twice',
        '31:20 stations[gate].tags[pt-1].address: expected a node: source "plc" is an OPC UA server',
        '47:20 stations[gate].tags[tot-2].address: expected an address of its own: gate.tot-1 has the same',
        '59:14 stations[gate].meters[m-1].gas: expected a gas, "metane" is not one; did you mean "methane"?',
        '64:24 stations[gate].meters[m-1].totaliser.reference: expected only on a corrected totaliser',
        '65:25 stations[gate].meters[m-1].totaliser.rolloverAt: expected at least 999, the highest value of tag "tot-1", got 100',
        '67:19 stations[gate].meters[m-1].pressure: expected a tag of kind pressure, "tot-2" is of kind totaliser',
        '68:22 stations[gate].meters[m-1].temperature: expected a tag of station gate, "tt-1" is not one; did you mean "pt-1"?',
        '73:9 pipes[main].to: expected another station than "gate"',
        '78:20 pipes[main].startPressure: expected a tag, "gate.pt-9" is not one; did you mean "gate.pt-1"?',
        '79:18 pipes[main].endPressure: expected a tag of kind pressure, "gate.tot-1" is of kind totaliser',
        '80:18 pipes[main].temperature: expected a tag, "town.tt-1" is not one',
        '86:24 areas[level-1].outputs[0].meter: meter "gate.m-1" is in this area twice',
        '86:57 areas[level-1].outputs[1].meter: expected a meter, "gate.m-2" is not one; did you mean "gate.m-1"?',
        '87:19 areas[level-1].pipes[1]: pipe "main" is in this area twice',
        '87:25 areas[level-1].pipes[2]: expected a pipe, "trunk" is not one',
        '88:41 areas[level-1].gasDay.timeZone: expected an IANA time zone, for instance Asia/Shanghai, got "Moon"',
      ],
    ],
    [
      'names.bad.yaml',
      [
        '11:9 stations[network].id: expected another name: "network" is where alarms of the whole network belong',
      ],
    ],
    [
      'text.bad.yaml',
      [
        '3:13 name.zh: expected text without NUL or half characters',
        '12:25 stations[gate].name.en: expected text without NUL or half characters',
      ],
    ],
    [
      'addresses.bad.yaml',
      [
        '22:39 stations[gate].tags[tt-1].address.node: expected a number from 0 to 4294967295 after i=, got "ns=2;i=abc"',
        '28:39 stations[gate].tags[tt-2].address.node: expected a GUID after g=, for instance 09087e75-8e5e-499b-954f-f2a9603db28a, got "ns=2;g=1"',
        '34:40 stations[gate].tags[tt-3].address.topic: expected one topic, without the wildcards + and #, got "town/+/rtu"',
        '40:40 stations[gate].tags[tt-4].address.topic: expected a topic, not a shared subscription, got "$share/all/town"',
        '46:40 stations[gate].tags[tt-5].address.topic: expected a topic that neither begins nor ends with a slash, got "town/"',
      ],
    ],
    [
      'reading-age.bad.yaml',
      [
        '36:21 stations[gate].tags[pt-1].maxReportS: expected at most 900, got 3600: the loss of area "level-2" stands on it by meter "gate.m-1", and a reading must be that near to a cut-off',
        '53:23 stations[gate].tags[tot-1].maxReportS: expected at most 900, got 901: the loss of area "level-2" stands on it by meter "gate.m-1", and a reading must be that near to a cut-off',
        '83:23 stations[shop].tags[pt-1].maxReportS: expected at most 900, got 1200: the loss of area "level-2" stands on it by pipe "main", and a reading must be that near to a cut-off',
      ],
    ],
    [
      'syntax.bad.yaml',
      [
        '3:1 : Map keys must be unique',
        '5:1 : Flow map in block collection must be sufficiently indented and end with a }',
      ],
    ],
    [
      'values.bad.yaml',
      [
        '5:15 commissioned: expected a date as "YYYY-MM-DD", got "2024-13-01"',
        '11:50 sources[plc].kind: expected one of "opcua", "mqtt", got "opcau"; did you mean "opcua"?',
        '17:9 stations[gate].tags[pt-1].pressure: expected gauge or absolute for a pressure',
        '20:15 stations[gate].tags[pt-1].unit: expected one of Pa, kPa, MPa, bar for kind pressure',
        '21:16 stations[gate].tags[pt-1].range: expected [low, high] with low < high',
        '22:17 stations[gate].tags[pt-1].limits: expected LL < L < H < HH',
        '29:21 stations[gate].tags[tt-1].pressure: expected only on a tag of kind pressure',
        '31:41 stations[gate].tags[tt-1].address.node: expected an OPC UA node id, for instance ns=2;s=PT101, got "PT2"',
        '34:9 stations[gate].meters[m-1].pressure: expected a tag: an uncorrected totaliser is converted with pressure and temperature',
        '41:13 stations[gate].meters[m-1].qT: expected qMin ≤ qT ≤ qMax',
        '49:29 stations[empty].atmosphericPressureKPa: expected exactly one of atmosphericPressureKPa and altitudeM',
      ],
    ],
  ])('%s has all its faults told', (name, expected) => {
    expect(faultsOf(file(name))).toEqual(expected);
  });

  it('is one that is empty, or not a mapping', () => {
    expect(faultsOf('')).toEqual(['1:1 : expected a mapping, got nothing']);
    expect(faultsOf('- a')).toEqual(['1:1 : expected a mapping, got a list']);
  });

  it('is one whose variables are not set', () => {
    expect(faultsOf(file('good.yaml'), {} as typeof env).map((f) => f.replace(/;.*/, ''))).toEqual([
      '14:15 sources[plc].endpoint: environment variable PLC_PORT is not set',
      '22:17 sources[rtu].password: environment variable RTU_PASSWORD is not set',
    ]);
  });

  it('cannot be made by what a variable holds', () => {
    const result = parseNetworkFile(file('good.yaml'), {
      env: { ...env, RTU_PASSWORD: '"x"\nsources: []' },
      components,
    });
    expect(result.ok && result.network.sources[1]).toMatchObject({ password: '"x"\nsources: []' });
  });
});
