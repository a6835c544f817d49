import pino from 'pino';

export type Log = Pick<pino.Logger, 'info' | 'warn' | 'error'>;

/** One line of JSON a message, on standard output. */
export const openLog = (): Log => pino({ name: 'collector', base: { part: 'collector' } });
