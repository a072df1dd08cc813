/** A peer that answered with a success, and ended the connection before it was sent everything. */
export class EarlyAnswer extends Error {
  readonly code = "ERR_EARLY_ANSWER";

  constructor(cause: unknown) {
    // Nobody took what it never saw.
    super("it answered with a success and ended the connection before it was sent everything", { cause });
    this.name = "EarlyAnswer";
  }
}
