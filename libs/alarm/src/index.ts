export * from './alarm';
export type { AcknowledgeCommand, AlarmCommand, CommandFault, Reduction } from './commands';
export * from './limits';
export * from './reducer';
