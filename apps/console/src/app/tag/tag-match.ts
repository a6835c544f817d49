import type { Station, Tag } from '@linepack/contracts';

export interface TagHit {
  readonly tag: Tag;
  readonly station: Station;
}

/** Tags whose key, name or station (in either language) contain every word typed; exact beginnings of a key first. */
export function findTags(
  tags: readonly Tag[],
  station: (id: string) => Station | null,
  typed: string,
  limit: number,
): TagHit[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: (TagHit & { rank: number })[] = [];
  for (const tag of tags) {
    const at = station(tag.stationId);
    if (!at) continue;
    const key = tag.key.toLowerCase();
    const text = [key, tag.name.zh, tag.name.en, at.name.zh, at.name.en].join(' ').toLowerCase();
    if (!words.every((w) => text.includes(w))) continue;
    const first = words[0] as string;
    const rank = key.split('.').some((part) => part.startsWith(first)) ? 0 : 1;
    hits.push({ tag, station: at, rank });
  }
  return hits.sort((a, b) => a.rank - b.rank || a.tag.key.localeCompare(b.tag.key)).slice(0, limit);
}
