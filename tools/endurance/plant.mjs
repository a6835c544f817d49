// The plant of the endurance runs: fifty devices on one broker, ten stations, twenty values a device.
export const DEVICES = 50;
export const TAGS = 20;
const PER_STATION = 5;

export const topicOf = (device) => `plant/device-${device}`;

const name = (text) => ({ zh: text, en: text });

/** @param {string} url of the broker */
export const networkFile = (url) =>
  JSON.stringify({
    linepack: 1,
    id: 'endurance',
    name: name('Endurance'),
    gasDay: {},
    reference: { temperatureC: 20, pressureKPa: 101.325 },
    gases: [{ id: 'gas', name: name('Gas'), composition: { methane: 1 } }],
    sources: [{ id: 'broker', name: name('Broker'), kind: 'mqtt', url }],
    stations: Array.from({ length: DEVICES / PER_STATION }, (_, s) => ({
      id: `station-${s}`,
      name: name(`Station ${s}`),
      kind: 'regulator',
      altitudeM: 10,
      tags: Array.from({ length: PER_STATION * TAGS }, (_, i) => {
        const device = s * PER_STATION + Math.floor(i / TAGS);
        return {
          id: `d${device}-v${i % TAGS}`,
          name: name(`Value ${i % TAGS} of device ${device}`),
          kind: 'temperature',
          unit: '°C',
          range: [-40, 1_000_000],
          address: { source: 'broker', topic: topicOf(device), path: `values.v${i % TAGS}` },
        };
      }),
    })),
  });
