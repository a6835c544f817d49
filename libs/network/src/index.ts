export * from './address';
export * from './text';
export * from './units';
export * from './units-of-measure';
export * from './network-file';
export type { Environment } from './environment';
export { resolveEnvironment } from './environment';
export * from './parse-network-file';
export { NETWORK_PARTITION } from './references';
