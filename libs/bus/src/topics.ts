/** MQTT 3.1.1, 4.7: `+` is one level, `#` the rest. */
export function matches(filter: string, topic: string): boolean {
  const parts = topic.split('/');
  const wanted = filter.split('/');
  for (const [i, part] of wanted.entries()) {
    if (part === '#') return true;
    if (parts[i] === undefined || (part !== '+' && part !== parts[i])) return false;
  }
  return wanted.length === parts.length;
}

/** Longest string in a packet, bytes (MQTT 3.1.1, 1.5.3). */
const MOST_BYTES = 65_535;

/**
 * Whether a message may be published to it at all (MQTT 3.1.1, 4.7.1 and 4.7.3): a broker ends the connection of whoever
 * publishes to anything else.
 */
export const isTopic = (topic: string): boolean =>
  topic !== '' && !/[#+\0]/.test(topic) && new TextEncoder().encode(topic).length <= MOST_BYTES;
