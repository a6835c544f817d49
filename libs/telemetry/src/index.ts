export * from './json-payload';
export * from './number';
export * from './quality';
export * from './report-filter';
export * from './scaling';
export * from './source-time';
export * from './word';
