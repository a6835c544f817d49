import type { SimulatedProcess } from '../kernel/process';
import type { Published } from '../model/opcua-server';
import type { Row } from '../model/samples';
import type { Device, SaidWord } from '../world/device';
import { MAX_REPORT_S, TAGS, keyOf, tagIdOf } from '../world/network';
import type { World } from '../world/world';
import type { Oracle } from './oracle';

/*
 * Every word that was acknowledged to its source has its row, where the rules of libs/telemetry/SPEC.md allow it to
 * stand: at its stamp (P1); where that cannot be believed, or its clock was ever set, at our time (T1, P5, P9). What holds may
 * be stored again later (P8), and nothing stands before it was said, or in time that its clock had covered before (P9).
 */

/** In a burst each word is the present one until the next is there. */
const MOMENT_US = 100_000;
/** Words of one stamp are kept a microsecond apart, and devices count milliseconds. */
const STEP_US = 1_000;
/** Clocks of collectors differ, a word is on its way for a while, and a value is stored again two seconds after it. */
const SLACK_US = 3_000_000;
/** A stamp that is further ahead cannot be believed; neither can one before there were networks (T1). */
const MOST_AHEAD_US = 60_000_000;
const EARLIEST_US = Date.UTC(2020, 0, 1) * 1_000;
/** A word that comes this late is old by its clock. */
const STALE_US = 3 * MAX_REPORT_S * 1e6;
/** A clock that was set back by less may not be noticed. */
const COVERED_US = 60_000_000;

/** So long an answer of the database is on its way. */
const ANSWER_US = 1_000_000;
/** So long it takes until a clock that was set is known to be. */
const SETTLED_US = 8_000_000;
/** Of more messages at a time than that, a collector places the doubtful ones without knowing (P5). */
const MOST_IN_DOUBT = 10;
const AT_A_TIME_US = 1_000_000;
/** Marks a row that stands beside another of its time. */
const MARKED = 0x0408;

/** Somebody received a word, in true time. */
interface Hearing {
  readonly at: number;
  readonly by: SimulatedProcess;
  /** As a copy that its broker had kept. */
  readonly isRetained: boolean;
}

/** A word that a source said, and what became of it on the way. */
interface ToldWord {
  readonly value: number | null;
  readonly quality: number;
  readonly stamp: number | null;
  /** True time at which it was said, and at which its stamp was made: another quality stands under the stamp there is. */
  readonly saidAt: number;
  readonly stampedAt: number;
  readonly heard: readonly Hearing[];
  /** `inOrder`: its source keeps nothing back. */
  readonly delivery: 'inOrder' | 'weighed';
  /** Its source was told, or could only believe, that it is kept. */
  readonly isAcknowledged: boolean;
}

export function words(world: World, oracle: Oracle): void {
  const heard = hearings(world);
  const { received } = world.plant.broker;
  const isCrowd = (at: number, by: SimulatedProcess): boolean =>
    received.filter((r) => r.by === by && Math.abs(r.at - at) < AT_A_TIME_US).length > MOST_IN_DOUBT;
  for (const tag of TAGS) {
    const key = keyOf(tag);
    const told = 'node' in tag.at ? published(world, tag.at.node) : sent(world, key, heard);
    const { samples, toldBefore } = world.plant.database;
    const canTell = ({ at, by }: Hearing): boolean =>
      at > (toldBefore.get(`${by.name} ${tagIdOf(key)}`) ?? Infinity) + ANSWER_US &&
      ('node' in tag.at || !isCrowd(at, by));
    new TagJudge(oracle, key, told, samples.rows(tagIdOf(key)), offsetsOf(world, key), canTell).judge();
  }
  if (world.collectors.length > 1) return;
  for (const device of world.plant.devices)
    if (device.isStamped && !device.hasKept && device.clockSince === 0)
      device.keys.forEach((key) => inOrder(world, oracle, device, key));
}

const offsetsOf = ({ plant }: World, key: string): readonly number[] =>
  (plant.deviceOf(key) ?? plant.plc).clockOffsets;

/** When the messages of devices were received, by payload. */
function hearings({ plant: { broker } }: World): Map<string, Hearing[]> {
  const heard = new Map<string, Hearing[]>();
  for (const { message, ...hearing } of broker.received)
    heard.set(message.payload, [...(heard.get(message.payload) ?? []), hearing]);
  return heard;
}

/** What the device of a tag said, in its order. */
function sent({ plant }: World, key: string, heard: ReadonlyMap<string, readonly Hearing[]>): ToldWord[] {
  const acknowledged = new Set([...plant.broker.acknowledged.values()].map((m) => m.payload));
  return [...(plant.deviceOf(key)?.said ?? [])].flatMap(([payload, said]) =>
    said
      .filter((w) => w.key === key)
      .map((w) => ({
        ...w,
        stampedAt: w.saidAt,
        quality: 0,
        delivery: 'weighed',
        heard: heard.get(payload) ?? [],
        isAcknowledged: acknowledged.has(payload) && !isCopyWithoutTime(w, heard.get(payload) ?? []),
      })),
  );
}

/** What a broker has retained without a time can stand nowhere: nobody knows how old it is. */
const isCopyWithoutTime = ({ stamp }: SaidWord, heard: readonly Hearing[]): boolean =>
  stamp === null && heard.every(({ isRetained }) => isRetained);

/**
 * What the server said of a node, in its order; the same again is one word. A publish response is acknowledged at once:
 * whoever took it from there must keep it, if he lives and his disk has room, and has kept it when he says so.
 */
function published({ plant: { plc }, collectors }: World, node: string): ToldWord[] {
  const mustKeep = ({ by, heardAt }: Published): boolean =>
    collectors.some((c) => c.process === by && c.isAlive && c.roomSince <= heardAt);
  const words = new Map<string, ToldWord>();
  const stampedAt = new Map<number, number>();
  for (const { node: of, value: said, saidAt } of plc.said) {
    if (of !== node) continue;
    const { value, quality, sourceTime: stamp } = said;
    if (!stampedAt.has(stamp)) stampedAt.set(stamp, saidAt);
    const name = `${value} ${quality} ${stamp}`;
    const before = words.get(name);
    const taken = plc.published.filter((p) => p.value === said);
    words.set(name, {
      value,
      quality,
      delivery: 'inOrder',
      stamp,
      saidAt: before?.saidAt ?? saidAt,
      stampedAt: stampedAt.get(stamp) as number,
      heard: [
        ...(before?.heard ?? []),
        ...taken.map((p) => ({ at: p.heardAt, by: p.by, isRetained: false })),
      ],
      isAcknowledged: before?.isAcknowledged || taken.some((p) => p.isDurable || mustKeep(p)),
    });
  }
  return [...words.values()];
}

/** Judges the rows of one tag. */
class TagJudge {
  /** The latest that its clock has told so far, of what can be believed. */
  private latest = -Infinity;

  constructor(
    private readonly oracle: Oracle,
    private readonly key: string,
    private readonly told: readonly ToldWord[],
    private readonly rows: readonly Row[],
    /** By how much its clock was ever ahead of true time. */
    private readonly offsets: readonly number[],
    /** Whether who hears a word has been told what was stored before it, and is not made to place it in doubt. */
    private readonly canTell: (hearing: Hearing) => boolean,
  ) {}

  judge(): void {
    for (const word of this.told) {
      const rows = this.rows.filter((row) => isOf(row, word));
      if (word.isAcknowledged && !rows.some((row) => this.mayStand(row.ts, word)))
        this.violate('lost word', word, rows, 'was acknowledged and does not stand where it belongs');
      const isCovered = this.covers(word);
      const ours = word.stampedAt - SLACK_US - Math.max(0, ...word.heard.map((h) => this.seemsBehind(h)));
      const earliest = isCovered ? ours : Math.min(ours, (word.stamp as number) - STEP_US);
      if (word.quality >= 0 && rows.some((row) => row.ts < earliest))
        this.violate(
          isCovered ? 'word in covered time' : 'word before its time',
          word,
          rows,
          'stands too early',
        );
    }
  }

  private isBelievable({ stamp, heard }: ToldWord): boolean {
    if (stamp === null || stamp < EARLIEST_US) return false;
    return heard.some(({ at }) => stamp <= at + MOST_AHEAD_US);
  }

  private mayStand(ts: number, word: ToldWord): boolean {
    const { stamp, saidAt, stampedAt, heard } = word;
    const isBelievable = this.isBelievable(word);
    if (isBelievable && Math.abs(ts - (stamp as number)) < STEP_US) return true;
    if (isBelievable && this.offsets.length === 1 && !this.isLate(word) && !this.isCoveredByOthers(word))
      return false;
    const ours = [saidAt, stampedAt, ...heard.map((h) => h.at)];
    if (heard.some((h) => ts < h.at && ts > h.at - this.seemsBehind(h) - SLACK_US)) return true;
    // What we stamp stands in the time of the tag's own clock (P8), as that is known (a setting by less than half a minute
    // is not noticed), and after what stands there.
    return this.offsets.some((ahead) =>
      ours.some((at) => {
        const after = ts - at;
        const isBetween = ahead <= MOST_AHEAD_US && after > 0 && after < ahead;
        return isBetween || Math.abs(after) < SLACK_US || Math.abs(after - ahead) < SLACK_US;
      }),
    );
  }

  /**
   * By how much a clock seems behind of which a process has heard only words that were late (K1), µs. The first value of
   * its subscription tells nothing of it.
   */
  private seemsBehind({ at, by }: Hearing): number {
    const [, ...changes] = this.told
      .flatMap(({ stamp, heard }) => heard.map((h) => ({ ...h, late: h.at - (stamp ?? -Infinity) })))
      .filter((h) => h.by === by && h.at < at && Math.abs(h.late) < COVERED_US)
      .sort((a, b) => a.at - b.at);
    return changes.length === 0 ? 0 : Math.max(0, Math.min(...changes.map(({ late }) => late)));
  }

  /** A server that keeps nothing back, and holds this back for so long, is taken for one whose clock was set (K3). */
  private isLate({ stamp, heard, delivery }: ToldWord): boolean {
    return delivery === 'inOrder' && heard.some(({ at }) => at - (stamp as number) > STALE_US - SLACK_US);
  }

  /** Whoever hears it after an earlier run or another collector stored newer words cannot know whether its clock was set (P9). */
  private isCoveredByOthers({ stamp, heard }: ToldWord): boolean {
    const isBehind = ({ ts, quality }: Row, at: number): boolean =>
      quality >= 0 && ts >= (stamp as number) && ts < at - SLACK_US;
    return heard.some(({ at, by }) => {
      const isFirst = !this.told.some((w) => w.heard.some((h) => h.by === by && h.at < at));
      return (
        this.told.some(
          (other) =>
            (other.stamp ?? 0) >= (stamp as number) && other.heard.some((h) => h.by !== by && h.at <= at),
        ) ||
        // A value that held was stored again by whoever could not hear that it did no longer (P8).
        (isFirst && this.rows.some((row) => isBehind(row, at)))
      );
    });
  }

  /** Its clock was there before it was set back. */
  private covers(word: ToldWord): boolean {
    if (!this.isBelievable(word)) return true;
    const stamp = word.stamp as number;
    const isCovered = stamp <= this.latest - COVERED_US && this.couldKnow(word);
    this.latest = Math.max(this.latest, stamp);
    return isCovered;
  }

  /**
   * Who hears it can tell, has heard the clock go on as it was set, and goes on hearing it: of a tag that is another's by
   * now a broker still has words for him, and he stores them as they are.
   */
  private couldKnow({ stamp, stampedAt, saidAt, heard }: ToldWord): boolean {
    const ahead = (stamp as number) - stampedAt;
    const goesOn = ({ at, by }: Hearing): boolean =>
      this.told.some((w) => w.saidAt > saidAt && w.heard.some((h) => h.by === by && h.at > at));
    const isAsSet = (w: ToldWord): boolean => Math.abs((w.stamp ?? 0) - w.stampedAt - ahead) < SLACK_US;
    // At the pace of time: what came late on its way does not tell (K3).
    const goesAsSet = ({ at, by }: Hearing): boolean => {
      const inTime = this.told
        .filter(isAsSet)
        .flatMap((w) => w.heard.filter((h) => h.by === by && h.at <= at && h.at - w.saidAt < SLACK_US))
        .map((h) => h.at);
      return Math.max(...inTime) - Math.min(...inTime) > SETTLED_US;
    };
    return heard.every((hearing) => this.canTell(hearing) && goesOn(hearing) && goesAsSet(hearing));
  }

  private violate(rule: string, word: ToldWord, rows: readonly Row[], what: string): void {
    const { value, quality, stamp, saidAt, heard } = word;
    const since = (at: number | null): string => (at === null ? 'none' : ((at - saidAt) / 1e6).toFixed(3));
    this.oracle.violate(
      rule,
      this.key,
      `${value} (${quality}), stamped ${stamp} (${since(stamp)} s after it was said), ${what}: ` +
        `rows ${rows.map((row) => since(row.ts)).join(', ')}; heard ${heard.map((h) => since(h.at)).join(', ')}`,
    );
  }
}

const isOf = (row: Row, { value, quality }: ToldWord): boolean =>
  quality < 0 ? (row.quality & ~MARKED) === quality : row.quality >= 0 && row.value === value;
/**
 * Where a device's clock was right all along and nobody else wrote, its words stand in their order: what holds may be
 * stored again, but no word comes back after a later one. (Two collectors that hear one device while a station changes
 * hands each store what they heard.)
 */
function inOrder(world: World, oracle: Oracle, device: Device, key: string): void {
  const said = [...device.said.values()].flat().filter((w) => w.key === key);
  const numbers = new Map(said.map(({ value }, number) => [value, number]));
  const rows = world.plant.database.samples.rows(tagIdOf(key));
  let before = -1;
  for (const [i, { value, ts }] of rows.entries()) {
    if (value === null) continue;
    const number = numbers.get(value);
    const heldUs = (rows[i + 1]?.ts ?? Infinity) - ts;
    if (number === undefined) oracle.violate('made-up word', key, `${value} was never said`);
    else if (number < before && heldUs > MOMENT_US)
      oracle.violate(
        'word out of order',
        key,
        `${value} holds from ${ts} on, after a word that was said later`,
      );
    before = Math.max(before, number ?? before);
  }
}
