import {
  isLimitCondition,
  levelObservation,
  limitObservation,
  type AlarmDefinition,
  type Level,
  type Observation,
} from '@linepack/alarm';
import { OUR_CLOCK, type Micros, type TagId } from '@linepack/network';
import type { PresentValue } from '@linepack/telemetry';

/**
 * What this collector knows of every alarm's inputs, whoever owns the alarm: the present value of each tag, and how
 * sources, stations and the conditions of scheduled work stand. At most one value a tag and one level an alarm.
 */
export class AlarmInputs {
  private readonly presents = new Map<TagId, PresentValue>();
  private readonly levels = new Map<string, Level>();

  present(value: PresentValue): void {
    this.presents.set(value.tagId, value);
  }

  /** What stands as before stands since before. */
  level(alarmId: string, level: Level): void {
    const before = this.levels.get(alarmId);
    const isSame = before?.says === level.says && before.subject === level.subject;
    const since = isSame ? { at: before.at, receivedAt: before.receivedAt } : {};
    this.levels.set(alarmId, { ...level, ...since });
  }

  /** Our clock was set: what was received, and what we stamped ourselves, is as long ago as it was. */
  clockWasSet(by: number): void {
    for (const [tagId, value] of this.presents) this.presents.set(tagId, { ...value, ...moved(value, by) });
    for (const [alarmId, level] of this.levels) this.levels.set(alarmId, { ...level, ...moved(level, by) });
  }

  /** What is listened to no more is not known any more. */
  keepTags(tags: ReadonlySet<TagId>): void {
    for (const tagId of this.presents.keys()) if (!tags.has(tagId)) this.presents.delete(tagId);
  }

  /** Forgets levels that no alarm needs any more. */
  keepLevels(isNeeded: (alarmId: string) => boolean): void {
    for (const alarmId of this.levels.keys()) if (!isNeeded(alarmId)) this.levels.delete(alarmId);
  }

  /** Null while nothing was ever told of the alarm's inputs. */
  observationOf(definition: AlarmDefinition): Observation | null {
    if (isLimitCondition(definition.condition)) {
      const present = this.presents.get(definition.tagId as TagId);
      return present ? limitObservation(definition, present) : null;
    }
    const level = this.levels.get(definition.alarmId);
    return level ? levelObservation(level) : null;
  }
}

const moved = (
  { at, receivedAt, clockSession }: Pick<Observation, 'at' | 'receivedAt' | 'clockSession'>,
  by: number,
): Pick<Observation, 'at' | 'receivedAt'> => ({
  at: (clockSession === OUR_CLOCK ? at + by : at) as Micros,
  receivedAt: (receivedAt + by) as Micros,
});
