const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
/** OPC 10000-3, 8.2.4: characters of a string identifier. */
const STRING_IDENTIFIER_MAX = 4_096;
/** MQTT 5, 1.5.4: bytes of a UTF-8 encoded string. */
const TOPIC_BYTES_MAX = 65_535;

const NODE_ID = /^(?:ns=(\d+);)?([isgb])=(.*)$/s;
const WHOLE_NUMBER = /^(0|[1-9]\d*)$/;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * What keeps a text from being the id of an OPC UA node (OPC 10000-6, 5.3.1.10), in the words of the network file; null
 * when nothing does. A server answers a wrong one for all the nodes of the call, so it has to be found before.
 */
export function nodeIdFault(text: string): string | null {
  const [, namespace = '0', type, identifier = ''] = NODE_ID.exec(text) ?? [];
  if (type === undefined) return 'expected an OPC UA node id, for instance ns=2;s=PT101';
  if (!WHOLE_NUMBER.test(namespace) || Number(namespace) > UINT16_MAX)
    return `expected a namespace index from 0 to ${UINT16_MAX}`;
  switch (type) {
    case 'i':
      if (!WHOLE_NUMBER.test(identifier) || Number(identifier) > UINT32_MAX)
        return `expected a number from 0 to ${UINT32_MAX} after i=`;
      return namespace === '0' && identifier === '0' ? 'expected a node, i=0 is none' : null;
    case 'g':
      return GUID.test(identifier)
        ? null
        : 'expected a GUID after g=, for instance 09087e75-8e5e-499b-954f-f2a9603db28a';
    case 'b':
      return identifier !== '' && BASE64.test(identifier) ? null : 'expected base64 after b=';
    default:
      if (identifier === '') return 'expected the name of a node after s=';
      return identifier.length <= STRING_IDENTIFIER_MAX
        ? null
        : `expected at most ${STRING_IDENTIFIER_MAX} characters after s=`;
  }
}

/**
 * What keeps a text from being the topic of one device (MQTT 5, 4.7); null when nothing does. A filter with wildcards
 * would mix devices in one tag, and a shared subscription would give each collector only some of the messages.
 */
export function topicFault(text: string): string | null {
  if (text === '') return 'expected an MQTT topic';
  if (/[+#]/.test(text)) return 'expected one topic, without the wildcards + and #';
  if (/^\$(share|queue)(\/|$)/.test(text)) return 'expected a topic, not a shared subscription';
  if (text.startsWith('/') || text.endsWith('/'))
    return 'expected a topic that neither begins nor ends with a slash';
  return new TextEncoder().encode(text).length <= TOPIC_BYTES_MAX
    ? null
    : `expected at most ${TOPIC_BYTES_MAX} bytes`;
}
