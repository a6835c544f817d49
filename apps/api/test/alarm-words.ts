import { TOPIC, type Alarm, type AlarmCommand, type AlarmEvent, type PartStatus } from '@linepack/contracts';
import { exampleAlarm, exampleEvent } from '@linepack/contracts/testing';
import type { Client, World } from './world';

/** Source time of what happens in these tests. */
export const T0 = Date.UTC(2026, 2, 1) * 1_000;

/** A low-pressure alarm of a station's first instrument, active and not acknowledged. */
export const alarmOf = (world: World, stationId: string, more: Partial<Alarm> = {}): Alarm =>
  exampleAlarm({
    alarmId: `tag:${stationId}.pt-1:L`,
    partition: stationId,
    stationId,
    tagId: world.tag(`${stationId}.pt-1`),
    sourceId: 'plc',
    activeSince: T0,
    ...more,
  });

export const eventOf = (state: Alarm, kind: AlarmEvent['kind'] = 'raised'): AlarmEvent =>
  exampleEvent(state, { at: T0, kind });

/** A collector says that it is there and owns these partitions. */
export const sayOwned = (world: World, partitions: string[]): Promise<void> => {
  const status: PartStatus = {
    part: 'collector',
    state: 'up',
    at: T0,
    detail: '',
    instance: 'test',
    partitions,
  };
  return world.say(TOPIC.collectorStatus('test'), status, { retain: true });
};

/** Stands for the collector that owns a partition: a real client of the real bus. */
export async function own(
  world: World,
  partition: string,
  answer: (command: AlarmCommand) => object | null,
): Promise<AlarmCommand[]> {
  const seen: AlarmCommand[] = [];
  world.voice.on('message', (topic, payload) => {
    if (topic !== TOPIC.alarmCommand(partition)) return;
    const command = JSON.parse(payload.toString()) as AlarmCommand;
    seen.push(command);
    const reply = answer(command);
    if (reply) void world.say(command.replyTo, { commandId: command.commandId, ...reply });
  });
  await world.voice.subscribeAsync(TOPIC.alarmCommand(partition), { qos: 1 });
  return seen;
}

export const acknowledge = (client: Client, alarmId: string, body: object): Promise<Response> =>
  client.post(`/api/alarms/${encodeURIComponent(alarmId)}/acknowledge`, body);
