import type { StationStanding } from '@linepack/alarm';
import { MICROS_PER_MS, type SourceId, type TagId } from '@linepack/network';
import { QUALITY, isUsable, staleAgeOf, type Quality } from '@linepack/telemetry';
import { isSameSignal, type CollectorTag } from '../configuration/collector-configuration';

/** How a station stands from now on. */
export interface StationStands {
  readonly stationId: string;
  readonly standing: StationStanding;
}

interface Heard {
  readonly tag: CollectorTag;
  readonly sourceId: SourceId;
  readonly stationId: string;
  /** Without a word for this long its device is silent. */
  readonly staleAgeMs: number;
  /** When it was heard last, or could have been for the first time. */
  sinceMs: number;
  word: 'unknown' | 'usable' | 'bad' | 'silent';
}

/**
 * Who cannot be heard, judged from the beginning on our own clock, one that is never set: a device that was dead before
 * we started, or died while its broker was away, has from when its source is there until three of its own reporting
 * intervals have passed. A source that speaks for its devices says itself when one is away. A source that is away is said
 * by its own alarm and not again for its stations: of them nothing is known until it is there. One entry a tag, one word
 * a station.
 */
export class Silence {
  private tags = new Map<TagId, Heard>();
  private stations = new Map<string, Heard[]>();
  /** The sources that are there, with whether they speak for their devices. */
  private readonly there = new Map<SourceId, 'speaksForDevices' | 'devicesSpeak'>();
  private readonly told = new Map<string, StationStanding>();
  private readonly touched = new Set<string>();

  configure(tags: readonly CollectorTag[], nowMs: number): void {
    const before = this.tags;
    this.tags = new Map();
    this.stations = new Map();
    for (const tag of tags) {
      const { tagId, stationId, sourceId, config } = tag;
      const known = before.get(tagId);
      const isSame = known?.stationId === stationId && isSameSignal(known.tag, tag);
      const { sinceMs, word } = isSame ? known : { sinceMs: nowMs, word: 'unknown' as const };
      const staleAgeMs = staleAgeOf(config) / MICROS_PER_MS;
      const heard: Heard = { tag, sourceId, stationId, staleAgeMs, sinceMs, word };
      this.tags.set(tagId, heard);
      this.stations.set(stationId, [...(this.stations.get(stationId) ?? []), heard]);
      this.touched.add(stationId);
    }
    for (const stationId of this.told.keys()) this.touched.add(stationId);
  }

  sourceThere(sourceId: SourceId, speaksForDevices: boolean, nowMs: number): void {
    this.there.set(sourceId, speaksForDevices ? 'speaksForDevices' : 'devicesSpeak');
    this.eachOf(sourceId, (heard) => {
      heard.sinceMs = nowMs;
      // That it was silent while nobody could hear it says nothing of now.
      if (heard.word === 'silent') heard.word = 'unknown';
    });
  }

  /** What was known of its devices is known no more. */
  sourceAway(sourceId: SourceId): void {
    this.there.delete(sourceId);
    this.eachOf(sourceId, (heard) => (heard.word = 'unknown'));
  }

  /** The tag was heard, whatever it said. */
  heard(tagId: TagId, nowMs: number): void {
    const heard = this.tags.get(tagId);
    if (heard) heard.sinceMs = nowMs;
  }

  /** What holds of a tag now. */
  present(tagId: TagId, quality: Quality): void {
    const heard = this.tags.get(tagId);
    if (!heard) return;
    heard.word = wordOf(quality);
    this.touched.add(heard.stationId);
  }

  /**
   * The tags of devices that fell silent, each once until it is heard again. A source that speaks for its devices may
   * say nothing as long as nothing changes: silent is only what it never said anything of.
   */
  silentAt(nowMs: number): Set<TagId> {
    const fallen = new Set<TagId>();
    for (const [tagId, heard] of this.tags) {
      const who = this.there.get(heard.sourceId);
      const mustSpeak = who === 'devicesSpeak' ? heard.word !== 'silent' : heard.word === 'unknown';
      if (who === undefined || !mustSpeak || nowMs - heard.sinceMs <= heard.staleAgeMs) continue;
      heard.word = 'silent';
      this.touched.add(heard.stationId);
      if (who === 'devicesSpeak') fallen.add(tagId);
    }
    return fallen;
  }

  /** The stations that stand otherwise than when this was last asked. */
  changes(): StationStands[] {
    const changes: StationStands[] = [];
    for (const stationId of this.touched) {
      const standing = this.standingOf(stationId);
      if (standing === (this.told.get(stationId) ?? 'unknown')) continue;
      if (standing === 'unknown') this.told.delete(stationId);
      else this.told.set(stationId, standing);
      changes.push({ stationId, standing });
    }
    this.touched.clear();
    return changes;
  }

  private standingOf(stationId: string): StationStanding {
    const words = (this.stations.get(stationId) ?? [])
      .filter((heard) => this.there.has(heard.sourceId))
      .map((heard) => heard.word);
    if (words.includes('usable')) return 'speaking';
    // One that has still time to speak may be usable: each tag has its own.
    if (words.length === 0 || words.includes('unknown')) return 'unknown';
    return words.includes('silent') ? 'silent' : 'bad';
  }

  private eachOf(sourceId: SourceId, change: (heard: Heard) => void): void {
    for (const heard of this.tags.values())
      if (heard.sourceId === sourceId) {
        change(heard);
        this.touched.add(heard.stationId);
      }
  }
}

const wordOf = (quality: Quality): Heard['word'] =>
  isUsable(quality) ? 'usable' : quality === QUALITY.BadNoCommunication ? 'silent' : 'bad';
