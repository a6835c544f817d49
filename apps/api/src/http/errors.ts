import type { ProblemCode } from '@linepack/contracts';

/** What was wrong with which field of the input. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/**
 * An error that a caller may see: a stable code, a status and a public message. What only the log may know is the
 * error's `cause`.
 */
export class ApiError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly status: number,
    readonly publicMessage: string,
    readonly more: {
      readonly faults?: readonly FieldFault[];
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(publicMessage, { cause: more.cause });
    this.name = new.target.name;
  }
}

export class InvalidInput extends ApiError {
  constructor(faults: readonly FieldFault[]) {
    super('invalidInput', 422, 'The input is not valid.', { faults });
  }
}

/** A text the database cannot keep. */
export class UnkeepableText extends ApiError {
  constructor(faults: readonly FieldFault[]) {
    super('unkeepableText', 400, 'The input holds text that cannot be stored.', { faults });
  }
}

export class NotSignedIn extends ApiError {
  constructor() {
    super('notSignedIn', 401, 'Sign in first.');
  }
}

export class BadCredentials extends ApiError {
  constructor() {
    super('badCredentials', 401, 'User name or password is wrong.');
  }
}

export class Forbidden extends ApiError {
  constructor(message = 'You may not do this.') {
    super('forbidden', 403, message);
  }
}

export class ForeignOrigin extends ApiError {
  constructor() {
    super('foreignOrigin', 403, 'The request comes from another site.');
  }
}

export class NotFound extends ApiError {
  constructor(message = 'There is nothing here.') {
    super('notFound', 404, message);
  }
}

export class TooManyAttempts extends ApiError {
  constructor(retryAfterSeconds: number) {
    super('tooManyAttempts', 429, `Too many failed sign-ins. Try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}

export class DatabaseAway extends ApiError {
  constructor(cause?: unknown) {
    super('databaseAway', 503, 'The database is away. Try again shortly.', { retryAfterSeconds: 5, cause });
  }
}

export class BusAway extends ApiError {
  constructor() {
    super('busAway', 503, 'The internal bus is away. Try again shortly.', { retryAfterSeconds: 5 });
  }
}

export class NotRecorded extends ApiError {
  constructor(cause?: unknown) {
    super('notRecorded', 503, 'It could not be recorded in the audit trail, so it was not done.', {
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** Said only of a command that was not sent. */
export class NoOwner extends ApiError {
  constructor() {
    super('noOwner', 503, 'No collector owns this alarm at the moment; the command was not sent.', {
      retryAfterSeconds: 5,
    });
  }
}

/** It was sent and may have been executed, or may still be. */
export class OutcomeUnknown extends ApiError {
  constructor() {
    super(
      'outcomeUnknown',
      504,
      'No collector answered in time: whether the command was executed is not known. Look at the alarm before repeating it.',
    );
  }
}
