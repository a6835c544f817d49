import { AlarmCommand, CollectorTroubles, ConditionMessage, PartStatus, TOPIC } from '@linepack/contracts';
import type { AlarmEngine } from './alarm/alarm-engine';
import type { Bus, Telling } from './bus';
import type { Standing } from './bus-outgoing';
import type { Log } from './log';

/** What a collector needs of the bus. */
export type BusDoor = Pick<
  Bus,
  | 'isConnected'
  | 'outgoing'
  | 'deafTo'
  | 'onConnect'
  | 'subscribe'
  | 'tell'
  | 'forget'
  | 'mention'
  | 'mentionRetained'
>;

export interface Listeners {
  readonly engine: Pick<AlarmEngine, 'condition' | 'command'>;
  readonly onConfiguration: () => void;
  readonly onCollector: (status: PartStatus) => void;
  readonly onTroubles: (word: CollectorTroubles) => void;
}

/** Lets in what a collector listens to, each message parsed. */
export function openDoors(
  bus: Pick<BusDoor, 'subscribe' | 'tell'>,
  { engine, onConfiguration, onCollector, onTroubles }: Listeners,
  log: Log,
): void {
  bus.subscribe(TOPIC.configurationChanged, onConfiguration);
  bus.subscribe(TOPIC.condition('+', '+'), (message, topic) => {
    const parsed = ConditionMessage.safeParse(message);
    if (parsed.success) engine.condition(partOf(topic, 2), parsed.data);
    else log.warn(`bus: ${topic}: ${parsed.error.message}`);
  });
  bus.subscribe(TOPIC.alarmCommand('+'), (message, topic) => {
    const parsed = AlarmCommand.safeParse(message);
    if (!parsed.success) return log.warn(`bus: ${topic}: ${parsed.error.message}`);
    const reply = engine.command(partOf(topic, 3), parsed.data);
    reply?.then(
      (answer) => bus.tell(parsed.data.replyTo, answer),
      // Whether it was executed is not known: its sender hears nothing, and says so.
      (error: Error) =>
        log.error(`command ${parsed.data.commandId} on ${parsed.data.alarmId} failed: ${error.message}`),
    );
  });
  bus.subscribe(TOPIC.collectorStatus('+'), (message, topic) => {
    const parsed = PartStatus.safeParse(message);
    if (parsed.success) onCollector(parsed.data);
    else log.warn(`bus: ${topic}: ${parsed.error.message}`);
  });
  bus.subscribe(TOPIC.collectorTroubles('+'), (message, topic) => {
    const parsed = CollectorTroubles.safeParse(message);
    if (parsed.success) onTroubles(parsed.data);
    else log.warn(`bus: ${topic}: ${parsed.error.message}`);
  });
}

const partOf = (topic: string, index: number): string => topic.split('/')[index] ?? '';

/** Under which epoch a partition is owned, and whether that is certain now. */
export interface Authority {
  epochOf(partition: string): number | null;
  doubt(): Promise<void> | null;
}

/**
 * The alarm engine's voice. What it says of a partition carries the epoch under which it is said, and is said only as
 * long as that epoch is this collector's: what waited for the bus while another took over is his to say.
 */
export const ownersVoice =
  (bus: Pick<BusDoor, 'tell'>, authority: () => Authority) =>
  (topic: string, message: unknown, keep?: 'retained'): void => {
    const partition = /^linepack\/alarm\/(?:event|table)\/([^/]+)$/.exec(topic)?.[1];
    const how: Telling = keep === undefined ? {} : { keep };
    if (partition === undefined) return bus.tell(topic, message, how);
    const epoch = authority().epochOf(partition);
    if (epoch === null) return;
    const standing = (): Standing => {
      if (authority().epochOf(partition) !== epoch) return 'void';
      return authority().doubt() === null ? 'holds' : 'unsure';
    };
    bus.tell(topic, { ...(message as object), epoch }, { ...how, standing });
  };
