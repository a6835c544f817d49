import type { Station, Tag } from '@linepack/contracts';
import { findTags } from './tag-match';

const station = (id: string, zh: string): Station => ({
  id,
  name: { zh, en: id },
  kind: 'regulator',
  timeZone: 'Asia/Shanghai',
  atmosphericPressureKPa: 101,
  phone: null,
});
const stations = new Map(
  [station('reg-wenchang', '文昌调压站'), station('gate-west', '青龙岭门站')].map((s) => [s.id, s]),
);
const tag = (key: string, zh: string, en: string): Tag => ({
  tagId: key.length,
  key,
  stationId: key.split('.')[0] as string,
  sourceId: 's',
  name: { zh, en },
  kind: 'pressure',
  unit: 'MPa',
  pressure: 'gauge',
  position: 'outlet',
  overview: true,
  range: [0, 1],
  decimals: 3,
  maxReportS: 60,
  maop: null,
  limits: null,
});
const tags = [
  tag('reg-wenchang.pt-201', '出口压力', 'Outlet pressure'),
  tag('reg-wenchang.tt-201', '出口温度', 'Outlet temperature'),
  tag('gate-west.pt-201', '出站压力', 'Outlet pressure'),
];
const find = (typed: string) =>
  findTags(tags, (id) => stations.get(id) ?? null, typed, 10).map((h) => h.tag.key);

describe('tag search', () => {
  it.each([
    ['pt-201', ['gate-west.pt-201', 'reg-wenchang.pt-201']],
    ['文昌 压力', ['reg-wenchang.pt-201']],
    ['TEMPERATURE', ['reg-wenchang.tt-201']],
    ['', []],
    ['nowhere', []],
  ])('"%s"', (typed, keys) => {
    expect(find(typed)).toEqual(keys);
  });
});
