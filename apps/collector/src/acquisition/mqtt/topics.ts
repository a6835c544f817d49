import type { TagAddress, TagId } from '@linepack/network';
import { decodeValue, parseMessage, type Origin } from '@linepack/telemetry';
import type { AddressedTag, Received } from '../source';

/** The clock of the device that writes a topic. */
export const clockOf = (sourceId: string, topic: string): string => `${sourceId}/${topic}`;

interface TopicTag {
  readonly tagId: TagId;
  readonly address: Extract<TagAddress, { topic: string }>;
}

/** A message as the broker handed it on. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly origin: Extract<Origin, 'change' | 'redelivered' | 'retained'>;
}

/** Which tags stand in which topic's messages, and their values out of a message. */
export class Topics {
  private byTopic: ReadonlyMap<string, readonly TopicTag[]>;
  /** Of all tags of the source: a topic that is not asked for any more may still come, in a lasting session. */
  private known: ReadonlyMap<string, readonly TopicTag[]> = new Map();
  /** Faults already said, by topic and path; said again once the value was fine in between. At most one a tag. */
  private faulty = new Map<string, string>();

  constructor(
    private readonly sourceId: string,
    tags: readonly AddressedTag[],
    private readonly onFault: (fault: string) => void,
  ) {
    this.byTopic = grouped(tags);
  }

  get names(): string[] {
    return [...this.byTopic.keys()];
  }

  tagsOf(topic: string): TagId[] {
    return (this.byTopic.get(topic) ?? []).map(({ tagId }) => tagId);
  }

  /** @returns topics that have a tag they did not have before */
  watch(tags: readonly AddressedTag[]): string[] {
    const before = this.byTopic;
    this.byTopic = grouped(tags);
    this.faulty = new Map();
    return this.names.filter((topic) => {
      const known = new Set(before.get(topic)?.map(({ tagId }) => tagId));
      return this.tagsOf(topic).some((id) => !known.has(id));
    });
  }

  knows(tags: readonly AddressedTag[]): void {
    this.known = grouped(tags);
  }

  read({ topic, payload, origin }: Message): Received[] {
    const tags = this.byTopic.get(topic) ?? this.known.get(topic);
    if (!tags) return [];
    const parsed = parseMessage(payload);
    const clock = clockOf(this.sourceId, topic);
    return tags.map(({ tagId, address }) => {
      const { fault, ...value } = decodeValue(parsed.ok ? parsed.body : undefined, address);
      this.say(`${topic} ${address.path}`, parsed.ok ? fault : parsed.fault);
      const unreadable = parsed.ok ? value.unreadable : parsed.unreadable;
      return { tagId, ...value, unreadable, origin, clock };
    });
  }

  private say(what: string, fault: string | null): void {
    if (fault === null) this.faulty.delete(what);
    else if (!this.faulty.has(what)) this.onFault(`${what}: ${fault}`);
    if (fault !== null) this.faulty.set(what, fault);
  }
}

function grouped(tags: readonly AddressedTag[]): Map<string, TopicTag[]> {
  const topics = new Map<string, TopicTag[]>();
  for (const { tagId, address } of tags)
    if ('topic' in address)
      topics.set(address.topic, [...(topics.get(address.topic) ?? []), { tagId, address }]);
  return topics;
}
