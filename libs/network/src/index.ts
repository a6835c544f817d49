export * from './units';
export * from './units-of-measure';
export * from './network-file';
