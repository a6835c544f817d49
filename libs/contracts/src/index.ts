export * from './alarm';
export * from './bus';
export * from './health';
export * from './loss';
export * from './plant';
export * from './problem';
export * from './roles';
export * from './socket';
