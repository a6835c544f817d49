import type { Tag } from '@linepack/contracts';

/** What a station chief looks at first stands first; within a kind, along the way of the gas. */
const KINDS = [
  'pressure',
  'flow',
  'totaliser',
  'differentialPressure',
  'temperature',
  'valvePosition',
  'switch',
  'odorant',
  'gasDetector',
  'level',
  'speedOfSound',
  'voltage',
];
const POSITIONS = ['inlet', 'none', 'outlet', 'ambient'];

const rank = (order: readonly string[], word: string) => {
  const at = order.indexOf(word);
  return at < 0 ? order.length : at;
};

export const byKind = (a: Tag, b: Tag): number =>
  rank(KINDS, a.kind) - rank(KINDS, b.kind) ||
  rank(POSITIONS, a.position) - rank(POSITIONS, b.position) ||
  a.key.localeCompare(b.key);

export type StageName = 'inlet' | 'filter' | 'metering' | 'regulator' | 'outlet';

export interface Stage {
  readonly name: StageName;
  readonly tags: readonly Tag[];
}

const MOST = 3;
const pick = (tags: readonly Tag[], wanted: (tag: Tag) => boolean) => tags.filter(wanted).slice(0, MOST);

/** The stations of the gas on its way through: those the station has instruments for. */
export function stagesOf(tags: readonly Tag[]): Stage[] {
  const at = (position: string) => (t: Tag) =>
    t.position === position && (t.kind === 'pressure' || t.kind === 'temperature');
  const stages: Stage[] = [
    { name: 'inlet', tags: pick(tags, at('inlet')) },
    { name: 'filter', tags: pick(tags, (t) => t.kind === 'differentialPressure') },
    { name: 'regulator', tags: pick(tags, (t) => t.kind === 'valvePosition') },
    { name: 'metering', tags: pick(tags, (t) => t.kind === 'flow') },
    { name: 'outlet', tags: pick(tags, at('outlet')) },
  ];
  return stages.filter((s) => s.tags.length > 0);
}
