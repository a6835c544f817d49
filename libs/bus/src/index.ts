export type { Connection, SubscriptionsOptions } from './subscriptions';
export { Subscriptions } from './subscriptions';
export { isTopic, matches } from './topics';
