import { TOPIC, type Alarm, type AlarmCommand, type AlarmEvent, type PartStatus } from '@linepack/contracts';
import type { Client, World } from './world';

/** Source time of what happens in these tests. */
export const T0 = Date.UTC(2026, 2, 1) * 1_000;

/** A low-pressure alarm of a station's first instrument, active and not acknowledged. */
export const alarmOf = (world: World, stationId: string, more: Partial<Alarm> = {}): Alarm => ({
  alarmId: `tag:${stationId}.pt-1:L`,
  partition: stationId,
  stationId,
  tagId: world.tag(`${stationId}.pt-1`),
  areaId: null,
  sourceId: 'plc',
  condition: 'L',
  class: 'process',
  priority: 2,
  name: { zh: '压力', en: 'Pressure' },
  occurrence: 1,
  active: true,
  acknowledged: false,
  latched: false,
  shelvedUntil: null,
  suppressedBy: null,
  outOfService: false,
  activeSince: T0 as Alarm['activeSince'],
  returnedAt: null,
  value: 0.27,
  limit: 0.28,
  unit: 'MPa',
  subject: null,
  noted: { station: null, dispatch: null },
  letter: 'B',
  ...more,
});

let serial = 0;
export const eventOf = (state: Alarm, kind: AlarmEvent['kind'] = 'raised'): AlarmEvent => {
  serial += 1;
  return {
    eventId: `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    seq: null,
    at: T0,
    alarmId: state.alarmId,
    partition: state.partition,
    occurrence: state.occurrence,
    kind,
    position: null,
    actor: null,
    comment: null,
    value: state.value,
    limit: state.limit,
    quality: 0,
    state,
  };
};

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
