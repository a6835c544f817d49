import type { AlarmTableMessage, PartStatus } from '@linepack/contracts';
import type { SimulatedProcess } from '../kernel/process';
import type { SaidEvent, SaidTable, Witness } from '../world/collector-node';
import { MAX_REPORT_S, STATIONS, TAGS, keyOf, tagIdOf } from '../world/network';
import { AREA_ALARM } from '../world/worker-node';
import type { World } from '../world/world';
import { Calm, hearsSince, reachesSince } from './calm';
import { conditionOf, limitsAt, type Limit } from './conditions';
import { Delays } from './delays';
import { speaksBesideOwner, type Spoken } from './speakers';

/*
 * Tolerances, s. A takeover takes 10 s at most, a source is back within 5 s of its server, a device speaks every 4 s,
 * a connection that died in silence is noticed after 15 s.
 */
export const TOLERANCE_S = {
  alarm: 25,
  /** Where all has been calm for longer: a publishing interval, a tick, and the way. */
  prompt: 5,
  link: 28,
  silence: 3 * MAX_REPORT_S + 28,
  configuration: 45,
  told: 8,
} as const;
/** What a screen may lag behind and clocks may differ, s. */
const STALE_S = 2;
const LOOK_MS = 1_000;
/** Values of one level differ by less than this; see `Device`. */
const SAME = 1e-3;

/** Something that must not be, found by the oracle. */
export interface Violation {
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  readonly atS: number;
}

/** A standing that was claimed and found while the storm went on; it must be in the journal in the end. */
export interface Witnessed {
  readonly alarmId: string;
  readonly occurrence: number;
}

/**
 * Watches a storm from outside. Whenever things have been calm for the stated tolerance, it says from the plant's truth
 * what must be active and what must not, and compares with what the owner told everybody.
 */
export class Oracle implements Witness {
  readonly violations: Violation[] = [];
  /** Every event that was told, in order. */
  readonly told: SaidEvent[] = [];
  /** Who told each event first. */
  readonly tellers = new Map<string, string>();
  readonly witnessed: Witnessed[] = [];
  /** How many claims were made: an oracle that never claims anything finds nothing. */
  claims = 0;
  private readonly tables = new Map<string, SaidTable>();
  private world!: World;
  private calm!: Calm;
  private delays!: Delays;

  watch(world: World): void {
    this.world = world;
    this.calm = new Calm(world);
    this.delays = new Delays(world, this.calm);
    const look = (): void => {
      this.look();
      world.kernel.after(LOOK_MS, look);
    };
    look();
  }

  event(said: SaidEvent): void {
    const { event, process, epoch } = said;
    this.told.push(said);
    this.speaks({ process, partition: event.partition, epoch });
    if (!this.tellers.has(event.eventId)) this.tellers.set(event.eventId, process.computer.name);
  }

  table(said: SaidTable): void {
    const { partition, epoch = 0 } = said.table;
    this.speaks({ process: said.process, partition, epoch });
    this.tables.set(`${said.process.name} ${said.table.partition}`, said);
  }

  private speaks(spoken: Spoken): void {
    const fault = speaksBesideOwner(this.world, this.calm, spoken);
    if (fault) this.violate('two speak', spoken.partition, fault);
  }

  /** Every word is in one column of the ledger, and the collector's own audit finds nothing. */
  status({ name }: SimulatedProcess, { ledger, alarmInconsistencies }: PartStatus): void {
    if (alarmInconsistencies) this.violate('inconsistent', name, `${alarmInconsistencies} by its own audit`);
    if (!ledger) return;
    this.claims += 1;
    const { received, stored, unchanged, duplicate, history, refused, discarded, waiting, uncounted } =
      ledger;
    const refusals = Object.values(refused).reduce((sum, n) => sum + n, 0);
    const counted = stored + unchanged + duplicate + history + refusals + discarded + waiting;
    if (uncounted !== 0 || counted !== received)
      this.violate('ledger', name, `${received} received, ${counted} counted, ${uncounted} uncounted`);
  }

  violate(rule: string, subject: string, detail: string): void {
    if (this.violations.some((v) => v.rule === rule && v.subject === subject)) return;
    this.world.kernel.note('oracle', `${rule}: ${subject}: ${detail}`);
    this.violations.push({ rule, subject, detail, atS: this.world.kernel.elapsedS });
  }

  look(): void {
    this.calm.look();
    this.delays.look();
    this.owners();
    this.limitAlarms();
    this.sourceAlarms();
    this.stationAlarms();
    this.areaAlarm();
    this.screens();
    this.badValues();
  }

  private isOver(since: number, seconds: number): boolean {
    return this.world.kernel.now - since > seconds * 1e6;
  }

  /** When everybody can, somebody has every partition, and has said how its alarms stand. */
  private owners(): void {
    if (!this.isOver(this.calm.since(), TOLERANCE_S.alarm)) return;
    for (const partition of [...STATIONS, 'network']) {
      this.claims += 1;
      if (this.calm.ownerOf(partition) === null) this.violate('no owner', partition, 'nobody has it');
      else if (this.tableOf(partition) === null) this.violate('no table', partition, 'its owner told none');
    }
  }

  /** What the owners told last, of every partition. */
  toldTables(): AlarmTableMessage['alarms'] {
    return [...STATIONS, 'network'].flatMap((partition) => this.tableOf(partition)?.alarms ?? []);
  }

  private tableOf(partition: string): AlarmTableMessage | null {
    const owner = this.calm.ownerOf(partition)?.process;
    return owner ? (this.tables.get(`${owner.name} ${partition}`)?.table ?? null) : null;
  }

  /** The claim that an alarm of a partition is active, or is not. */
  private claim(partition: string, alarmId: string, isActive: boolean, why: string): void {
    const table = this.tableOf(partition);
    if (!table) return;
    this.claims += 1;
    const found = table.alarms.find((a) => a.alarmId === alarmId);
    if ((found?.active ?? false) !== isActive)
      this.violate(isActive ? 'missed alarm' : 'false alarm', alarmId, why);
    else if (found?.active && this.calm.running().every((c) => c.diskWellSince < Infinity))
      this.witnessed.push({ alarmId, occurrence: found.occurrence });
  }

  private limitAlarms(): void {
    const { world } = this;
    for (const limit of limitsAt(world.plant.limitChanges)) {
      const condition = conditionOf(limit, world.plant.truth.stepsOf(limit.key));
      if (condition === null || !this.isKnown(limit, condition.delayS)) continue;
      const heard = limit.limit === null ? 0 : this.calm.hearing((c) => hearsSince(world, c, limit.key));
      const couldBeHeard = Math.max(this.calm.since(), heard);
      const due = this.delays.dueAt(limit.key, condition, heard);
      if (!this.isOver(couldBeHeard, TOLERANCE_S.alarm) || !this.isOver(due, TOLERANCE_S.prompt)) continue;
      const since = Math.max(couldBeHeard, due);
      const value = world.plant.truth.valueOf(limit.key);
      const sinceS = ((since - world.kernel.startUs) / 1e6).toFixed(1);
      this.claim(
        limit.key.split('.')[0] as string,
        limit.alarmId,
        condition.holds,
        `${limit.key} has been ${value} against ${limit.name} ${limit.limit ?? 'none'}, and could be heard, since ${sinceS} s`,
      );
    }
  }

  /** Whoever was well when a limit was told reads it at once; all others when they can read it again. */
  private isKnown({ isTold, since }: Limit, delayS: number): boolean {
    if (since === 0) return true;
    const readable = this.readableSince();
    const well = Math.max(this.calm.since(), this.calm.busSince(), readable) + TOLERANCE_S.alarm * 1e6;
    if (isTold && well < since) return this.isOver(since, TOLERANCE_S.told + delayS);
    return this.isOver(Math.max(since, readable), TOLERANCE_S.configuration + delayS);
  }

  /** True time since when every collector could read the configuration. */
  private readableSince(): number {
    const { database } = this.world.plant;
    const { collectors } = this.world;
    if (!database.isWell || collectors.some((c) => database.cutOff.has(c.name))) return Infinity;
    return Math.max(database.wellSince, ...collectors.map((c) => c.databaseSince));
  }

  private sourceAlarms(): void {
    const { world } = this;
    const { plc, broker } = world.plant;
    for (const source of ['plc', 'broker'] as const) {
      const alarmId = `source:${source}:communication`;
      if (!this.isOver(this.calm.busSince(), TOLERANCE_S.alarm)) continue;
      const reaches = this.calm.hearing((c) => reachesSince(world, c, source));
      if (this.isOver(reaches, TOLERANCE_S.link)) this.claim('network', alarmId, false, `${source} is there`);
      const awaySince = source === 'plc' ? plc.awaySince : broker.downSince;
      if (this.isOver(Math.max(this.calm.since(), awaySince), TOLERANCE_S.link))
        this.claim('network', alarmId, true, `${source} is away`);
    }
  }

  private stationAlarms(): void {
    const { world } = this;
    for (const station of STATIONS) {
      const tags = TAGS.filter((t) => t.station === station);
      const alarmId = `station:${station}:communication`;
      const speaks = this.calm.hearing((c) => Math.max(...tags.map((t) => hearsSince(world, c, keyOf(t)))));
      if (this.isOver(speaks, TOLERANCE_S.link)) this.claim(station, alarmId, false, `${station} speaks`);
      const devices = tags.map((t) => world.plant.deviceOf(keyOf(t)));
      if (devices.some((d) => d === undefined || d.leavesWordsWithoutTime)) continue;
      const silent = Math.max(...devices.map((d) => d?.silentSince ?? Infinity));
      const broker = this.calm.hearing((c) => reachesSince(world, c, 'broker'));
      if (this.isOver(Math.max(silent, broker), TOLERANCE_S.silence))
        this.claim(station, alarmId, true, `every device of ${station} is silent`);
    }
  }

  private areaAlarm(): void {
    const { active, at } = this.world.worker.standing;
    const since = Math.max(this.calm.since(), this.calm.busSince(), at);
    if (this.isOver(since, TOLERANCE_S.alarm))
      this.claim('network', AREA_ALARM, active, `the closed day is ${active ? 'in breach' : 'within'}`);
  }

  /** What its server calls bad is shown as bad. */
  private badValues(): void {
    const { world } = this;
    for (const tag of TAGS) {
      if (!('node' in tag.at) || !world.plant.plc.bad.has(tag.at.node)) continue;
      const key = keyOf(tag);
      const reached = this.calm.hearing((c) => reachesSince(world, c, 'plc'));
      const since = Math.max(reached, this.calm.busSince(), world.plant.plc.judgedAt(tag.at.node));
      if (!this.isOver(since, TOLERANCE_S.alarm)) continue;
      this.claims += 1;
      const [shown] = world.api.latest.of([tagIdOf(key)]);
      if (shown && shown.quality >= 0) this.violate('bad shown as good', key, `shows ${shown.value}`);
    }
  }

  /** What the api would show is what the plant says. */
  private screens(): void {
    const { world } = this;
    for (const key of TAGS.map(keyOf)) {
      const newest = world.plant.truth.stepsOf(key).at(-1)?.at ?? 0;
      const heard = this.calm.hearing((c) => hearsSince(world, c, key));
      if (!this.isOver(Math.max(newest, heard, this.calm.busSince()), TOLERANCE_S.alarm)) continue;
      this.claims += 1;
      const truth = world.plant.truth.valueOf(key);
      const [shown] = world.api.latest.of([tagIdOf(key)]);
      if (!shown || shown.value === null || Math.abs(shown.value - truth) > SAME || shown.quality < 0)
        this.violate(
          'wrong screen',
          key,
          `shows ${shown?.value ?? 'nothing'} (${shown?.quality}), is ${truth}`,
        );
      else if (this.isOver(shown.heardAt, 3 * MAX_REPORT_S + STALE_S))
        this.violate(
          'stale screen',
          key,
          `heard ${((world.kernel.now - shown.heardAt) / 1e6).toFixed(1)} s ago`,
        );
    }
  }
}
