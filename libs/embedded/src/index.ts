export type { EmbeddedDatabase, EmbeddedDatabaseOptions } from './database';
export { defaultLimits, startEmbeddedDatabase } from './database';
export { EngineFailure } from './engine';
export type { Bus, BusOptions } from './bus';
export { startBus } from './bus';
export type { FolderLock, LockHolder } from './folder-lock';
export { FolderHeldError, lockFolder } from './folder-lock';
export type { SessionLimits } from './wire/session';
