/** The server's answer that trying again will not help: SQLSTATE in `code`, as the driver has it. */
export class DatabaseRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
