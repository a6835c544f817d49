/** Why an entry was not taken, as whoever put it is told; a full spool has `SpoolFullError`. */

/** The outbox takes nothing any more. */
export class StoppedError extends Error {
  constructor() {
    super('the collector is stopping: neither the database nor the spool has taken this');
    this.name = 'StoppedError';
  }
}

/** The database refuses a row for what it is. */
export class SetAsideError extends Error {
  constructor(place: string) {
    super(`the database refuses it for what it is; it was set aside in ${place}`);
    this.name = 'SetAsideError';
  }
}

/** Neither the database nor the disk has taken anything for long. */
export class MemoryFullError extends Error {
  constructor(rows: number) {
    super(`${rows} rows wait in memory, and neither the database nor the spool takes them`);
    this.name = 'MemoryFullError';
  }
}
