import type { TagId } from '@linepack/network';
import { qualityOf } from '@linepack/telemetry';
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  TimestampsToReturn,
  type ClientSession,
  type ClientSubscription,
} from 'node-opcua';
import { isHistorical, valueOf } from './data-value';
import type { Received } from '../source';

export interface NodeTag {
  readonly tagId: TagId;
  readonly node: string;
}

const DEFAULT_PER_CALL = 500;
/** Server.ServerCapabilities.OperationLimits.MaxMonitoredItemsPerCall, Part 5, 6.3.11. */
const MAX_MONITORED_ITEMS_PER_CALL = 'ns=0;i=11714';

/** Items to create in one call: the server's own limit where it states one. */
export async function itemsPerCall(session: ClientSession): Promise<number> {
  const data = await session.read({ nodeId: MAX_MONITORED_ITEMS_PER_CALL, attributeId: AttributeIds.Value });
  const limit: unknown = data.statusCode.isGood() ? data.value.value : 0;
  return typeof limit === 'number' && limit > 0 ? Math.min(limit, DEFAULT_PER_CALL) : DEFAULT_PER_CALL;
}

/**
 * Monitors the tags' values in calls of at most `size` items. What the server refuses (unknown node, too many items) is
 * named with the status it gave, and the tag gets a Bad sample of that status: never silently left out.
 */
export async function monitorTags(
  subscription: ClientSubscription,
  tags: readonly NodeTag[],
  size: number,
  { id, publishingIntervalMs }: { id: string; publishingIntervalMs: number },
  onValue: (value: Received) => void,
): Promise<{ monitored: number; rejected: string[] }> {
  const rejected: string[] = [];
  for (let at = 0; at < tags.length; at += size) {
    const some = tags.slice(at, at + size);
    const group = ClientMonitoredItemGroup.create(
      subscription,
      some.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
      // A queue, so that changes faster than the publishing interval all arrive.
      { samplingInterval: publishingIntervalMs, queueSize: 10, discardOldest: true },
      TimestampsToReturn.Both,
    );
    const told = new Set<TagId>();
    group.on('changed', (_item, data, index) => {
      const { tagId } = some[index] as NodeTag;
      const value = valueOf(data);
      const live = told.has(tagId) ? 'change' : 'first';
      told.add(tagId);
      onValue({ tagId, ...value, origin: isHistorical(value.quality) ? 'historical' : live, clock: id });
    });
    await created(group);
    group.monitoredItems.forEach((item, i) => {
      if (item.statusCode.isGood()) return;
      const { tagId, node } = some[i] as NodeTag;
      rejected.push(`${node} ${item.statusCode.name}`);
      const quality = qualityOf(item.statusCode.value);
      onValue({ tagId, quality, value: null, ts: null, origin: 'first', clock: id });
    });
  }
  return { monitored: tags.length - rejected.length, rejected };
}

const created = (group: ClientMonitoredItemGroup): Promise<void> =>
  new Promise((resolve, reject) => {
    group.on('initialized', () => resolve());
    group.on('terminated', (error) =>
      reject(error ?? new Error('monitored items: ended while being created')),
    );
  });
