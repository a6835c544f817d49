import type { LocalName } from '@linepack/network';
import { flow, pressureAtMeter, temperature, totaliser } from './instruments';
import type { MeterSpec } from './station-spec';
import type { Site, TagSpec } from './tag-spec';

/** The six tags of a flow computer: line pressure and temperature, both flows, both totalisers. */
export function flowComputer(
  site: Site,
  meter: string,
  about: {
    name: LocalName;
    spanMPa: number;
    correctedMax: number;
    uncorrectedMax: number;
    rollover: number;
    meanC: number;
    /** First digits of its tag numbers: 1 gives pt-111, ft-111, fq-111. */
    loop: number;
  },
): TagSpec[] {
  const n = about.loop * 100 + 11;
  const named = (id: string, zh: string, en: string) => ({
    id,
    name: { zh: `${about.name.zh}${zh}`, en: `${about.name.en} ${en}` },
  });
  return [
    pressureAtMeter(site, meter, { ...named(`pt-${n}`, '压力', 'pressure'), spanMPa: about.spanMPa }),
    temperature(site, about.meanC, named(`tt-${n}`, '温度', 'temperature')),
    flow(meter, 'corrected', {
      ...named(`ft-${n}`, '标况流量', 'flow at reference conditions'),
      fullScale: about.correctedMax,
      overview: about.loop === 1,
    }),
    flow(meter, 'uncorrected', {
      ...named(`ft-${n + 1}`, '工况流量', 'flow at line conditions'),
      fullScale: about.uncorrectedMax,
    }),
    totaliser(meter, 'corrected', {
      ...named(`fq-${n}`, '标况累计', 'total at reference conditions'),
      rollover: about.rollover,
    }),
    totaliser(meter, 'uncorrected', {
      ...named(`fq-${n + 1}`, '工况累计', 'total at line conditions'),
      rollover: 1e8,
    }),
  ];
}

/** The meter the flow computer above belongs to. */
export function meterSpec(
  loop: number,
  about: Pick<
    MeterSpec,
    'id' | 'name' | 'kind' | 'owner' | 'serial' | 'uncertainty' | 'qMin' | 'qT' | 'qMax' | 'rolloverAt'
  >,
): MeterSpec {
  const n = loop * 100 + 11;
  return {
    ...about,
    tags: { total: `fq-${n}`, flow: `ft-${n}`, pressure: `pt-${n}`, temperature: `tt-${n}` },
  };
}
