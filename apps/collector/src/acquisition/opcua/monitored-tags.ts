import { nodeIdFault, type TagId } from '@linepack/network';
import { qualityOf, type Quality } from '@linepack/telemetry';
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  StatusCodes,
  TimestampsToReturn,
  type ClientMonitoredItemBase,
  type ClientSession,
  type ClientSubscription,
  type DataValue,
  type StatusCode,
} from 'node-opcua';

export interface NodeTag {
  readonly tagId: TagId;
  readonly node: string;
}

/** What becomes of the tags that are asked for. */
export interface MonitoringListener {
  created(tagIds: readonly TagId[]): void;
  value(tagId: TagId, data: DataValue): void;
  refused(tag: NodeTag, status: Quality): void;
  left(tagId: TagId): void;
}

const DEFAULT_PER_CALL = 500;
/** Server.ServerCapabilities.OperationLimits.MaxMonitoredItemsPerCall, OPC 10000-5, 6.3.11. */
const MAX_MONITORED_ITEMS_PER_CALL = 'ns=0;i=11714';
/** Faults of the connection, not of one of the nodes in a call. */
const OF_THE_CONNECTION =
  /Session|Subscription|SecureChannel|Connection|Timeout|Shutdown|Disconnect|Communication/i;

interface Item {
  readonly tag: NodeTag;
  /** Null while it is asked for, and when the server refused it. */
  item: ClientMonitoredItemBase | null;
  refusal: StatusCode | null;
}

/** Items to create in one call: the server's own limit where it states one. */
export async function itemsPerCall(session: ClientSession): Promise<number> {
  const data = await session.read({ nodeId: MAX_MONITORED_ITEMS_PER_CALL, attributeId: AttributeIds.Value });
  const limit: unknown = data.statusCode.isGood() ? data.value.value : 0;
  return typeof limit === 'number' && limit > 0 ? Math.min(limit, DEFAULT_PER_CALL) : DEFAULT_PER_CALL;
}

/**
 * The monitored items of one subscription: made to agree with the tags that are wanted. What the server refuses (unknown
 * node, too many items) is named with the status it gave: never silently left out, and never at the cost of others.
 */
export class MonitoredTags {
  private readonly items = new Map<TagId, Item>();
  private wanted: readonly NodeTag[] = [];
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly subscription: ClientSubscription,
    private readonly perCall: number,
    private readonly samplingInterval: number,
    private readonly listener: MonitoringListener,
  ) {}

  /** @throws Error when the connection does not carry it; resolves when the server has answered for all of them */
  watch(tags: readonly NodeTag[]): Promise<void> {
    this.wanted = tags;
    this.working = this.working.then(() => this.agree());
    return this.working;
  }

  /** Asks again for what the server refused: nodes may come after the server is up. */
  askAgain(): Promise<void> {
    for (const { tag, refusal } of this.refusals)
      if (refusal !== StatusCodes.BadNodeIdInvalid) this.items.delete(tag.tagId);
    return this.watch(this.wanted);
  }

  get monitored(): number {
    return [...this.items.values()].filter(({ item }) => item !== null).length;
  }

  get refusals(): { tag: NodeTag; refusal: StatusCode }[] {
    return [...this.items.values()].flatMap(({ tag, refusal }) => (refusal ? [{ tag, refusal }] : []));
  }

  private async agree(): Promise<void> {
    const wanted = new Map(this.wanted.map((tag) => [tag.tagId, tag]));
    const leaving = [...this.items.values()].filter(({ tag }) => wanted.get(tag.tagId)?.node !== tag.node);
    for (const { tag } of leaving) {
      this.items.delete(tag.tagId);
      this.listener.left(tag.tagId);
    }
    await this.drop(leaving.flatMap(({ item }) => item ?? []));
    const coming = [...wanted.values()].filter(({ tagId }) => !this.items.has(tagId));
    const valid = coming.filter((tag) => {
      if (nodeIdFault(tag.node) === null) return true;
      this.refuse(tag, StatusCodes.BadNodeIdInvalid);
      return false;
    });
    for (let at = 0; at < valid.length; at += this.perCall)
      await this.create(valid.slice(at, at + this.perCall));
  }

  /** One request each: the library deletes one item or a whole group. */
  private async drop(items: readonly ClientMonitoredItemBase[]): Promise<void> {
    for (let at = 0; at < items.length; at += this.perCall)
      await Promise.all(items.slice(at, at + this.perCall).map(terminated));
  }

  private async create(tags: readonly NodeTag[]): Promise<void> {
    try {
      await this.createAll(tags);
    } catch (error) {
      const status = faultOf(error);
      if (status === null) throw error;
      // The server answered for the call and not for its items: one of them is at fault, found by halving.
      const [first, ...others] = tags;
      if (first && others.length === 0) return this.refuse(first, status);
      const middle = tags.length >> 1;
      await this.create(tags.slice(0, middle));
      await this.create(tags.slice(middle));
    }
  }

  private async createAll(tags: readonly NodeTag[]): Promise<void> {
    const items = tags.map((tag): Item => ({ tag, item: null, refusal: null }));
    items.forEach((item) => this.items.set(item.tag.tagId, item));
    const group = ClientMonitoredItemGroup.create(
      this.subscription,
      tags.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
      // A queue, so that changes faster than the publishing interval all arrive.
      { samplingInterval: this.samplingInterval, queueSize: 10, discardOldest: true },
      TimestampsToReturn.Both,
    );
    group.on('changed', (_item, data, index) => {
      const item = items[index] as Item;
      // What was dropped may still have a value on its way.
      if (this.items.get(item.tag.tagId) === item) this.listener.value(item.tag.tagId, data);
    });
    await created(group);
    group.monitoredItems.forEach((made, i) => {
      const item = items[i] as Item;
      if (made.statusCode.isGood()) item.item = made;
      else this.refuse(item.tag, made.statusCode);
    });
    this.listener.created(items.filter(({ item }) => item !== null).map(({ tag }) => tag.tagId));
  }

  private refuse(tag: NodeTag, refusal: StatusCode): void {
    this.items.set(tag.tagId, { tag, item: null, refusal });
    this.listener.refused(tag, qualityOf(refusal.value));
  }
}

const created = (group: ClientMonitoredItemGroup): Promise<void> =>
  new Promise((resolve, reject) => {
    group.on('initialized', () => resolve());
    group.on('terminated', (error) =>
      reject(error ?? new Error('monitored items: ended while being created')),
    );
  });

/** That an item could not be deleted adds nothing: its values are not listened to any more. */
const terminated = (item: ClientMonitoredItemBase): Promise<void> => item.terminate().catch(() => undefined);

/** The status of a service fault (OPC 10000-4, 7.30) that an item of the call can be the cause of; null of any other error. */
function faultOf(error: unknown): StatusCode | null {
  const status = (error as { response?: { responseHeader?: { serviceResult?: StatusCode } } }).response
    ?.responseHeader?.serviceResult;
  return status && !OF_THE_CONNECTION.test(status.name) ? status : null;
}
